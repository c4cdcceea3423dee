/** Frames packed into one buffer, so that a thread hands them to another by transfer and not by copy. */
import type { Frame, FrameFlag, Transport } from "../model.ts";

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
    const whole = new Uint8Array(this.#used);
    whole.set(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
    if (this.#buffer.length > BATCH_BYTES * 2) this.#buffer = Buffer.alloc(BATCH_BYTES);
    return whole.buffer;
  }
}

/** The frames of a batch in order; their bytes lie in the batch. */
export function* readBatch(batch: ArrayBuffer): Generator<Frame> {
  const bytes = Buffer.from(batch);
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at + 8);
    const bits = bytes.readUInt8(at + 13);
    const fromEnd = at + HEAD + bytes.readUInt16LE(at + 14);
    yield {
      at: bytes.readDoubleLE(at),
      transport: TRANSPORTS[bytes.readUInt8(at + 12)]!,
      flags: FLAGS.filter((_, i) => bits & (1 << i)),
      from: bytes.toString("utf8", at + HEAD, fromEnd),
      raw: new Uint8Array(bytes.subarray(fromEnd, fromEnd + length)),
      line: 0,
    };
    at = fromEnd + length;
  }
}
