/** Lengths of time as rule authors write them. */
import type { Millis } from "../model.ts";

const UNITS: Record<string, Millis> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `15m` -> 900000; the schema has checked the form. */
export function durationMillis(text: string): Millis {
  const unit = /[a-z]+$/.exec(text)![0];
  return Number.parseInt(text, 10) * UNITS[unit]!;
}
