/** Hostile text as the system lets it into arguments, file names and records, and what a terminal would be shown of it. */
import { ATTACKS, unprintable } from "../output/attacks.ts";

const WELL_FORMED = ATTACKS.filter((one) => !/[\ud800-\udfff]/u.test(one));

/** Every attack in one text. */
export const EVERYTHING = WELL_FORMED.join("");

/** The same as an argument of a program, which holds no NUL. */
export const ARGUMENT = EVERYTHING.replaceAll("\0", "");

/** What fits into the name of a file: CSI, OSC 0 and 52, DCS, APC, C1, CR, BS, DEL, bidi, zero-width, LF. */
export const NAME =
  "a\x1b[2J\x1b]0;owned\x07\x1b]52;c;eA==\x1b\\\x1bP$q\x1b\\\x1b_G\x1b\\\x9b31m\r\b\x7f\u202e\u200b\nb";

/** What a terminal would obey or hide, besides the ends of lines; JSON, whose reader is a program, may hold blanks of other
 * widths and codes that stand for nothing. */
export function obeyed(text: string): string[] {
  const blanks = text.startsWith("{") ? text.match(JSON_KEEPS) : null;
  return unprintable(text.replaceAll(/\r+\n/g, "\n"), [0x0a, ...(blanks ?? []).map((one) => one.codePointAt(0)!)]);
}

const JSON_KEEPS = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\p{Cn}]/gu;

/** Works through all of them, three at a time. */
export async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  };
  await Promise.all([worker(), worker(), worker()]);
}
