/** How long to wait before another attempt: full jitter, so that what failed together does not come back together. */
import type { Millis } from "../model.ts";

const FIRST = 1_000;
export const LONGEST_BACKOFF = 300_000;

/** A random time below 1 s, 2 s, 4 s … 5 min, after so many failures before this one. `random` gives 0 to 1. */
export function backoff(failures: number, random: () => number): Millis {
  return Math.round(random() * Math.min(LONGEST_BACKOFF, FIRST * 2 ** Math.min(failures, 30)));
}
