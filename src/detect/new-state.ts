/** Judgement that remembers nothing yet. */
import type { CompiledRule } from "../rule/compiled.ts";
import type { DeviceMap } from "./device-map.ts";
import type { DetectState } from "./state.ts";

/** An empty state; `memory` is where devices go that leave it, and come back from. */
export function newState(
  rules: CompiledRule[],
  map: DeviceMap,
  maxDevices: number,
  memory: Pick<DetectState, "recall" | "evicted">,
): DetectState {
  return {
    rules,
    groups: new Map(),
    groupsByDevice: new Map(),
    hops: new Map(),
    hopRounds: 0,
    map,
    collector: { dropped: null },
    devices: new Map(),
    dirtyGroups: new Set(),
    dropped: new Set(),
    dirtyDevices: new Set(),
    maxDevices,
    ...memory,
  };
}
