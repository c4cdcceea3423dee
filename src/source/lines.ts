/** Where the lines of a capture end: LF, CRLF, NUL or form feed, with line numbers as an editor counts them. */
import type { FrameFlag } from "../model.ts";

/** One line of a file without its end; `raw` is a copy of its own. */
export interface Line {
  raw: Uint8Array;
  /** 1-based; counts LF only, so parts cut at NUL or form feed share a number. */
  line: number;
  flags: readonly FrameFlag[];
}

/** Cuts bytes into lines; holds back at most `maxBytes` and one. */
export interface LineSplitter {
  push(chunk: Uint8Array): Line[];
  /** Whether the beginning of a line is held back. */
  isHolding(): boolean;
  /** A line was read elsewhere; returns its number. */
  skip(): number;
  /** The last line, when it has no end. */
  flush(): Line[];
}

/** A splitter for one file. A longer line keeps its first `maxBytes`, flagged; its tail up to the line's end is thrown away. */
export function createLineSplitter(options: { maxBytes: number }): LineSplitter {
  const max = options.maxBytes;
  // One byte more than the limit: the CR of a CRLF is not part of the line.
  const held = new Uint8Array(max + 1);
  let heldLength = 0;
  let overflow = false;
  let line = 1;

  const keep = (chunk: Uint8Array, from: number, to: number): void => {
    const room = Math.min(to - from, held.length - heldLength);
    held.set(chunk.subarray(from, from + room), heldLength);
    heldLength += room;
    if (room < to - from) overflow = true;
  };
  const complete = (chunk: Uint8Array, from: number, to: number, ending: number): Line | null => {
    if (heldLength === 0 && to - from <= max && to > from) {
      const last = ending === LF && chunk[to - 1] === CR ? to - 1 : to;
      return { raw: new Uint8Array(chunk.subarray(from, last)), line, flags: [] };
    }
    keep(chunk, from, to);
    if (ending === LF && !overflow && heldLength > 0 && held[heldLength - 1] === CR) heldLength--;
    const truncated = overflow || heldLength > max;
    const raw = held.slice(0, Math.min(heldLength, max));
    heldLength = 0;
    overflow = false;
    // A page break or a padding NUL makes no empty line; an empty line of the file is one.
    return raw.length === 0 && ending !== LF ? null : { raw, line, flags: truncated ? ["truncated"] : [] };
  };

  return {
    isHolding: () => heldLength > 0 || overflow,
    skip: () => line++,
    push(chunk) {
      const lines: Line[] = [];
      let from = 0;
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (byte > FF || (byte !== LF && byte !== NUL && byte !== FF)) continue;
        const found = complete(chunk, from, i, byte);
        if (found !== null) lines.push(found);
        if (byte === LF) line++;
        from = i + 1;
      }
      keep(chunk, from, chunk.length);
      return lines;
    },
    flush() {
      const last = complete(new Uint8Array(0), 0, 0, NUL);
      return last === null ? [] : [last];
    },
  };
}

const NUL = 0x00;
const LF = 0x0a;
const FF = 0x0c;
const CR = 0x0d;
