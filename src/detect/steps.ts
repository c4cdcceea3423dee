/** Recovery steps that the router's log shows, ticked on the alerts of that router. */
import type { Event } from "../model.ts";
import { deviceKey, LEVELS, nodeKey } from "../model.ts";
import type { CompiledRule, CompiledStep } from "../rule/compiled.ts";
import { isNewcomer, laneOf } from "./claim.ts";
import { subjectOf } from "./collector.ts";
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
    const shows = (name: string | null) =>
      match.signals.find(
        (one) => one.name === name && step.where.every(([group, value]) => one.captures[group] === value),
      );
    const signal = shows(step.signal);
    if (signal === undefined) {
      if (shows(step.evidence) !== undefined) decisions.push(...takeEvidence(bench, rule, event, step));
      continue;
    }
    // Without a location a command acts on the node that it is typed on.
    const target = step.node === null ? null : (signal.captures[step.node] ?? event.node);
    const running = openGroups(bench.state, rule, event);
    const exact = running.filter(
      ([, group]) => target === null || group.node === null || nodeKey(group.node) === nodeKey(target),
    );
    const elsewhere = exact.length === 0 ? target : null;
    for (const [key, group] of exact.length > 0 ? exact : running) {
      const before = { ...group.timers };
      if (event.sourceAuth !== "tls") delete group.episode!.proved;
      const by = step.by === null ? null : (signal.captures[step.by] ?? null);
      const mark = {
        at: event.at,
        by: by ?? ROUTER_LOG,
        line: keep(event).raw,
        elsewhere,
        ...senderIn(bench.state, event, group),
      };
      decisions.push(...decided(rule, key, group, takeStep(rule, group, step.id, mark), event.at));
      settle(bench.state, key, group, before, bench.put);
    }
  }
  return decisions;
}

/** A process that is running again says on which node, and not who did it: it adds to what is known, on that node. */
function takeEvidence(bench: Bench, rule: CompiledRule, event: Event, step: CompiledStep): Decision[] {
  const decisions: Decision[] = [];
  for (const [key, group] of openGroups(bench.state, rule, event)) {
    if (event.node !== null && group.node !== null && nodeKey(group.node) !== nodeKey(event.node)) continue;
    const sender = senderIn(bench.state, event, group);
    const done = group.episode!.steps[step.id];
    // What a stranger told may be forged: the router's own word takes its place.
    if (done?.elsewhere === null && (done.from === undefined || sender.from !== undefined)) continue;
    const before = { ...group.timers };
    if (event.sourceAuth !== "tls") delete group.episode!.proved;
    const mark = { at: event.at, by: ROUTER_LOG, line: keep(event).raw, elsewhere: null, ...sender };
    decisions.push(...decided(rule, key, group, takeStep(rule, group, step.id, mark), event.at));
    settle(bench.state, key, group, before, bench.put);
  }
  return decisions;
}

/** The address of a message that may not be the router's: not the one that used its name first, or one that has used it
 * only since the alert began. */
function senderIn(state: DetectState, event: Event, { episode }: GroupState): { from?: string } {
  const device = state.devices.get(deviceKey(event.device));
  if (device === undefined) return {};
  const strange = laneOf(device, event) !== null || isNewcomer(device, event, episode!.start);
  return strange ? { from: event.from } : {};
}

/** Who acted, where the log does not say. */
const ROUTER_LOG = "router log";

/** Groups of the rule on the event's device with an alert that its advisory explains. */
function openGroups(state: DetectState, rule: CompiledRule, event: Event): [string, GroupState][] {
  const device = subjectOf(state, deviceKey(event.device));
  // An alert that was open before two names were joined is about the same router.
  const names = device === null ? [] : joinedKeys(device);
  return names
    .flatMap((name) => [...(state.groupsByDevice.get(name) ?? [])])
    .map((key): [string, GroupState] => [key, state.groups.get(key)!])
    .filter(
      ([, group]) =>
        group.rule === rule.id &&
        group.seen === undefined &&
        group.episode !== null &&
        group.episode.judgement.level !== LEVELS[0],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
