/** What the engine says of itself once a second: for the line at the foot of a terminal, and for supervisors. */
import { receivedBy } from "./counters.ts";
import type { Engine } from "./engine.ts";
import type { Health, Status } from "./messages.ts";

/** What the writer and the thread know. */
type Told = Pick<Health, "at" | "counters" | "degraded" | "walBytes" | "reloaded" | "outputs" | "lagMillis">;

const WAITS: ReadonlySet<string> = new Set(["open", "recovering", "recurring"]);

/** The figures of one moment. */
export function report(engine: Engine, told: Told): { status: Status; health: Health } {
  const { kernelDrops, outcomes } = engine.counters;
  const { groups, rules, devices } = engine.state;
  const open = [...groups.values()].filter(({ episode }) => WAITS.has(episode?.status ?? "")).length;
  const status: Status = {
    received: receivedBy(engine.counters),
    devices: devices.size,
    open,
    lost: kernelDrops + outcomes.shed,
  };
  return { status, health: { ...told, groups: groups.size, open, rules: rules.length } };
}
