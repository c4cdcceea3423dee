/** A device's message counters: what was lost, what came late, when counting began again. */
import type { GapState } from "./state.ts";

/** Counters below the highest that may still come; more are given up as lost. */
const REMEMBERED = 256;
/** A step larger than this is another counter, not loss. */
const LARGEST_GAP = 5_000;
/** Counters this near belong together: a late datagram, or loss that one message alone may tell of. */
const NEAR = 64;

/** `doubted`: too far from all others for one message to be believed, since it may be forged. */
export type CounterStep = "first" | "next" | "gap" | "filled" | "late" | "reset" | "doubted";

/** What one counter meant, by how much the number of lost messages changed, and whether it follows on. */
export interface CounterEntry {
  step: CounterStep;
  lost: number;
  follows: boolean;
}

/** Enters one counter. A far jump, ahead or back, counts once the next counter is near it. */
export function enterCounter(gap: GapState, counter: number): CounterEntry {
  const doubted = gap.doubted ?? null;
  gap.doubted = null;
  if (gap.high === null) {
    gap.high = counter;
    return { step: "first", lost: 0, follows: false };
  }
  const ahead = counter - gap.high;
  if (Math.abs(ahead) <= NEAR) return enterNear(gap, gap.high, counter);
  if (fill(gap, counter)) return { step: "filled", lost: -1, follows: true };
  if (doubted === null || Math.abs(counter - doubted) > NEAR) {
    gap.doubted = counter;
    return { step: "doubted", lost: 0, follows: false };
  }
  const jump = believe(gap, gap.high, doubted);
  const entry = enterNear(gap, doubted, counter);
  return { step: jump.step, lost: jump.lost + entry.lost, follows: entry.follows };
}

function enterNear(gap: GapState, high: number, counter: number): CounterEntry {
  const ahead = counter - high;
  if (ahead <= 0) {
    return fill(gap, counter) ? { step: "filled", lost: -1, follows: true } : { step: "late", lost: 0, follows: false };
  }
  gap.high = counter;
  if (ahead === 1) return { step: "next", lost: 0, follows: true };
  miss(gap, high, counter);
  return { step: "gap", lost: ahead - 1, follows: false };
}

/** The counter that was doubted was true: loss where it is ahead, else counting began again. */
function believe(gap: GapState, high: number, doubted: number): { step: "gap" | "reset"; lost: number } {
  const ahead = doubted - high;
  gap.high = doubted;
  if (ahead > 0 && ahead <= LARGEST_GAP) {
    miss(gap, high, doubted);
    return { step: "gap", lost: ahead - 1 };
  }
  gap.missing = [];
  return { step: "reset", lost: 0 };
}

function miss(gap: GapState, high: number, counter: number): void {
  for (let missing = Math.max(high + 1, counter - REMEMBERED); missing < counter; missing++) gap.missing.push(missing);
  if (gap.missing.length > REMEMBERED) gap.missing.splice(0, gap.missing.length - REMEMBERED);
}

function fill(gap: GapState, counter: number): boolean {
  const hole = gap.missing.indexOf(counter);
  if (hole >= 0) gap.missing.splice(hole, 1);
  return hole >= 0;
}
