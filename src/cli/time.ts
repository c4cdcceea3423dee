/** Times as tables show them. */
import type { Millis } from "../model.ts";

/** `2020-03-04 12:00:00`, UTC unless an offset in minutes is given (`--tz`). */
export function shownTime(at: Millis, utcOffsetMinutes = 0): string {
  return new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
