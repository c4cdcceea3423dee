/** Groups: one rule on one device (and node); made when first needed, dropped when nothing is left in them. */
import type { Event, Millis } from "../model.ts";
import { deviceKey, nodeKey } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { encodeKey } from "./id.ts";
import type { DetectState, GroupState, TimerKind } from "./state.ts";
import type { Timer } from "./timers.ts";

/** Where new timers go: the queue of the clock that the group runs on. */
export type PutTimer = (clock: string, timer: Timer) => void;

/** Key of the group that an event belongs to. */
export function groupKey(rule: CompiledRule, event: Event): string {
  return encodeKey([rule.id, deviceKey(event.device), rule.groupByNode ? nodeKey(event.node) : null]);
}

/** Groups that one device, and all of them together, may have: forged nodes and names must not fill memory. */
const MAX_OF_DEVICE = 256;
const MAX_GROUPS = 200_000;

/** Whether there is room for a group that is not there yet. */
export function hasRoom(state: DetectState, rule: CompiledRule, event: Event): boolean {
  if (state.groups.has(groupKey(rule, event))) return true;
  const ofDevice = state.groupsByDevice.get(deviceKey(event.device))?.size ?? 0;
  return ofDevice < MAX_OF_DEVICE && state.groups.size < MAX_GROUPS;
}

/** The group of an event, made if it is not there. */
export function groupOf(state: DetectState, rule: CompiledRule, event: Event, clock: string): GroupState {
  const key = groupKey(rule, event);
  let group = state.groups.get(key);
  if (group === undefined) {
    group = {
      rule: rule.id,
      version: rule.stateVersion,
      device: event.device,
      deviceKey: deviceKey(event.device),
      node: rule.groupByNode ? event.node : null,
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
    putGroup(state, key, group);
  }
  return group;
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

/** Forgets a group and its state. */
export function dropGroup(state: DetectState, key: string, group: GroupState): void {
  state.groups.delete(key);
  state.dirtyGroups.delete(key);
  state.dropped.add(key);
  const keys = state.groupsByDevice.get(group.deviceKey);
  keys?.delete(key);
  if (keys?.size === 0) state.groupsByDevice.delete(group.deviceKey);
}
