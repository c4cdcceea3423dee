/** Spans of time as rules write them. */
import type { Millis } from "../../model.ts";

/** `10m`, `24h`, `5s`: the largest unit that leaves no rest. */
export function durationText(span: Millis): string {
  for (const [unit, size] of UNITS) if (span >= size && span % size === 0) return `${span / size}${unit}`;
  return `${span}ms`;
}

const UNITS: [string, Millis][] = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];
