/** Time in replay: which stamp a line goes by, and clocks that never go back. */
import type { EventFlag, Millis, TimeSource } from "../model.ts";
import type { ParsedLine } from "./parse.ts";
import { type Stamp, stampMillis } from "./time.ts";

const DAY: Millis = 86_400_000;

/** How to read a stamp without a year. */
export interface YearPolicy {
  /** The year of the first stamp, if it was said (`--year`). */
  year: number | null;
  /** An instant that the input itself dates, if there is one. */
  anchor: Millis | null;
  /** The input cannot be later than this: a file's mtime, or now for stdin. */
  latest: Millis | null;
}

/** One clock: the shared one (relays and bare order), or a device's own. */
export interface ClockState {
  now: Millis | null;
  /** The last instant that a stamp of this clock gave: years are read as near to it. */
  reference: Millis | null;
  /** Whether that was the stamp of a clock that somebody had set (no `*`). */
  set: boolean;
  /** Added to stamps after the device's clock was set back by more than a day. */
  offset: Millis;
}

/** All clocks of a replay. */
export interface TimeKeeper {
  policy: YearPolicy;
  shared: ClockState;
  devices: Map<string, ClockState>;
  /** The last instant that any stamp gave: a clock's first year is read as near to it. */
  reference: Millis | null;
  /** `at` of the line before, and the clock it is on. */
  previous: Millis | null;
  previousClock: string;
}

export interface LineTime {
  at: Millis;
  source: TimeSource;
  /** "" for the shared clock, else the device's key. */
  clock: string;
  flags: EventFlag[];
}

export function createTimeKeeper(policy: YearPolicy): TimeKeeper {
  return { policy, shared: newClock(), devices: new Map(), reference: null, previous: null, previousClock: "" };
}

/** Another input begins: its stamps without a year are read by its own policy, and until its first stamp its lines
 * are on a clock of their own, so that the dates of another input drive no timer of theirs. */
export function beginInput(keeper: TimeKeeper, policy: YearPolicy, name: string): void {
  keeper.previousClock = `input ${name}`;
  keeper.policy = policy;
  keeper.reference = null;
  for (const state of [keeper.shared, ...keeper.devices.values()]) {
    state.reference = null;
    state.set = false;
  }
}

/** Which stamp times this line in replay: the relay's, else the device's, else none. */
export function timingStamp(line: ParsedLine): { stamp: Stamp; source: "relay" | "device" } | null {
  if (line.relayTime !== null && line.relayTime.month !== null) return { stamp: line.relayTime, source: "relay" };
  if (line.clock !== null && line.clock.month !== null) return { stamp: line.clock, source: "device" };
  return null;
}

/** Reads a stamp, its year by the policy and by what came before; null for one without a date. */
export function readStamp(keeper: TimeKeeper, stamp: Stamp, clock = ""): Millis | null {
  const { year, anchor, latest } = keeper.policy;
  if (stamp.year !== null) return stampMillis(stamp, null, null);
  const near = clockOf(keeper, clock).reference ?? keeper.reference ?? (year === null ? anchor : null);
  if (near !== null) {
    const read = stampMillis(stamp, near, null);
    if (stamp.mark !== "*" || read === null || read <= near) return read;
    // A clock that was never set, `*Mar  1` after a reload in November, does not bring in a new year.
    return stampMillis(stamp, null, new Date(near).getUTCFullYear()) ?? read;
  }
  if (year !== null) return stampMillis(stamp, null, year);
  const end = new Date(latest ?? 0).getUTCFullYear();
  const read = stampMillis(stamp, null, end) ?? stampMillis(stamp, null, end - 1);
  return read !== null && latest !== null && read > latest + DAY ? stampMillis(stamp, null, end - 1) : read;
}

/** Whether this instant is so far from its clock that the next line must confirm it. */
export function isDoubtful(keeper: TimeKeeper, clock: string, instant: Millis): boolean {
  const state = clockOf(keeper, clock);
  if (state.now === null) return false;
  return Math.abs(instant - state.now) > DAY && Math.abs(instant + state.offset - state.now) > DAY;
}

/** Whether a later stamp of the same clock confirms a doubted instant; one without a year that suits the clock as it
 * is confirms nothing. */
export function confirms(keeper: TimeKeeper, clock: string, doubted: Millis, later: Stamp): boolean {
  if (later.year === null) {
    const unmoved = readStamp(keeper, later, clock);
    if (unmoved !== null && !isDoubtful(keeper, clock, unmoved)) return false;
  }
  const instant = stampMillis(later, doubted, null);
  return instant !== null && Math.abs(instant - doubted) <= DAY;
}

/** Moves a clock to an instant and returns the time the line gets; `believed`: the next line agrees with it. */
export function moveClock(
  keeper: TimeKeeper,
  clock: string,
  instant: Millis,
  believed: boolean,
  stamp: Stamp,
): { at: Millis; flags: EventFlag[] } {
  const state = clockOf(keeper, clock);
  if (believed || !isDoubtful(keeper, clock, instant)) remember(keeper, state, instant, stamp);
  if (state.now === null) {
    state.now = instant;
    return { at: instant, flags: [] };
  }
  const ahead = instant - state.now;
  if (ahead >= 0 && (ahead <= DAY || believed)) {
    state.now = instant;
    state.offset = 0;
    return { at: instant, flags: [] };
  }
  const shifted = instant + state.offset - state.now;
  if (state.offset !== 0 && shifted >= 0 && shifted <= DAY) {
    state.now += shifted;
    return { at: state.now, flags: ["clock-back"] };
  }
  if (ahead > 0) {
    state.now += 1;
    return { at: state.now, flags: ["clock-jump"] };
  }
  if (clock !== "" && ahead < -DAY && believed) state.offset = state.now - instant;
  return { at: state.now, flags: ["clock-back"] };
}

/** Keeps an instant for reading the years of later stamps. A year that was given (`--year`) is not bent by stamps that
 * print their own, nor a clock that was set by one that was not. */
function remember(keeper: TimeKeeper, state: ClockState, instant: Millis, stamp: Stamp): void {
  if (keeper.policy.year !== null && stamp.year !== null) return;
  const isSet = stamp.mark !== "*";
  if (isSet || !state.set) state.reference = instant;
  if (!isSet) return;
  state.set = true;
  keeper.reference = instant;
}

/** The time of a line without any stamp: the previous line's plus 1 ms, from 1970-01-01T00:00:00Z, on the previous
 * line's clock: one router's wrong clock must drive no other's timers by way of a line that has none. */
export function orderTime(keeper: TimeKeeper): { at: Millis; clock: string } {
  const state = clockOf(keeper, keeper.previousClock);
  const at = Math.max(state.now ?? 0, keeper.previous === null ? 0 : keeper.previous + 1);
  // A device's own next stamp may be the same millisecond: only clocks without stamps of their own move on.
  if (keeper.previousClock === "" || keeper.previousClock.startsWith("input ")) state.now = at;
  return { at, clock: keeper.previousClock };
}

/** The state of a clock, made if it is not there; it stays the same object. */
export function clockOf(keeper: TimeKeeper, clock: string): ClockState {
  if (clock === "") return keeper.shared;
  let state = keeper.devices.get(clock);
  if (state === undefined) {
    state = newClock();
    keeper.devices.set(clock, state);
  }
  return state;
}

function newClock(): ClockState {
  return { now: null, reference: null, set: false, offset: 0 };
}
