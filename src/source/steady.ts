/** The time at which messages are received: it follows the machine's clock and does not jump when somebody sets that. */
import type { Millis } from "../model.ts";

/** A difference is made up for by at most this share of the time that passes: within windows it hardly counts. */
const SLEW = 0.1;
/** The machine's clock tells whole milliseconds: what differs by less does not differ. */
const RESOLUTION: Millis = 1;
/** A clock that is ahead by more than this was wrong before, or the machine slept: … */
const FAR: Millis = 2 * 3_600_000;
/** … it is believed once it has been ahead for so long. */
const LASTED: Millis = 60_000;

/** A clock that never goes back; `wall` is the machine's clock, `mono` one that nobody can set. */
export function createSteadyClock(wall: () => Millis, mono: () => number): () => Millis {
  let at = wall();
  let read = mono();
  let farSince: number | null = null;
  return () => {
    const now = mono();
    const passed = now - read;
    const told = wall();
    const ahead = told - (at + passed);
    read = now;
    farSince = ahead > FAR ? (farSince ?? now) : null;
    if (farSince !== null && now - farSince >= LASTED) {
      farSince = null;
      at += passed + ahead;
    } else if (Math.abs(ahead) < RESOLUTION) at = Math.max(told, Math.floor(at));
    else at += passed + Math.min(Math.max(ahead, -SLEW * passed), farSince === null ? SLEW * passed : 0);
    return Math.floor(at);
  };
}

/** The clock of this thread. */
export const receiveTime: () => Millis = createSteadyClock(
  () => Date.now(),
  () => performance.now(),
);
