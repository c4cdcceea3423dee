/** Frames packed into one buffer, so that a thread hands them to another by transfer and not by copy. */
import type { Frame, FrameFlag, Transport } from "../model.ts";
import { AHEAD } from "../parse/quick/bytes.ts";
import { Words } from "../parse/quick/words.ts";
import type { Received } from "./quick.ts";

/** A batch is handed over when it has this many bytes … */
export const BATCH_BYTES = 65_536;
/** … or is this many milliseconds old. */
export const BATCH_MILLIS = 10;

const TRANSPORTS: Transport[] = ["udp", "tcp", "tls", "file"];
const FLAGS: FrameFlag[] = ["truncated", "split", "unwrapped"];
/** at (8), raw length (4), transport (1), flags (1), length of from (2). */
const HEAD = 16;

/** Collects frames; `take` hands over the bytes and starts anew. */
export class BatchWriter {
  #buffer = Buffer.alloc(BATCH_BYTES);
  #used = 0;

  get bytes(): number {
    return this.#used;
  }

  add(frame: Frame): void {
    const from = Buffer.from(frame.from);
    const need = HEAD + from.length + frame.raw.length;
    if (this.#used + need > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#used + need));
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    }
    let at = this.#used;
    this.#buffer.writeDoubleLE(frame.at ?? 0, at);
    this.#buffer.writeUInt32LE(frame.raw.length, at + 8);
    this.#buffer.writeUInt8(TRANSPORTS.indexOf(frame.transport), at + 12);
    this.#buffer.writeUInt8(
      frame.flags.reduce((bits, flag) => bits | (1 << FLAGS.indexOf(flag)), 0),
      at + 13,
    );
    this.#buffer.writeUInt16LE(from.length, at + 14);
    at += HEAD;
    at += from.copy(this.#buffer, at);
    this.#buffer.set(frame.raw, at);
    this.#used = at + frame.raw.length;
  }

  /** The frames so far as a buffer of their own, ready to be transferred. */
  take(): ArrayBuffer {
    // Whoever reads the last frame may look a little ahead.
    const whole = new Uint8Array(this.#used + AHEAD);
    whole.set(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
    if (this.#buffer.length > BATCH_BYTES * 2) this.#buffer = Buffer.alloc(BATCH_BYTES);
    return whole.buffer;
  }
}

/** Takes messages straight from the bytes of a batch, where it can; `QuickPath` is one. */
export interface MessageTaker {
  /** Bytes from which messages will be offered; nobody changes them any more. */
  beginRun(bytes: Uint8Array): void;
  /** Offers the message from `from` to `to` of them; false when it was not taken. */
  offerReceived(from: number, to: number, received: Received): boolean;
}

/** Hands out the frames of batches in order; one reader for each thread that reads them. */
export class BatchReader {
  readonly #addresses = new Words(() => null);
  readonly #received: Received = { at: 0, transport: "udp", from: "", fromHash: 0 };

  /** Offers each message to `taker`; a copy of what it leaves goes to `accept`. */
  read(batch: ArrayBuffer, taker: MessageTaker, accept: (frame: Frame) => void): void {
    const bytes = Buffer.from(batch);
    const view = new DataView(batch);
    taker.beginRun(bytes);
    const received = this.#received;
    for (let at = 0, end = bytes.length - AHEAD; at < end; ) {
      const fromEnd = at + HEAD + bytes.readUInt16LE(at + 14);
      const to = fromEnd + bytes.readUInt32LE(at + 8);
      const address = this.#addresses.find(bytes, view, at + HEAD, fromEnd);
      const bits = bytes[at + 13]!;
      received.at = bytes.readDoubleLE(at);
      received.transport = TRANSPORTS[bytes[at + 12]!]!;
      received.from = address.spelling.text;
      received.fromHash = address.hash;
      if (bits !== 0 || !taker.offerReceived(fromEnd, to, received)) {
        const raw = new Uint8Array(bytes.subarray(fromEnd, to));
        const flags = FLAGS.filter((_, i) => bits & (1 << i));
        accept({ raw, from: address.spelling.text, transport: received.transport, at: received.at, flags, line: 0 });
      }
      at = to;
    }
  }
}
