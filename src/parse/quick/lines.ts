/** Single lines, read quickly where they have one of the usual shapes, else by the grammar: the same either way. */
import { type ParsedLine, parseLine } from "../parse.ts";
import { AHEAD, trimmedEnd } from "./bytes.ts";
import { parsedLine } from "./parsed.ts";
import { QuickReader } from "./read.ts";

/** Longer lines are left to the grammar. */
const LONGEST = 4_096;

export class LineReader {
  readonly #quick = new QuickReader(() => null);
  /** Where a line is laid for the quick reader, which looks ahead. */
  readonly #page = new Uint8Array(LONGEST + AHEAD);

  constructor() {
    this.#quick.open(this.#page);
  }

  /** As `parseLine`. */
  read(raw: Uint8Array, capture: boolean): ParsedLine {
    if (raw.length <= LONGEST) {
      this.#page.set(raw);
      this.#page.fill(0, raw.length, raw.length + AHEAD);
      if (this.#quick.read(0, trimmedEnd(raw, 0, raw.length), false) !== -1) return parsedLine(this.#quick);
    }
    return parseLine(raw, capture);
  }
}
