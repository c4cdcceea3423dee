/** How text that may come from a log is shown to a human: every character that a terminal obeys or hides becomes a visible escape. */

/** How `escapeText` treats line feeds. */
export interface EscapeOptions {
  /** Leaves LF alone, for text whose lines the caller lays out. */
  keepNewlines?: boolean;
}

/** The text with controls (C0, DEL, C1), bidi and other format characters, zero-width and odd blanks, line separators, unpaired
 * surrogates, private use, unassigned characters and piled-up marks as `\n`, `\x1b`, `\u202e` or `\u{e0001}`, and `\` as `\\`; at most 6 times as long. */
export function escapeText(text: string, options: EscapeOptions = {}): string {
  if (PLAIN.test(text)) return text;
  return text.replace(OBEYED, (character) =>
    character === "\n" && options.keepNewlines === true ? character : visible(character),
  );
}

/** One command to be copied to a router: as it is when each character is printable (a single `\` stays single), else escaped. */
export function escapeCommand(command: string): string {
  return OBEYED_ONCE.test(command.replaceAll("\\", "")) ? escapeText(command) : command;
}

/** Printable ASCII without the backslash: nearly every line of a log. */
const PLAIN = /^[ -[\]-~]*$/;

// The first four marks on a character stay, as scripts need them; a pile, or a mark on nothing, would draw over its neighbours.
const SOURCE = String.raw`[\\\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f]|(?<![^\p{M}\n]\p{M}{0,3})\p{M}`;
const OBEYED_ONCE = new RegExp(SOURCE, "u");
/** For `replace` alone, which keeps no position between calls. */
const OBEYED = new RegExp(SOURCE, "gu");

const SHORT_FORMS = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function visible(character: string): string {
  const short = SHORT_FORMS.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
