/** Judgement that remembers nothing yet. */
import type { CompiledRule } from "../rule/compiled.ts";
import { selfDevice } from "./collector.ts";
import type { DeviceMap } from "./device-map.ts";
import type { Operations } from "./observe.ts";
import type { DetectState } from "./state.ts";
import { newCollector } from "./watch.ts";

/** An empty state; `memory` is where devices go that leave it, and come back from. */
export function newState(
  rules: CompiledRule[],
  map: DeviceMap,
  maxDevices: number,
  operations: Operations | null,
  memory: Pick<DetectState, "recall" | "evicted">,
): DetectState {
  return {
    rules,
    groups: new Map(),
    groupsByDevice: new Map(),
    hops: new Map(),
    memories: new Set(),
    priors: new Set(),
    hopRounds: 0,
    map,
    collector: newCollector(),
    self: selfDevice(),
    operations,
    devices: new Map(),
    passing: new Set(),
    dirtyGroups: new Set(),
    dropped: new Set(),
    dirtyDevices: new Set(),
    maxDevices,
    ...memory,
  };
}
