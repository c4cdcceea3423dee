/** The bytes of a stream that are looked at: a chunk as it came, or what was held back with a chunk behind it. */
import { LOOKAHEAD } from "./frame-start.ts";

/** A window on a stream; `open` moves it on, `keepRest` holds back what was not taken. */
export class StreamBytes {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte to be taken, and the end of the bytes. */
  at = 0;
  end = 0;
  readonly #max: number;
  #held = this.bytes;
  #heldLength = 0;
  // Places in `bytes`; -1 when not looked for yet, `end` when there is none.
  #nextLf = -1;
  #nextNul = -1;

  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  /** Bytes held back. */
  get held(): Uint8Array {
    return this.#held.subarray(0, this.#heldLength);
  }

  /** What is held back with this chunk behind it. */
  open(chunk: Uint8Array): void {
    if (this.#heldLength === 0) this.bytes = chunk;
    else {
      const length = this.#heldLength + chunk.length;
      if (this.#held.length < length) {
        const grown = new Uint8Array(this.#heldLength + length);
        grown.set(this.held);
        this.#held = grown;
      }
      this.#held.set(chunk, this.#heldLength);
      this.bytes = this.#held;
    }
    this.at = 0;
    this.end = this.#heldLength + chunk.length;
    this.#nextLf = -1;
    this.#nextNul = -1;
  }

  /** Holds back what was not taken. */
  keepRest(): void {
    const rest = this.bytes.subarray(this.at, this.end);
    const room = this.#max + LOOKAHEAD;
    // A large chunk must not leave every quiet connection with a large buffer.
    if (this.#held.length < rest.length || this.#held.length > 2 * room)
      this.#held = new Uint8Array(Math.min(Math.max(256, 2 * rest.length), Math.max(rest.length, room)));
    this.#held.set(rest);
    this.#heldLength = rest.length;
  }

  /** The next bytes, of which nothing is held back: a copy where what comes would overwrite them. */
  take(length: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return this.bytes === this.#held ? new Uint8Array(taken) : taken;
  }

  /** The next LF or NUL, or `end`. */
  separator(from: number): number {
    if (this.#nextLf < from) this.#nextLf = placeOf(this.bytes, LF, from, this.end);
    if (this.#nextNul < from) this.#nextNul = placeOf(this.bytes, NUL, from, this.end);
    return Math.min(this.#nextLf, this.#nextNul);
  }

  /** How much of a chunk completes the line that is held back; all of it where none is, or it stays open. */
  firstLine(chunk: Uint8Array): number {
    return this.#heldLength === 0 ? chunk.length : placeOf(chunk, LF, 0, chunk.length - 1) + 1;
  }
}

/** Where a byte stands next, or `end`. */
function placeOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  const place = bytes.indexOf(byte, from);
  return place === -1 ? end : Math.min(place, end);
}

const NUL = 0x00;
const LF = 0x0a;
