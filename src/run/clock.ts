/** The time as the wiring reads it; tests give one of their own. */
import type { Millis } from "../model.ts";

export interface Clock {
  /** Milliseconds since 1970; may jump when somebody sets the machine's clock. */
  now(): Millis;
  /** Milliseconds since some moment; never jumps: for how long something took. */
  mono(): number;
}

export const systemClock: Clock = { now: () => Date.now(), mono: () => performance.now() };
