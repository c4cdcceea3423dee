/** What the engine observes of a router's logging: silence, jumps of its clock, losses, addresses that use its name. */
import type { Event, Millis } from "../model.ts";
import type { ObservationName } from "../rule/observation.ts";
import type { DeviceEvent } from "./device.ts";
import { enterLosses, type LossNews, type LossSettings } from "./losses.ts";
import { hear, type SilenceSettings } from "./silence.ts";
import { enterStamp, firstStamp, type StampNews } from "./stamps.ts";
import type { DetectState, DeviceState } from "./state.ts";
import { watchOf } from "./watch.ts";

/** What is observed; null for what is not. */
export interface Operations {
  silence: SilenceSettings | null;
  /** How far a clock must jump. */
  clockJumps: Millis | null;
  losses: LossSettings | null;
  addressConflicts: boolean;
  /** Whether it is told of what this machine loses itself. */
  ownLosses: boolean;
}

/** One observation about a device. */
export interface Observation {
  name: ObservationName;
  device: DeviceState;
  at: Millis;
  /** When what is observed began. */
  first: Millis;
  clock: string;
  facts: Record<string, string>;
  /** The message that shows it; null for a silence. */
  event: Event | null;
}

const NOTHING: Observation[] = [];

/** Looks at a message as it arrives, copies too; `history` is what it told of its device. */
export function observe(
  state: DetectState,
  device: DeviceState,
  event: Event,
  clock: string,
  history: readonly DeviceEvent[],
): Observation[] {
  const { operations } = state;
  const losses = device.watch?.losses ?? null;
  const news = losses === null ? null : enterLosses(losses, device.facts, event.at, operations?.losses ?? null);
  if (operations === null) return NOTHING;
  const told = history.length === 0 || !operations.addressConflicts ? NOTHING : conflicts(state, event, clock, history);
  if (device.apart !== null) return told;
  const found: Found[] = [];
  if (news !== null) found.push([news.risen ? "loss-rise" : "loss-usual", lossFacts(state, news, clock), news.since]);
  const timed = event.atSource !== "order";
  if (operations.silence !== null && timed && hear(state.collector, device, event.at, clock, operations.silence))
    found.push(["device-spoke", {}, event.at]);
  const stamp = operations.clockJumps === null ? null : stampNews(device, event, operations.clockJumps);
  if (stamp?.kind === "jump") found.push(["clock-jump", stamp.facts, event.at]);
  else if (stamp !== null) found.push(["clock-steady", {}, event.at]);
  if (found.length === 0) return told;
  const { at } = event;
  return [...found.map(([name, facts, first]) => ({ name, device, at, first, clock, facts, event })), ...told];
}

type Found = [name: ObservationName, facts: Record<string, string>, first: Millis];

function stampNews(device: DeviceState, event: Event, by: Millis): StampNews | null {
  const stamps = device.watch?.stamps ?? null;
  if (stamps !== null) return enterStamp(stamps, event, by);
  const first = firstStamp(event);
  if (first !== null) watchOf(device).stamps = first;
  return null;
}

/** Conflicts are about the router whose name is used, whoever used it. */
function conflicts(state: DetectState, event: Event, clock: string, history: readonly DeviceEvent[]): Observation[] {
  const { at } = event;
  return history.flatMap((told): Observation[] => {
    const router = told.kind === "conflict" ? state.devices.get(told.device) : undefined;
    if (router === undefined) return [];
    const about = { ...event, device: router.facts.name };
    return [
      { name: "address-conflict", device: router, at, first: at, clock, facts: { claim: told.note }, event: about },
    ];
  });
}

function lossFacts({ collector }: DetectState, news: LossNews, clock: string): Record<string, string> {
  const { lost, expected, share, usual, since } = news;
  const { dropped } = collector;
  const here = dropped !== null && clock === "" && dropped.to >= since ? dropped.messages : 0;
  return {
    lost: String(lost),
    expected: String(expected),
    share: percent(share),
    percent: String(Math.round(share * 100)),
    usual: percent(usual),
    dropped: String(here),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

/** What stands for a message where the observation is that none came. */
export function silenceOf({ facts }: DeviceState, at: Millis): Event {
  return {
    at,
    atSource: "received",
    from: facts.address ?? "",
    sourceAuth: "none",
    transport: facts.address === null ? "file" : "udp",
    raw: new Uint8Array(0),
    dialect: facts.dialect,
    envelope: "bare",
    pri: null,
    device: facts.name,
    named: true,
    relay: null,
    counter: null,
    sequence: null,
    clock: null,
    node: null,
    process: null,
    tag: null,
    text: "",
    flags: [],
  };
}
