/** The text of a line: ordinary characters up to its end, looked at and hashed four at a time. */
import { HIGH_START, highStep, LOW_START, lowStep, Print, TAIL } from "../../hash.ts";
import { folds } from "./bytes.ts";
import { CR, DEL, LF, SPACE } from "./chars.ts";

/** A text as a range of bytes with its print; one object is filled again for each line. */
export class QuickText {
  start = 0;
  /** Behind the last byte, blanks at the end of the line left out. */
  end = 0;
  readonly print = new Print();

  /** Reads the text at `start`; the place of the line's end, or -1 for a text that asks for a closer look.
   * `open`: the line ends with LF or CRLF, of which the last possible one stands right before `limit`; else it ends at
   * `limit`. */
  read(bytes: Uint8Array, view: DataView, start: number, limit: number, open: boolean): number {
    let low = LOW_START;
    let high = HIGH_START;
    let hashes = 0;
    let i = start;
    for (; i + 4 <= limit; i += 4) {
      const word = view.getInt32(i, true);
      if (hasOdd(word)) break;
      const hash = word ^ HASHES;
      hashes |= (hash - ONES) & ~hash;
      low = lowStep(low, word);
      high = highStep(high, word);
    }
    const whole = i;
    while (i < limit && bytes[i]! >= SPACE && bytes[i]! < DEL) i++;
    if (open ? i === limit || !endsLine(bytes, i, limit) : i < limit) return -1;
    if (((hashes & TOPS) !== 0 || i > whole) && folds(bytes, start, i)) return -1;
    this.start = start;
    this.end = i;
    while (this.end > start && bytes[this.end - 1] === SPACE) this.end--;
    this.print.low = low;
    this.print.high = high;
    this.#finish(view, whole);
    return i;
  }

  /** Completes the print, which is that of the text up to `whole`. */
  #finish(view: DataView, whole: number): void {
    const { print, start, end } = this;
    let i = whole;
    if (end < whole) {
      print.begin();
      for (i = start; i + 4 <= end; i += 4) print.word(view.getInt32(i, true));
    }
    if (i < end) print.word(view.getInt32(i, true) & TAIL[end - i]!);
    print.word(end - start);
  }
}

/** Whether one of four bytes is no printable ASCII character. */
function hasOdd(word: number): boolean {
  return ((((word - SPACES) & ~word) | (word + ONES) | word) & TOPS) !== 0;
}

function endsLine(bytes: Uint8Array, at: number, limit: number): boolean {
  return bytes[at] === LF || (bytes[at] === CR && at + 1 < limit && bytes[at + 1] === LF);
}

const ONES = 0x01010101;
const SPACES = 0x20202020;
/** `####` */
const HASHES = 0x23232323;
const TOPS = 0x80808080 | 0;
