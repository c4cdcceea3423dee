/** Groups: one rule on one device (node, value of a field); made when first needed, dropped when nothing is left in them. */
import type { Event, Millis } from "../model.ts";
import { deviceKey, nodeKey } from "../model.ts";
import type { Captures, CompiledRule } from "../rule/compiled.ts";
import { FIELDS, isField } from "../rule/reading.ts";
import { encodeKey } from "./id.ts";
import type { RuleMatch } from "./index-signals.ts";
import type { DetectState, GroupState, TimerKind } from "./state.ts";
import type { Timer } from "./timers.ts";

/** Where new timers go: the queue of the clock that the group runs on. */
export type PutTimer = (clock: string, timer: Timer) => void;

/** Values are told apart, and kept, by this much of them. */
const MAX_VALUE = 256;

/** Notes whether a message of the group came with the router's certificate. */
export function noteProof(group: GroupState, { at, sourceAuth }: Event): void {
  if (sourceAuth !== "tls") delete group.provedSince;
  else group.provedSince ??= at;
}

/** What a message belongs to: `key` names the group, `by` are its values beyond device and node, `lane` is the address
 * that it came from where several claim the device's name. */
export interface GroupName {
  key: string;
  by: string[];
  lane: string | null;
}

/** Name of the group that an event belongs to. */
export function groupName(
  rule: CompiledRule,
  event: Event,
  by: string[] = NO_VALUES,
  lane: string | null = null,
): GroupName {
  // A rule that looks over all devices asks for no name.
  const own = rule.groupByDevice ? lane : null;
  const values = own === null ? by : [...by, own];
  return { key: keyOf(rule, deviceKey(event.device), event.node, values), by, lane: own };
}

/** Key of a rule's group on a device. */
export function keyOf(rule: CompiledRule, device: string, node: string | null, by: string[] = NO_VALUES): string {
  return encodeKey([rule.id, rule.groupByDevice ? device : null, rule.groupByNode ? nodeKey(node) : null, ...by]);
}

const NO_VALUES: string[] = [];

/** What a match says of each group that its signals belong to. A signal without the value goes along with the others;
 * null when none has it. */
export function splitByGroup(match: RuleMatch, event: Event): { match: RuleMatch; by: string[] }[] | null {
  const { rule } = match;
  if (rule.groupFields.length === 0) return [{ match, by: NO_VALUES }];
  const parts = new Map<string, { match: RuleMatch; by: string[] }>();
  const others: RuleMatch["signals"] = [];
  for (const signal of match.signals) {
    const by = valuesOf(rule.groupFields, signal.captures, event);
    if (by === null) others.push(signal);
    else {
      const key = encodeKey(by);
      const part = parts.get(key);
      if (part === undefined) parts.set(key, { match: { rule, signals: [signal] }, by });
      else part.match.signals.push(signal);
    }
  }
  for (const part of parts.values()) part.match.signals.push(...others);
  return parts.size === 0 ? null : [...parts.values()];
}

/** The values of groups or fields; null when one is missing. */
export function valuesOf(fields: string[], captures: Captures, event: Event): string[] | null {
  const values: string[] = [];
  for (const field of fields) {
    const value = captures[field] ?? (isField(field) ? FIELDS[field](event) : null);
    if (value === null || value === undefined) return null;
    values.push(value.slice(0, MAX_VALUE));
  }
  return values;
}

/** The group of an event, made if it is not there. */
export function groupOf(
  state: DetectState,
  rule: CompiledRule,
  name: GroupName,
  event: Event,
  clock: string,
): GroupState {
  let group = state.groups.get(name.key);
  if (group === undefined) {
    group = newGroup(rule, event.device, rule.groupByNode ? event.node : null, clock);
    if (name.by.length > 0) group.by = name.by;
    if (name.lane !== null) group.lane = name.lane;
    putGroup(state, name.key, group);
  }
  noteProof(group, event);
  return group;
}

/** A group in which nothing has happened yet. */
export function newGroup(rule: CompiledRule, device: string, node: string | null, clock: string): GroupState {
  return {
    rule: rule.id,
    version: rule.stateVersion,
    device,
    deviceKey: deviceKey(device),
    node,
    clock,
    windows: {},
    block: null,
    parked: [],
    closed: null,
    absences: [],
    address: null,
    episode: null,
    timers: {},
  };
}

/** Enters a group that was stored. */
export function putGroup(state: DetectState, key: string, group: GroupState): void {
  state.groups.set(key, group);
  state.dropped.delete(key);
  const keys = state.groupsByDevice.get(group.deviceKey);
  if (keys === undefined) state.groupsByDevice.set(group.deviceKey, new Set([key]));
  else keys.add(key);
}

/** After a change: saves the group, drops it when empty, and queues the timers that `before` had not. */
export function settle(
  state: DetectState,
  key: string,
  group: GroupState,
  before: GroupState["timers"],
  put: PutTimer,
): void {
  if (
    group.episode === null &&
    group.block === null &&
    group.absences.length === 0 &&
    Object.keys(group.timers).length === 0
  ) {
    dropGroup(state, key, group);
    return;
  }
  state.dirtyGroups.add(key);
  for (const [kind, due] of Object.entries(group.timers) as [TimerKind, Millis][]) {
    if (before[kind] !== due) put(group.clock, { due, rule: group.rule, group: key, kind });
  }
}

/** Forgets a group and its state; what was told of it stays told. */
export function dropGroup(state: DetectState, key: string, group: GroupState): void {
  state.groups.delete(key);
  state.dirtyGroups.delete(key);
  state.dropped.add(key);
  state.memories.delete(key);
  state.priors.delete(key);
  const keys = state.groupsByDevice.get(group.deviceKey);
  keys?.delete(key);
  if (keys?.size === 0) state.groupsByDevice.delete(group.deviceKey);
}
