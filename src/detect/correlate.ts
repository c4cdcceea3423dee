/** What a message adds to the windows of its group: times of signals, values, and correlations that others count. */
import type { Event, Millis } from "../model.ts";
import type { CompiledCorrelation, CompiledRule } from "../rule/compiled.ts";
import { valuesOf } from "./group.ts";
import { encodeKey } from "./id.ts";
import type { RuleMatch } from "./index-signals.ts";
import type { GroupState } from "./state.ts";
import { correlates, noteValue, remember } from "./window.ts";

/** Enters a message that matched `names`; `weight` times, where a repetition says so. */
export function enterWindows(
  rule: CompiledRule,
  group: GroupState,
  match: RuleMatch,
  names: Set<string>,
  event: Event,
  weight: number,
): void {
  for (const name of names) {
    group.windows[name] ??= [];
    const times = group.windows[name];
    for (let i = 0; i < Math.min(weight, rule.keep); i++) remember(times, event.at, rule.keep);
  }
  const seen = new Set(names);
  for (const one of rule.correlations) {
    if (!one.signals.some((name) => seen.has(name))) continue;
    if (one.type === "value_count") enterValues(rule, group, match, one, seen, event);
    if (!correlates(one, group, event.at)) continue;
    seen.add(one.name);
    enterCorrelation(rule, group, one, event.at);
  }
}

/** A correlation that holds is a signal to those that count it. */
export function enterCorrelation(rule: CompiledRule, group: GroupState, one: CompiledCorrelation, at: Millis): void {
  if (!rule.correlations.some((other) => other.signals.includes(one.name))) return;
  group.windows[one.name] ??= [];
  remember(group.windows[one.name]!, at, rule.keep);
}

function enterValues(
  rule: CompiledRule,
  group: GroupState,
  match: RuleMatch,
  one: CompiledCorrelation,
  seen: Set<string>,
  event: Event,
): void {
  for (const { name, captures } of match.signals) {
    if (!seen.has(name) || !one.signals.includes(name)) continue;
    const values = valuesOf(one.fields, captures, event);
    if (values === null) continue;
    group.values ??= {};
    group.values[one.name] ??= [];
    noteValue(group.values[one.name]!, values.length === 1 ? values[0]! : encodeKey(values), event.at, rule.keep);
  }
}
