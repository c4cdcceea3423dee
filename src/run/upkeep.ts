/** What the database needs now and then: its log taken in, the oldest removed. Small steps, never while an alert waits. */
import { failpoint } from "../failpoint.ts";
import { checkpoint, checkpointByHand, WAL_LIMIT } from "../store/checkpoint.ts";
import type { Store } from "../store/open.ts";
import { type Pruned, prune, type Retention, removedAny } from "../store/retention.ts";
import type { Clock } from "./clock.ts";

/** How often the length of the log is looked at. */
const CHECKPOINT_MILLIS = 1_000;
/** How often it is looked for what is old; while there is some, the next step follows soon. */
const PRUNE_MILLIS = 10_000;
const NEXT_STEP_MILLIS = 200;

export class Upkeep {
  readonly #store: Store;
  #retention: Retention;
  readonly #clock: Clock;
  readonly #pruned: Record<string, number>;
  #checkpointed = Number.NEGATIVE_INFINITY;
  #nextPrune = 0;
  #walBytes = 0;

  /** `pruned` counts what was removed. */
  constructor(store: Store, retention: Retention, clock: Clock, pruned: Record<string, number>) {
    this.#store = store;
    this.#retention = retention;
    this.#clock = clock;
    this.#pruned = pruned;
    checkpointByHand(store);
  }

  /** Other bounds, from the next step on. */
  keep(retention: Retention): void {
    this.#retention = retention;
  }

  /** Bytes of the write-ahead log when it was last looked at. */
  get walBytes(): number {
    return this.#walBytes;
  }

  /** Whether somebody reads without end, so that the log cannot be taken in. */
  get isHeldOpen(): boolean {
    return this.#walBytes > WAL_LIMIT;
  }

  /** Does what is due; throws IO, STORE_BUSY, STORE_BROKEN. */
  do(): void {
    const now = this.#clock.mono();
    if (now - this.#checkpointed >= CHECKPOINT_MILLIS) {
      this.#checkpointed = now;
      this.#walBytes = checkpoint(this.#store);
    }
    if (now < this.#nextPrune) return;
    this.#nextPrune = now + PRUNE_MILLIS;
    const step = prune(this.#store, this.#retention, this.#clock.now());
    failpoint("prune.done");
    if (!removedAny(step)) return;
    this.#nextPrune = now + NEXT_STEP_MILLIS;
    for (const [name, n] of Object.entries(step) as [keyof Pruned, number][]) {
      if (n > 0) this.#pruned[name] = (this.#pruned[name] ?? 0) + n;
    }
  }
}
