/** A router's own stamps against the time of arrival and against each other: clocks that jump. */
import type { Event, Millis } from "../model.ts";
import { formatSpan } from "./span.ts";

export interface StampState {
  /** The last stamp, and how far it was ahead of its arrival; null where the stamp itself is the message's time. */
  stamp: Millis;
  offset: Millis | null;
  /** Whether that clock had never been set. */
  unset: boolean;
  /** When the clock last jumped; null once it has kept time for an hour. */
  jumped: Millis | null;
}

/** A clock that keeps time for this long after a jump is steady. */
const STEADY: Millis = 3_600_000;

export type StampNews = { kind: "jump"; facts: Record<string, string> } | { kind: "steady" };

/** The first stamp of a router; null when the message has none to go by. */
export function firstStamp(event: Event): StampState | null {
  const stamp = readStamp(event);
  return stamp === null ? null : { stamp, offset: offsetOf(event, stamp), unset: isUnset(event), jumped: null };
}

/** Enters a message; tells when its stamp shows that the clock jumped by more than `by`, or has been steady since. */
export function enterStamp(state: StampState, event: Event, by: Millis): StampNews | null {
  const stamp = readStamp(event);
  if (stamp === null) return null;
  const offset = offsetOf(event, stamp);
  const before = state.stamp;
  const wasUnset = state.unset;
  state.stamp = stamp;
  state.unset = isUnset(event);
  if (wasUnset || state.unset) {
    // A router that boots shows a clock that is not set, and sets it: both are no surprise.
    state.offset = offset;
    return null;
  }
  const back = before - stamp;
  const ahead = offset === null || state.offset === null ? 0 : offset - state.offset;
  if (back > by) return jumped(state, event, "back", before, ahead < 0 ? -ahead : back, offset);
  if (ahead > by) return jumped(state, event, "ahead", before, ahead, offset);
  // What comes late from a queue on the way was stamped long before: the clock has not changed.
  if (ahead >= -by) state.offset = offset;
  if (state.jumped === null || event.at - state.jumped < STEADY) return null;
  state.jumped = null;
  return { kind: "steady" };
}

function jumped(
  state: StampState,
  event: Event,
  direction: "back" | "ahead",
  before: Millis,
  distance: Millis,
  offset: Millis | null,
): StampNews {
  state.offset = offset;
  state.jumped = event.at;
  const facts = {
    direction,
    by: formatSpan(distance),
    minutes: String(Math.round(distance / 60_000)),
    before: new Date(before).toISOString(),
    after: new Date(state.stamp).toISOString(),
  };
  return { kind: "jump", facts };
}

/** Stamps that the time keeping did not believe, or that are no time of day, say nothing. */
function readStamp({ clock, atSource, flags }: Event): Millis | null {
  if (clock?.iso == null || atSource === "order" || flags.includes("clock-jump")) return null;
  return Date.parse(clock.iso);
}

function offsetOf({ at, atSource }: Event, stamp: Millis): Millis | null {
  return atSource === "device" ? null : stamp - at;
}

function isUnset({ clock }: Event): boolean {
  return clock?.mark === "*";
}
