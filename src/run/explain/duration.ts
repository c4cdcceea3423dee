/** Spans of time as rules write them. */
import type { Millis } from "../../model.ts";

/** `10m`, `24h`, `3650d`, `5s`: the largest unit that leaves no rest; one day is 24 hours. */
export function durationText(span: Millis): string {
  for (const [unit, size] of UNITS)
    if (span >= (unit === "d" ? 2 * size : size) && span % size === 0) return `${span / size}${unit}`;
  return `${span}ms`;
}

const UNITS: [string, Millis][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];
