/** Recovery steps that the router's log shows, ticked on the alerts of that router. */
import type { Event } from "../model.ts";
import { deviceKey, LEVELS, nodeKey } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { joinedKeys } from "./device-map.ts";
import { takeStep } from "./episode.ts";
import { settle } from "./group.ts";
import type { RuleMatch } from "./index-signals.ts";
import { type Bench, type Decision, decided, keep } from "./report.ts";
import type { DetectState, GroupState } from "./state.ts";

/** Ticks the recovery steps that this message shows, on the alerts of its device. */
export function takeSteps(bench: Bench, rule: CompiledRule, event: Event, match: RuleMatch): Decision[] {
  const decisions: Decision[] = [];
  for (const step of rule.lifecycle.steps) {
    const signal = match.signals.find(
      (one) => one.name === step.signal && step.where.every(([name, value]) => one.captures[name] === value),
    );
    if (signal === undefined) continue;
    const target = step.node === null ? null : (signal.captures[step.node] ?? null);
    const running = openGroups(bench.state, rule, event);
    const exact = running.filter(
      ([, group]) => target === null || group.node === null || nodeKey(group.node) === nodeKey(target),
    );
    const elsewhere = exact.length === 0 ? target : null;
    for (const [key, group] of exact.length > 0 ? exact : running) {
      const before = { ...group.timers };
      const by = step.by === null ? null : (signal.captures[step.by] ?? null);
      const mark = { at: event.at, by: by ?? "router log", line: keep(event).raw, elsewhere };
      decisions.push(...decided(rule, key, group, takeStep(rule, group, step.id, mark), event.at));
      settle(bench.state, key, group, before, bench.put);
    }
  }
  return decisions;
}

/** Groups of the rule on the event's device with an alert that its advisory explains. */
function openGroups(state: DetectState, rule: CompiledRule, event: Event): [string, GroupState][] {
  const device = state.devices.get(deviceKey(event.device));
  // An alert that was open before two names were joined is about the same router.
  const names = device === undefined ? [] : joinedKeys(device);
  return names
    .flatMap((name) => [...(state.groupsByDevice.get(name) ?? [])])
    .map((key): [string, GroupState] => [key, state.groups.get(key)!])
    .filter(
      ([, group]) => group.rule === rule.id && group.episode !== null && group.episode.judgement.level !== LEVELS[0],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
