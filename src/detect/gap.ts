/** A device's message counters: what was lost, what came late, when counting began again. */
import type { GapState } from "./state.ts";

/** Counters below the highest that may still come; more are given up as lost. */
const REMEMBERED = 256;
/** A step larger than this is another counter, not loss. */
const LARGEST_GAP = 5_000;
/** How far behind a late datagram may be before it means that counting began again. */
const LATEST = 64;

export type CounterStep = "first" | "next" | "gap" | "filled" | "late" | "reset";

/** Enters one counter; returns what it meant and by how much the number of lost messages changed. */
export function enterCounter(gap: GapState, counter: number): { step: CounterStep; lost: number } {
  if (gap.high === null) {
    gap.high = counter;
    return { step: "first", lost: 0 };
  }
  const ahead = counter - gap.high;
  if (ahead === 1) {
    gap.high = counter;
    return { step: "next", lost: 0 };
  }
  if (ahead > 1 && ahead <= LARGEST_GAP) {
    for (let missing = Math.max(gap.high + 1, counter - REMEMBERED); missing < counter; missing++)
      gap.missing.push(missing);
    if (gap.missing.length > REMEMBERED) gap.missing.splice(0, gap.missing.length - REMEMBERED);
    gap.high = counter;
    return { step: "gap", lost: ahead - 1 };
  }
  const hole = gap.missing.indexOf(counter);
  if (hole >= 0) {
    gap.missing.splice(hole, 1);
    return { step: "filled", lost: -1 };
  }
  if (ahead <= 0 && ahead >= -LATEST) return { step: "late", lost: 0 };
  gap.high = counter;
  gap.missing = [];
  return { step: "reset", lost: 0 };
}
