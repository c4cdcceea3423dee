/** How prose is broken into lines: at blanks, and between the characters of scripts that have none. */
import { characters, characterWidth, displayWidth } from "./width.ts";

/** A blank at which no line breaks: `wrapText` gives it out as a plain blank. Escaped text never holds one of its own. */
export const KEEP = "\u00a0";

/** Lines of at most `width` columns; a word longer than a line stays whole, so that it can be copied. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const { piece, blank } of pieces(text)) {
    const size = displayWidth(piece);
    const gap = blank && used > 0 ? 1 : 0;
    if (used > 0 && used + gap + size > width) {
      lines.push(line);
      line = piece;
      used = size;
    } else {
      line += gap === 1 ? ` ${piece}` : piece;
      used += gap + size;
    }
  }
  return [...lines, line].map((one) => one.replaceAll(KEEP, " "));
}

interface Piece {
  piece: string;
  /** Whether a blank stands before it. */
  blank: boolean;
}

function* pieces(text: string): Generator<Piece> {
  for (const word of text.split(" ")) {
    let blank = true;
    let piece = "";
    let last = "";
    for (const character of characters(word)) {
      if (last !== "" && mayBreak(last, character)) {
        yield { piece, blank };
        blank = false;
        piece = "";
      }
      piece += character;
      last = character;
    }
    if (piece !== "") yield { piece, blank };
  }
}

/** Japanese breaks between any two characters, but no line begins with a closing mark or ends with an opening one (JIS X 4051). */
function mayBreak(before: string, after: string): boolean {
  if (characterWidth(before) !== 2 && characterWidth(after) !== 2) return false;
  return !NOT_FIRST.test(after) && !NOT_LAST.test(before);
}

const NOT_FIRST = /^[、。，．・：；？！」』）】〕》〉〟ーゝゞ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)\],.:;?!…]/u;
const NOT_LAST = /^[「『（【〔《〈〝([]/u;
