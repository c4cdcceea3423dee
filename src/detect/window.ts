/** Sliding windows over the times of signals: event_count, temporal, temporal_ordered. */
import type { Millis } from "../model.ts";
import type { CompiledCorrelation } from "../rule/compiled.ts";

type Times = Record<string, Millis[]>;

/** Adds a time, keeping the list ascending and at most `keep` long (the newest stay). */
export function remember(times: Millis[], at: Millis, keep: number): void {
  let i = times.length;
  while (i > 0 && times[i - 1]! > at) i--;
  times.splice(i, 0, at);
  if (times.length > keep) times.splice(0, times.length - keep);
}

/** Whether the correlation holds in the window `[at - timespan, at]`, both ends included. */
export function correlates(correlation: CompiledCorrelation, times: Times, at: Millis): boolean {
  const from = at - correlation.timespan;
  switch (correlation.type) {
    case "event_count":
      return count(correlation.signals, times, from, at) >= correlation.gte;
    case "temporal":
      return correlation.signals.every((signal) => count([signal], times, from, at) >= 1);
    case "temporal_ordered":
      return inOrder(correlation.signals, times, from, at);
    case "absence":
      return false;
  }
}

/** How often any of the signals was seen from `from` to `to`, both included. */
export function count(signals: string[], times: Times, from: Millis, to: Millis): number {
  let n = 0;
  for (const signal of signals) {
    for (const at of times[signal] ?? []) if (at >= from && at <= to) n++;
  }
  return n;
}

/** Greedy: the earliest first signal, then the earliest second at or after it, and so on. */
function inOrder(signals: string[], times: Times, from: Millis, to: Millis): boolean {
  let after = from;
  for (const signal of signals) {
    const next = (times[signal] ?? []).find((at) => at >= after && at <= to);
    if (next === undefined) return false;
    after = next;
  }
  return true;
}
