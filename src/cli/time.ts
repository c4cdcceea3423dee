/** Times as tables show them. */
import type { Millis } from "../model.ts";

/** `2020-03-04 12:00:00`, UTC unless an offset in minutes is given (`--tz`); `never` for a device that only captures know. */
export function shownTime(at: Millis, utcOffsetMinutes = 0): string {
  if (at === 0) return "never";
  return new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
