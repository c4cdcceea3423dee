/** What the machine that listens loses itself: told when it begins, again while it goes on, and when it is over. */
import type { Millis } from "../model.ts";
import { newDevice, newFacts } from "./device.ts";
import type { Observation } from "./observe.ts";
import type { DetectState, DeviceState } from "./state.ts";
import { watchCollector } from "./watch.ts";

/** What is known of the machine that listens. */
export interface CollectorState {
  /** When datagrams were last dropped or shed here, and how many. */
  dropped: { from: Millis; to: Millis; messages: number } | null;
  /** Since when it listens without a break; null: from its first message on. */
  since: Millis | null;
  /** When it last heard any router on the shared clock, and whether it has not heard any for too long. */
  heard: Millis | null;
  deaf: boolean;
  /** Routers that went silent one soon after another, and when the last of them did. */
  wave: { at: Millis; routers: number };
  /** What it loses itself; null after a while without losses. */
  loss: CollectorLoss | null;
}

/** Losses of the window that is open. */
export interface CollectorLoss {
  /** When the window began, and how many messages were received by then. */
  since: Millis;
  received: number;
  /** The newest loss of all. */
  last: Millis;
  kernel: number;
  shed: number;
  /** Whether the losses that go on were told of. */
  told: boolean;
}

/** What was lost: dropped by the kernel before it could be read, or shed for want of room after. */
export interface Lost {
  kernel: number;
  shed: number;
}

/** Losses are told of after this time, so that their share is known … */
const CERTAIN: Millis = 2_000;
/** … then in windows of this length, and as over after this time without any. */
const AGAIN: Millis = 60_000;
const OVER: Millis = 600_000;

/** The name under which the machine itself is the subject of an alert. No header can say it: it holds a blank. */
const SELF = "this machine";

/** The machine that listens, as the subject of its own alerts; never among the devices. */
export function selfDevice(): DeviceState {
  return newDevice(SELF, newFacts(SELF, 0));
}

/** The subject of a group's alert: a router, or the machine itself; null where it is not known, as for a fleet. */
export function subjectOf(state: Pick<DetectState, "devices" | "self">, deviceKey: string): DeviceState | null {
  return deviceKey === SELF ? state.self : (state.devices.get(deviceKey) ?? null);
}

/** Enters what was lost between two times, when so many messages had been received. */
export function enterLost(collector: CollectorState, lost: Lost, received: number, from: Millis, to: Millis): void {
  watchCollector(collector, from, to, lost.kernel + lost.shed);
  collector.loss ??= { since: to, received, last: to, kernel: 0, shed: 0, told: false };
  const { loss } = collector;
  loss.last = to;
  loss.kernel += lost.kernel;
  loss.shed += lost.shed;
}

/** Tells of losses whose time has come; `received` counts every message that was received so far. */
export function observeCollector({ collector, operations, self }: DetectState, received: number, at: Millis) {
  const { loss } = collector;
  if (loss === null) return [];
  const told = (name: Observation["name"], facts: Record<string, string>, first: Millis): Observation[] =>
    operations?.ownLosses === true ? [{ name, device: self, at, first, clock: "", facts, event: null }] : [];
  const lost = loss.kernel + loss.shed;
  if (lost > 0) {
    if (at - loss.since < (loss.told ? AGAIN : CERTAIN)) return [];
    const { since } = loss;
    const facts = factsOf(loss, lost, Math.max(0, received - loss.received));
    collector.loss = { ...loss, since: at, received, kernel: 0, shed: 0, told: true };
    return told("collector-loss", facts, since);
  }
  if (at - loss.last < OVER) {
    if (at - loss.since >= AGAIN) collector.loss = { ...loss, since: at, received };
    return [];
  }
  collector.loss = null;
  return told("collector-keeps-up", {}, at);
}

function factsOf({ kernel, shed }: CollectorLoss, lost: number, received: number): Record<string, string> {
  // What is shed was received; what the kernel drops was not.
  const share = lost / Math.max(lost, received + kernel);
  return {
    lost: String(lost),
    kernel: String(kernel),
    shed: String(shed),
    share: `${Math.round(share * 1_000) / 10} %`,
    percent: String(Math.round(share * 100)),
  };
}
