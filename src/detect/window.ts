/** Sliding windows over the times of signals: event_count, value_count, temporal, temporal_ordered. */
import type { Millis } from "../model.ts";
import type { CompiledCorrelation } from "../rule/compiled.ts";

/** When each signal was seen, and the values that each `value_count` saw, with their last time. */
export interface Seen {
  windows: Record<string, Millis[]>;
  values?: Record<string, [value: string, at: Millis][]>;
  /** Signals that begin a memory and were taken back. */
  takenBack?: Record<string, unknown>;
}

/** Adds a time, keeping the list ascending and at most `keep` long (the newest stay). */
export function remember(times: Millis[], at: Millis, keep: number): void {
  let i = times.length;
  while (i > 0 && times[i - 1]! > at) i--;
  times.splice(i, 0, at);
  if (times.length > keep) times.splice(0, times.length - keep);
}

/** Notes a value with its last time, keeping the `keep` values that were seen last, in the order of their times. */
export function noteValue(values: [string, Millis][], value: string, at: Millis, keep: number): void {
  const before = values.findIndex(([one]) => one === value);
  if (before !== -1) {
    if (values[before]![1] >= at) return;
    values.splice(before, 1);
  }
  let i = values.length;
  while (i > 0 && values[i - 1]![1] > at) i--;
  values.splice(i, 0, [value, at]);
  if (values.length > keep) values.splice(0, values.length - keep);
}

/** Forgets the values that were seen last before `from`; gives the last time of each list that is left. */
export function expireValues(values: Record<string, [string, Millis][]>, from: Millis): Millis[] {
  const ends: Millis[] = [];
  for (const [name, list] of Object.entries(values)) {
    const left = list.filter(([, at]) => at >= from);
    if (left.length === 0) delete values[name];
    else {
      values[name] = left;
      ends.push(left.at(-1)![1]);
    }
  }
  return ends;
}

/** Whether the correlation holds in the window `[at - timespan, at]`, both ends included. One with an upper limit
 * is judged when its window is over, and never before. */
export function correlates(correlation: CompiledCorrelation, seen: Seen, at: Millis): boolean {
  if (correlation.type === "absence" || correlation.lte !== null) return false;
  if (correlation.cancelledBy.length > 0 && isTakenBack(correlation, seen) !== correlation.cancelled) return false;
  return measure(correlation, seen, at - correlation.timespan, at) >= correlation.gte;
}

function isTakenBack({ signals }: CompiledCorrelation, { takenBack }: Seen): boolean {
  return takenBack?.[signals[0]!] !== undefined;
}

/** What the correlation counts from `from` to `to`, both included: messages, values, or different signals. */
export function measure(correlation: CompiledCorrelation, seen: Seen, from: Millis, to: Millis): number {
  const { signals } = correlation;
  switch (correlation.type) {
    case "event_count":
      return count(signals, seen.windows, from, to);
    case "value_count":
      return (seen.values?.[correlation.name] ?? []).filter(([, at]) => at >= from && at <= to).length;
    case "temporal":
      return signals.filter((signal) => count([signal], seen.windows, from, to) > 0).length;
    case "temporal_ordered":
      return longestChain(signals, seen.windows, from, to);
    case "absence":
      return 0;
  }
}

/** How often any of the signals was seen from `from` to `to`, both included. */
export function count(signals: string[], times: Seen["windows"], from: Millis, to: Millis): number {
  let n = 0;
  for (const signal of signals) {
    for (const at of times[signal] ?? []) if (at >= from && at <= to) n++;
  }
  return n;
}

/** How many of the signals were seen one after another in their order: `ends[k]` is the earliest end of a chain of k. */
function longestChain(signals: string[], times: Seen["windows"], from: Millis, to: Millis): number {
  const ends = [from];
  for (const signal of signals) {
    for (let k = ends.length - 1; k >= 0; k--) {
      const next = (times[signal] ?? []).find((at) => at >= ends[k]! && at <= to);
      if (next !== undefined && (ends[k + 1] === undefined || next < ends[k + 1]!)) ends[k + 1] = next;
    }
  }
  return ends.length - 1;
}
