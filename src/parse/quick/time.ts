/** Time of ordinary lines: the instant a stamp means and the clock it moves on, where neither needs a second thought. */

import type { Millis } from "../../model.ts";
import type { ClockState, TimeKeeper } from "../clock.ts";
import { isDate } from "../time.ts";
import { STAR } from "./chars.ts";
import type { QuickStamp } from "./stamp.ts";

const DAY: Millis = 86_400_000;
/** A stamp this near to an instant is nearer to it than the same date of any other year. */
const SURELY_NEAREST: Millis = 180 * DAY;

/** Reads stamps; remembers the last day and year, since the next line is most often of the same. */
export class QuickCalendar {
  #day = -1;
  #midnight: Millis = 0;
  #year = 0;
  #yearStart: Millis = 0;
  #yearEnd: Millis = 0;

  /** What `readStamp` makes of the stamp on a clock; NaN where the year is not settled at a glance. */
  instant(keeper: TimeKeeper, clock: ClockState, stamp: QuickStamp): Millis {
    const near = clock.reference ?? keeper.reference;
    return near === null && stamp.year === 0 ? Number.NaN : this.nearest(near ?? 0, stamp);
  }

  /** The instant nearest to another that a stamp may mean; NaN where that is not settled at a glance. */
  nearest(near: Millis, stamp: QuickStamp): Millis {
    if (stamp.year !== 0) return this.#midnightOf(stamp.year, stamp.month, stamp.day) + stamp.time;
    if (near < this.#yearStart || near >= this.#yearEnd) this.#turnTo(near);
    const instant = this.#midnightOf(this.#year, stamp.month, stamp.day) + stamp.time;
    return Math.abs(instant - near) < SURELY_NEAREST ? instant : Number.NaN;
  }

  /** NaN for a date that does not exist. */
  #midnightOf(year: number, month: number, day: number): Millis {
    const key = (year * 16 + month) * 32 + day;
    if (key !== this.#day) {
      this.#day = key;
      this.#midnight = year >= 100 && isDate(year, month, day) ? Date.UTC(year, month - 1, day) : Number.NaN;
    }
    return this.#midnight;
  }

  #turnTo(near: Millis): void {
    this.#year = new Date(near).getUTCFullYear();
    this.#yearStart = Date.UTC(this.#year, 0);
    this.#yearEnd = Date.UTC(this.#year + 1, 0);
  }
}

/** Whether an instant moves the clock on by no more than a day, so that it is believed and flagged with nothing. */
export function movesOn(clock: ClockState, instant: Millis): boolean {
  return clock.now !== null && instant >= clock.now && instant - clock.now <= DAY;
}

/** Moves the clock on to an instant that does so, as `moveClock` would. */
export function moveOn(keeper: TimeKeeper, name: string, clock: ClockState, instant: Millis, stamp: QuickStamp): void {
  clock.now = instant;
  clock.offset = 0;
  keeper.previous = instant;
  keeper.previousClock = name;
  if (keeper.policy.year !== null && stamp.year !== 0) return;
  const isSet = stamp.mark !== STAR;
  if (isSet || !clock.set) clock.reference = instant;
  if (!isSet) return;
  clock.set = true;
  keeper.reference = instant;
}
