/** One connection: its framing, and deadlines that a sender cannot put off by dripping. */
import type { Socket } from "node:net";
import type { Refusal } from "./door.ts";
import { createFramer, type FramedMessage, type Framer } from "./framing.ts";

/** Times in ms by the monotonic clock. */
export interface Deadlines {
  /** Silence after which an unterminated line is a message. */
  idleFlushMs: number;
  /** Silence after which the connection is cut. */
  idleTimeoutMs: number;
  /** For the first byte to come. */
  firstByteTimeoutMs: number;
  /** For a begun message to become complete. */
  frameTimeoutMs: number;
}

/** What a connection tells; after `closed` it tells nothing more. */
export interface ConnectionHooks {
  bytes(count: number): void;
  messages(found: readonly FramedMessage[]): void;
  /** A deadline has passed. */
  cut(reason: Refusal): void;
  closed(): void;
}

export class Connection {
  readonly socket: Socket;
  readonly #framer: Framer;
  readonly #deadlines: Deadlines;
  readonly #hooks: ConnectionHooks;
  #opened = performance.now();
  #lastByte: number | null = null;
  #pendingSince: number | null = null;
  #flushed = true;
  #timer: NodeJS.Timeout | null = null;
  #due = 0;
  #paused: boolean;
  #closed = false;

  constructor(socket: Socket, options: Deadlines & { maxBytes: number; paused: boolean }, hooks: ConnectionHooks) {
    this.socket = socket;
    this.#framer = createFramer({ maxBytes: options.maxBytes });
    this.#deadlines = options;
    this.#hooks = hooks;
    this.#paused = options.paused;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("close", () => this.close());
    if (this.#paused) socket.pause();
    this.#arm(this.#opened);
  }

  pause(): void {
    this.#paused = true;
    this.socket.pause();
  }

  /** While nothing was read, silence said nothing about the sender. */
  resume(): void {
    this.#paused = false;
    this.#shift(performance.now());
    this.socket.resume();
  }

  /** Ends the connection, and gives out what is left of its last message. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.socket.destroy();
    this.#hooks.messages(this.#framer.flush("close"));
    this.#hooks.closed();
  }

  #read(chunk: Uint8Array): void {
    if (this.#closed) return;
    const now = performance.now();
    const messages = this.#framer.push(chunk);
    this.#hooks.bytes(chunk.length);
    this.#lastByte = now;
    this.#flushed = false;
    if (!this.#framer.pending()) this.#pendingSince = null;
    else if (this.#pendingSince === null || messages.length > 0) this.#pendingSince = now;
    this.#hooks.messages(messages);
    this.#arm(now);
  }

  /** When the next deadline is due. */
  #nextDue(): number {
    const { idleFlushMs, idleTimeoutMs, firstByteTimeoutMs, frameTimeoutMs } = this.#deadlines;
    if (this.#lastByte === null) return this.#opened + firstByteTimeoutMs;
    const idle = this.#lastByte + idleTimeoutMs;
    if (this.#pendingSince === null) return idle;
    const complete = Math.min(idle, this.#pendingSince + frameTimeoutMs);
    return this.#flushed ? complete : Math.min(complete, this.#lastByte + idleFlushMs);
  }

  // A timer is moved only when a deadline comes nearer, not with every chunk.
  #arm(now: number): void {
    if (this.#closed) return;
    const due = this.#nextDue();
    if (this.#timer !== null && this.#due <= due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    const wait = Math.min(Math.max(1, Math.ceil(due - now)), LONGEST_TIMER);
    this.#timer = setTimeout(() => this.#expire(), wait);
  }

  #expire(): void {
    this.#timer = null;
    const now = performance.now();
    if (this.#paused) this.#shift(now);
    else if (this.#nextDue() <= now) {
      const late = this.#missed(now);
      if (late !== null) {
        this.#hooks.cut(late);
        this.close();
        return;
      }
      this.#flushed = true;
      const messages = this.#framer.flush("idle");
      if (!this.#framer.pending()) this.#pendingSince = null;
      this.#hooks.messages(messages);
    }
    this.#arm(now);
  }

  /** The deadline that has passed; null when an unterminated line is to be given out. */
  #missed(now: number): Refusal | null {
    const { idleFlushMs, frameTimeoutMs } = this.#deadlines;
    if (this.#lastByte === null) return "no-first-byte";
    if (this.#pendingSince === null) return "idle";
    if (this.#pendingSince + frameTimeoutMs <= now) return "message-too-slow";
    return !this.#flushed && this.#lastByte + idleFlushMs <= now ? null : "idle";
  }

  #shift(now: number): void {
    if (this.#lastByte !== null) this.#lastByte = now;
    else this.#opened = now;
    if (this.#pendingSince !== null) this.#pendingSince = now;
  }
}

/** setTimeout fires at once beyond 2^31 - 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
