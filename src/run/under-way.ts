/** How much is under way to the engine, and what that means for senders. Memory is bounded by it. */

/** Bytes at which senders over TCP wait, until half of it is judged; for datagrams see the gate. */
export const TCP_WAITS = 8 * 1_048_576;
/** Batches under way that show that the engine is behind. */
const BEHIND = 4;

/** Batches that were handed over and are not judged. The engine counts those that are in memory that both threads see:
 * a message for each would wake the receiver as often. */
export class UnderWay {
  readonly #judged: Int32Array;
  #seen = 0;
  readonly #sizes: number[] = [];
  #bytes = 0;
  #tcpWaits = false;

  constructor(judged: Int32Array) {
    this.#judged = judged;
  }

  /** A batch of so many bytes is handed over. */
  sent(bytes: number): void {
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    this.#tcpWaits ||= this.#bytes >= TCP_WAITS;
  }

  /** Looks how many are judged by now. */
  look(): void {
    for (const judged = Atomics.load(this.#judged, 0); this.#seen !== judged; this.#seen = (this.#seen + 1) | 0)
      this.#bytes -= this.#sizes.shift() ?? 0;
    this.#tcpWaits &&= this.#bytes >= TCP_WAITS / 2;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isNothing(): boolean {
    return this.#sizes.length === 0;
  }

  /** Small batches would only cost the engine more. */
  get isBehind(): boolean {
    return this.#sizes.length >= BEHIND;
  }

  get tcpWaits(): boolean {
    return this.#tcpWaits;
  }
}
