/** Clocks with their timers: one entry for each group and kind, however often its time is put off. */
import { type Timer, TimerQueue } from "../detect/timers.ts";
import type { Millis } from "../model.ts";

/** Where a clock stands, and what waits on it. */
export interface RunningClock {
  now: Millis;
  timers: TimerQueue;
}

/** The shared clock ("") and one for each device that has its own. */
export class Clocks {
  readonly #clocks = new Map<string, RunningClock>();
  /** When the entry of a group and kind comes up; it may be due later by then. */
  readonly #queued = new Map<string, Millis>();

  /** Names in a fixed order. */
  names(): string[] {
    return [...this.#clocks.keys()].sort();
  }

  /** Enters a timer. One that is put off is looked at when its old time comes: a flood adds no entries. */
  put(clock: string, timer: Timer): void {
    const key = keyOf(clock, timer);
    const queued = this.#queued.get(key);
    if (queued !== undefined && queued <= timer.due) return;
    this.#queued.set(key, timer.due);
    this.clock(clock).timers.push(timer);
  }

  /** Moves a clock on and gives, one after another, the timers that are due by then.
   * `dueOf` tells when a timer is really due: undefined when it is no more. */
  *advance(name: string, now: Millis, dueOf: (timer: Timer) => Millis | undefined): Generator<Timer> {
    const clock = this.clock(name);
    clock.now = Math.max(clock.now, now);
    for (let timer = clock.timers.pop(clock.now); timer !== null; timer = clock.timers.pop(clock.now)) {
      const key = keyOf(name, timer);
      if (this.#queued.get(key) !== timer.due) continue;
      this.#queued.delete(key);
      const due = dueOf(timer);
      if (due === undefined) continue;
      if (due > timer.due) this.put(name, { ...timer, due });
      else yield timer;
    }
  }

  /** A clock, made if it is not there; it stays the same object. */
  clock(name: string): RunningClock {
    let clock = this.#clocks.get(name);
    if (clock === undefined) {
      clock = { now: Number.NEGATIVE_INFINITY, timers: new TimerQueue() };
      this.#clocks.set(name, clock);
    }
    return clock;
  }
}

/** The clock too: a group that goes over to another clock is entered there, whatever still waits on the old one. */
function keyOf(clock: string, timer: Timer): string {
  return `${timer.kind} ${clock.length}:${clock} ${timer.group}`;
}
