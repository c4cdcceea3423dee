/** Room for groups: forged nodes and names must neither fill memory nor keep a real card's trouble from being told. */
import type { Event, Millis } from "../model.ts";
import { LEVELS } from "../model.ts";
import { dropGroup } from "./group.ts";
import type { DetectState, DeviceState, GroupState } from "./state.ts";

/** Groups that one device, and all of them together, may have. */
const MAX_OF_DEVICE = 256;
const MAX_GROUPS = 200_000;
/** Groups looked at to find one that may go when all of them are too many. */
const LOOKED_AT = 64;
/** The nodes heard first are the router's own as long as nobody forged them from the beginning. */
export const MAX_NODES = 64;
/** How many groups may give way to nodes that nobody knew, and how soon there may be one more. */
const SPARE = 64;
const REFILL: Millis = 60_000;

/** Whether there was room, something less interesting gave way, or nothing can. */
export type Room = "free" | "gave-way" | "full";

/** Remembers the node of a message. */
export function noteNode(device: DeviceState, node: string | null): void {
  if (node !== null && device.nodes.length < MAX_NODES && !device.nodes.includes(node)) device.nodes.push(node);
}

/** Makes room for a group of this event's device that is not there yet; `by` are its values beyond device and node. */
export function makeRoom(state: DetectState, device: DeviceState, event: Event, by: readonly string[]): Room {
  const keys = state.groupsByDevice.get(device.key);
  if (keys !== undefined && keys.size >= MAX_OF_DEVICE) {
    const isKnown = isOwn(device, event.node, by);
    if (!isKnown && !takeSpare(device, event.at)) return "full";
    const groups = [...keys].map((key): [string, GroupState] => [key, state.groups.get(key)!]);
    const strangers = groups.filter(([, group]) => !isOwn(device, group.node, group.by ?? []));
    return giveWay(state, strangers.length === 0 && isKnown ? groups : strangers);
  }
  if (state.groups.size < MAX_GROUPS) return "free";
  const looked: [string, GroupState][] = [];
  for (const one of state.groups) if (looked.push(one) === LOOKED_AT) break;
  for (const [key, group] of looked) {
    state.groups.delete(key);
    state.groups.set(key, group);
  }
  return giveWay(
    state,
    looked.filter(([, group]) => !isOpen(group)),
  );
}

/** Whether a group is of a node that was heard early, and of no other value: those may be forged without end. */
function isOwn(device: DeviceState, node: string | null, by: readonly string[]): boolean {
  return by.length === 0 && (node === null || device.nodes.includes(node));
}

/** Drops the least interesting group; its alert, if it had one, stays in the history. */
function giveWay(state: DetectState, groups: [string, GroupState][]): Room {
  let least: [string, GroupState] | undefined;
  for (const one of groups) if (least === undefined || interest(one[1]) < interest(least[1])) least = one;
  if (least === undefined) return "full";
  dropGroup(state, ...least);
  return "gave-way";
}

/** No alert, a memory or an alert that is over, an open one by its level; among equals the one with fewer reports. */
function interest(group: GroupState): number {
  if (group.episode === null) return group.remembered === undefined ? 0 : 1_000_000;
  const level = isOpen(group) ? 2 + LEVELS.indexOf(group.episode.judgement.level) : 1;
  return level * 1_000_000 + Math.min(group.episode.count, 999_999);
}

function isOpen({ episode }: GroupState): boolean {
  return episode !== null && episode.status !== "closed" && episode.status !== "resolved";
}

function takeSpare(device: DeviceState, at: Millis): boolean {
  const { left, at: before } = device.spare ?? { left: SPARE, at };
  const more = Math.max(0, Math.floor((at - before) / REFILL));
  const now = Math.min(SPARE, left + more);
  device.spare = { left: Math.max(0, now - 1), at: now === SPARE ? at : before + more * REFILL };
  return now > 0;
}
