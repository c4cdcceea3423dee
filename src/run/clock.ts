/** The clock of those who wait: tests hand in one that they move themselves. */
import type { Millis } from "../model.ts";

export interface Clock {
  /** Wall-clock time; it may jump. */
  now(): Millis;
  /** Time that only moves on, from no particular start. */
  mono(): Millis;
  /** Resolves after so long, or when `signal` aborts. */
  sleep(millis: Millis, signal: AbortSignal): Promise<void>;
}

/** A timer of Node takes no longer time. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  sleep: (millis, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(millis, LONGEST_TIMER));
      signal.addEventListener("abort", done);
    }),
};
