/** Frames packed into one buffer, so that a thread hands them to another by transfer and not by copy. */
import type { Certificate, Frame, FrameFlag, Transport } from "../model.ts";
import { AHEAD } from "../parse/quick/bytes.ts";
import { Words } from "../parse/quick/words.ts";
import type { Received } from "./quick.ts";
import { readSenderWord, senderWord } from "./sender-word.ts";

/** A batch is handed over when it has this many bytes … */
export const BATCH_BYTES = 65_536;
/** … or this many milliseconds after the one before. */
export const BATCH_MILLIS = 2;

const TRANSPORTS: Transport[] = ["udp", "tcp", "tls", "file"];
const FLAGS: FrameFlag[] = ["truncated", "split", "unwrapped"];
/** at (8), raw length (4), transport (1), flags (1), length of from (2). */
const HEAD = 16;
/** Room for a batch and its last frame, unless that is very long. */
const USUAL_BYTES = 2 * BATCH_BYTES;
/** Senders whose addresses are kept as bytes; then the memory starts again. */
const MAX_SENDERS = 4_096;

/** Collects frames; `take` hands over the bytes and starts anew. */
export class BatchWriter {
  #buffer = newBuffer(USUAL_BYTES);
  #view = viewOf(this.#buffer);
  #used = 0;
  readonly #senders = new Map<string, Uint8Array>();
  readonly #certificates = new WeakMap<Certificate, Uint8Array>();

  get bytes(): number {
    return this.#used;
  }

  add({ at, from, raw, transport, flags, certificate }: Frame): void {
    const sender = certificate === undefined ? this.#senderOf(from) : this.#certified(from, certificate);
    const need = HEAD + sender.length + raw.length;
    if (this.#used + need + AHEAD > this.#buffer.length) this.#grow(this.#used + need + AHEAD);
    const start = this.#used;
    const view = this.#view;
    view.setFloat64(start, at ?? 0, true);
    view.setUint32(start + 8, raw.length, true);
    view.setUint8(start + 12, TRANSPORTS.indexOf(transport));
    view.setUint8(start + 13, flags.length === 0 ? 0 : bitsOf(flags));
    view.setUint16(start + 14, sender.length, true);
    this.#buffer.set(sender, start + HEAD);
    this.#buffer.set(raw, start + HEAD + sender.length);
    this.#used = start + need;
  }

  /** The frames so far as a buffer of their own, ready to be transferred. */
  take(): ArrayBuffer {
    // Whoever reads the last frame may look a little ahead.
    const length = this.#used + AHEAD;
    const whole = newBuffer(length);
    whole.set(this.#buffer.subarray(0, this.#used));
    whole.fill(0, this.#used);
    this.#used = 0;
    if (this.#buffer.length > USUAL_BYTES) this.#use(newBuffer(USUAL_BYTES));
    return whole.buffer;
  }

  #senderOf(word: string): Uint8Array {
    const known = this.#senders.get(word);
    if (known !== undefined) return known;
    if (this.#senders.size >= MAX_SENDERS) this.#senders.clear();
    const sender = Buffer.from(word);
    this.#senders.set(word, sender);
    return sender;
  }

  /** A connection shows the same certificate with all its frames. */
  #certified(from: string, certificate: Certificate): Uint8Array {
    let sender = this.#certificates.get(certificate);
    if (sender === undefined) {
      sender = Buffer.from(senderWord({ from, certificate }));
      this.#certificates.set(certificate, sender);
    }
    return sender;
  }

  #grow(need: number): void {
    const larger = newBuffer(Math.max(this.#buffer.length * 2, need));
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#use(larger);
  }

  #use(buffer: Uint8Array<ArrayBuffer>): void {
    this.#buffer = buffer;
    this.#view = viewOf(buffer);
  }
}

/** Not zeroed, and no part of a pool. */
function newBuffer(length: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(length);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function bitsOf(flags: readonly FrameFlag[]): number {
  return flags.reduce((bits, flag) => bits | (1 << FLAGS.indexOf(flag)), 0);
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
  readonly #senders = new Words(readSenderWord);
  readonly #received: Received = { at: 0, transport: "udp", from: "", certificate: null, fromHash: 0 };

  /** Offers each message to `taker`; a copy of what it leaves goes to `accept`. */
  read(batch: ArrayBuffer, taker: MessageTaker, accept: (frame: Frame) => void): void {
    if (batch.byteLength === AHEAD) return;
    const bytes = Buffer.from(batch);
    const view = new DataView(batch);
    taker.beginRun(bytes);
    const received = this.#received;
    for (let at = 0, end = bytes.length - AHEAD; at < end; ) {
      const fromEnd = at + HEAD + bytes.readUInt16LE(at + 14);
      const to = fromEnd + bytes.readUInt32LE(at + 8);
      const sender = this.#senders.find(bytes, view, at + HEAD, fromEnd);
      const { from, certificate } = sender.value;
      const bits = bytes[at + 13]!;
      received.at = bytes.readDoubleLE(at);
      received.transport = TRANSPORTS[bytes[at + 12]!]!;
      received.from = from;
      received.certificate = certificate;
      received.fromHash = sender.hash;
      if (bits !== 0 || !taker.offerReceived(fromEnd, to, received)) {
        const raw = new Uint8Array(bytes.subarray(fromEnd, to));
        const flags = FLAGS.filter((_, i) => bits & (1 << i));
        const frame: Frame = { raw, from, transport: received.transport, at: received.at, flags, line: 0 };
        accept(certificate === null ? frame : { ...frame, certificate });
      }
      at = to;
    }
  }
}
