/** A clock that a test moves, and numbers that look random and are the same each time. */
import type { Clock } from "../../src/run/clock.ts";

/** What the clock says at first. */
export const EPOCH = 1_700_000_000_000;

export class FakeClock implements Clock {
  #mono = 0;
  #offset = EPOCH;
  #sleepers: { due: number; wake: () => void }[] = [];

  now(): number {
    return this.#mono + this.#offset;
  }
  mono(): number {
    return this.#mono;
  }
  sleep(millis: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        due: this.#mono + millis,
        wake: () => {
          this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal.addEventListener("abort", sleeper.wake);
    });
  }

  /** The wall clock is set; time goes on as before. */
  jump(millis: number): void {
    this.#offset += millis;
  }

  /** Everybody who is awake has done what there is to do. */
  async settle(): Promise<void> {
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time passes until the next sleeper wakes. */
  async next(): Promise<void> {
    await this.#turn();
    const due = Math.min(...this.#sleepers.map((one) => one.due));
    if (due === Number.POSITIVE_INFINITY) return;
    this.#mono = Math.max(this.#mono, due);
    for (const sleeper of this.#sleepers.filter((one) => one.due <= this.#mono)) sleeper.wake();
    await this.#turn();
  }

  /** Time passes. */
  async advance(millis: number): Promise<void> {
    const until = this.#mono + millis;
    for (;;) {
      await this.#turn();
      if (!this.#sleepers.some((one) => one.due <= until)) break;
      await this.next();
    }
    this.#mono = until;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** A linear congruential generator, Numerical Recipes; gives 0 to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
