/** Other rules put in force in a running engine: what did not change goes on as if nothing had happened. */
import { subjectOf } from "../detect/collector.ts";
import { closeOpenBlocks } from "../detect/detect.ts";
import { exposureOf } from "../detect/device.ts";
import { dropGroup, putGroup, settle } from "../detect/group.ts";
import { indexSignals } from "../detect/index-signals.ts";
import { byRenewal, carried } from "../detect/memory.ts";
import type { Bench } from "../detect/report.ts";
import type { GroupState } from "../detect/state.ts";
import type { Alert, Millis } from "../model.ts";
import type { Advisory, CompiledRule } from "../rule/compiled.ts";
import type { Ledger } from "./ledger.ts";

/** Ids of rules, by what became of them. */
export interface Swapped {
  /** Judge otherwise than before: they begin anew. */
  changed: string[];
  /** Only their texts, their cases or their advisory changed: they go on. */
  reworded: string[];
  added: string[];
  removed: string[];
  /** Alerts that were not over and that no rule follows any more. */
  left: Alert[];
}

/** What the history of such an alert says. */
export const LEFT = {
  changed:
    "The rule of this alert has changed: the alert stays as it was. What the router reports from now on opens another.",
  removed: "The rule of this alert is no longer loaded: the alert stays as it was.",
};

/** Swaps the rules between two messages. State of rules that judge as before goes on. A block of another rule that is
 * still open is judged by the rule that it began with; the rest of that rule's state is forgotten, its alerts stay. */
export function swapRules(bench: Bench, ledger: Ledger, rules: CompiledRule[], at: Millis): Swapped {
  const { state } = bench;
  const before = new Map(state.rules.map((rule) => [rule.id, rule]));
  const swapped = compareRules(before, rules);
  const removed = new Set(swapped.removed);
  const gone = new Set([...swapped.changed, ...removed]);
  for (const decision of closeOpenBlocks(bench, (rule) => gone.has(rule))) ledger.enter(decision);
  for (const [key, group] of [...state.groups]) {
    if (!gone.has(group.rule)) continue;
    const text = removed.has(group.rule) ? LEFT.removed : LEFT.changed;
    const alert = ledger.leave(before.get(group.rule)!, key, group, { at, by: "telltale", text });
    if (alert !== null) swapped.left.push(alert);
    dropGroup(state, key, group);
    const rule = rules.find((one) => one.id === group.rule);
    remember(bench, key, carried(rule, group));
  }
  state.memories = new Set(byRenewal(state.groups));
  forgetRepetitions(bench, gone);
  const advisories = changedAdvisories(state.rules, rules);
  state.rules = rules;
  bench.index = indexSignals(rules);
  judgeExposures(bench, advisories);
  const reworded = new Set(swapped.reworded);
  for (const [key, group] of state.groups) {
    const device = subjectOf(state, group.deviceKey);
    if (reworded.has(group.rule) && (device !== null || group.seen !== undefined)) ledger.rewrite(key, device, at);
  }
  return swapped;
}

function compareRules(before: Map<string, CompiledRule>, rules: CompiledRule[]): Swapped {
  const after = new Set(rules.map((rule) => rule.id));
  const swapped: Swapped = { changed: [], reworded: [], added: [], removed: [], left: [] };
  for (const rule of rules) {
    const old = before.get(rule.id);
    if (old === undefined) swapped.added.push(rule.id);
    else if (old.stateVersion !== rule.stateVersion) swapped.changed.push(rule.id);
    else if (old.version !== rule.version || old.advisory.id !== rule.advisory.id) swapped.reworded.push(rule.id);
    else if (old.advisory.version !== rule.advisory.version) swapped.reworded.push(rule.id);
  }
  swapped.removed = [...before.keys()].filter((id) => !after.has(id));
  return swapped;
}

/** What a rule remembers for months outlasts a change of the rule. */
function remember({ state, put }: Bench, key: string, group: GroupState | null): void {
  if (group === null) return;
  putGroup(state, key, group);
  settle(state, key, group, {}, put);
}

/** A repetition must not count for a rule that did not judge the message before it. */
function forgetRepetitions({ state }: Bench, gone: Set<string>): void {
  if (gone.size === 0) return;
  for (const device of state.devices.values()) {
    if (!device.last.some((one) => gone.has(one.rule))) continue;
    device.last = device.last.filter((one) => !gone.has(one.rule));
    state.dirtyDevices.add(device.key);
  }
}

/** Advisories that are new or read otherwise than before, each as it is now; null for one that is gone. */
function changedAdvisories(before: CompiledRule[], after: CompiledRule[]): Map<string, Advisory | null> {
  const old = advisoriesOf(before);
  const now = advisoriesOf(after);
  const changed = new Map<string, Advisory | null>();
  for (const id of old.keys()) if (!now.has(id)) changed.set(id, null);
  for (const [id, advisory] of now) if (old.get(id)?.version !== advisory.version) changed.set(id, advisory);
  return changed;
}

function advisoriesOf(rules: CompiledRule[]): Map<string, Advisory> {
  return new Map(rules.map((rule) => [rule.advisory.id, rule.advisory]));
}

/** Judges each device's exposure to these advisories anew: where it was judged before, and where the release is known. */
function judgeExposures({ state }: Bench, advisories: Map<string, Advisory | null>): void {
  for (const device of state.devices.values()) {
    const known = device.settings !== null || device.facts.release !== null;
    for (const [id, advisory] of advisories) {
      if (device.exposures[id] === undefined && !known) continue;
      delete device.exposures[id];
      if (advisory !== null) exposureOf(device, advisory);
      state.dirtyDevices.add(device.key);
    }
  }
}
