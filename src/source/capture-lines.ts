/** Lines of a capture from its runs of bytes: offered as they are to whoever takes them, else cleaned, unwrapped, numbered. */
import type { Frame } from "../model.ts";
import { cleanLine, createUnwrapper } from "./capture.ts";
import { createLineSplitter, type Line } from "./lines.ts";
import type { Run } from "./runs.ts";

/** Takes lines straight from the bytes that were read, where it can. */
export interface LineTaker {
  /** Bytes from which lines will be offered; nobody changes them any more. */
  beginRun(bytes: Uint8Array): void;
  /** Offers the line of that run that begins at `from`: the place of its end when it was taken, else -1. The last line
   * that is offered ends right before `limit`. */
  offer(from: number, limit: number): number;
}

/** Reads the runs of one capture one after another. */
export class CaptureLines {
  readonly #path: string;
  readonly #splitter;
  readonly #unwrapper;
  /** The number of the last line, as an editor counts. */
  line = 0;
  received = 0;
  truncated = 0;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#splitter = createLineSplitter({ maxBytes });
    this.#unwrapper = createUnwrapper({ maxBytes });
  }

  /** Reads lines from `start` on while `goesOn`; the place of the next one. */
  read(
    { bytes, end: last }: Run,
    start: number,
    taker: LineTaker | null,
    goesOn: () => boolean,
    deliver: (frame: Frame) => void,
  ): number {
    const splitter = this.#splitter;
    const unwrapper = this.#unwrapper;
    const limit = bytes.lastIndexOf(LF, last - 1) + 1;
    let at = start;
    while (at < last && goesOn()) {
      const isWhole = taker !== null && at < limit && !splitter.isHolding() && !unwrapper.isHolding();
      const end = isWhole ? taker.offer(at, limit) : -1;
      if (end !== -1) {
        this.line = splitter.skip();
        this.received++;
        at = bytes[end] === CR ? end + 2 : end + 1;
        continue;
      }
      const next = at >= limit ? last : bytes.indexOf(LF, at) + 1;
      for (const found of splitter.push(bytes.subarray(at, next))) this.#hand(found, deliver);
      at = next;
    }
    return at;
  }

  /** The capture has ended: what was held back comes out. */
  end(deliver: (frame: Frame) => void): void {
    for (const found of this.#splitter.flush()) this.#hand(found, deliver);
    for (const whole of this.#unwrapper.flush()) this.#give(whole, deliver);
  }

  #hand(found: Line, deliver: (frame: Frame) => void): void {
    this.line = found.line;
    const raw = cleanLine(found.raw);
    for (const whole of this.#unwrapper.push(raw === found.raw ? found : { ...found, raw })) this.#give(whole, deliver);
  }

  #give({ raw, flags, line }: Line, deliver: (frame: Frame) => void): void {
    this.received++;
    if (flags.includes("truncated")) this.truncated++;
    deliver({ raw, from: this.#path, transport: "file", at: null, flags, line });
  }
}

const LF = 0x0a;
const CR = 0x0d;
