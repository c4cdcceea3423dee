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
  const unset = isUnset(event);
  const shown = shownBy(state, stamp, offset, unset, event.at, by);
  const before = state.stamp;
  const ahead = aheadOf(state, offset);
  noteStamp(state, stamp, offset, unset, by);
  if (shown === null) return null;
  state.jumped = shown === "steady" ? null : event.at;
  if (shown === "steady") return { kind: "steady" };
  state.offset = offset;
  const distance = shown === "back" && ahead >= 0 ? before - stamp : Math.abs(ahead);
  const facts = {
    direction: shown,
    by: formatSpan(distance),
    minutes: String(Math.round(distance / 60_000)),
    before: new Date(before).toISOString(),
    after: new Date(stamp).toISOString(),
  };
  return { kind: "jump", facts };
}

/** What a stamp shows of its clock: a jump, an hour without one, or nothing new. */
export function shownBy(
  state: StampState,
  stamp: Millis,
  offset: Millis | null,
  unset: boolean,
  at: Millis,
  by: Millis,
): "back" | "ahead" | "steady" | null {
  // A router that boots shows a clock that is not set, and sets it: both are no surprise.
  if (state.unset || unset) return null;
  if (state.stamp - stamp > by) return "back";
  if (aheadOf(state, offset) > by) return "ahead";
  return state.jumped === null || at - state.jumped < STEADY ? null : "steady";
}

/** Remembers a stamp that shows nothing new. */
export function noteStamp(state: StampState, stamp: Millis, offset: Millis | null, unset: boolean, by: Millis): void {
  // What comes late from a queue on the way was stamped long before: the clock has not changed.
  if (state.unset || unset || aheadOf(state, offset) >= -by) state.offset = offset;
  state.stamp = stamp;
  state.unset = unset;
}

/** By how much the clock is further ahead of the arrival than it was. */
function aheadOf(state: StampState, offset: Millis | null): Millis {
  return offset === null || state.offset === null ? 0 : offset - state.offset;
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
