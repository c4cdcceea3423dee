/** How well a device is heard: each message looked at for what it says about the others. */
import type { Event, Millis } from "../model.ts";
import type { DeviceEvent } from "./device.ts";
import type { CounterStep } from "./gap.ts";
import { type GapHistory, newGapHistory, noteCopy, noteCounter, noteLimit, tellHistory } from "./history.ts";
import { enterLosses, type LossState, newLosses } from "./losses.ts";
import { limitedMessages } from "./rate-limit.ts";
import type { CollectorState, DeviceState } from "./state.ts";

/** What is remembered of one device's messages; each part once there is something to remember. */
export interface Watch {
  history: GapHistory | null;
  losses: LossState | null;
  /** When the router last said that it held back messages, and how many. */
  limited: { at: Millis; messages: number } | null;
  /** Messages dropped or limited since the router started, by the header of a capture. */
  header: number;
}

const NOTHING: DeviceEvent[] = [];
/** Drops this close together are one. */
const TOGETHER: Millis = 1_000;

/** Enters what a counter of this device meant. */
export function watchCounter(device: DeviceState, step: CounterStep, lost: number, counter: number): void {
  if (step !== "gap" && step !== "reset" && step !== "filled") return;
  const watch = watchOf(device);
  const at = device.facts.lastSeen;
  if (step === "gap") watch.losses ??= newLosses(device.facts, at);
  watch.history ??= newGapHistory();
  noteCounter(watch.history, step, lost, counter, at);
}

/** Enters a copy of a message of this device. */
export function watchCopy(device: DeviceState, at: Millis): void {
  const watch = watchOf(device);
  watch.history ??= newGapHistory();
  noteCopy(watch.history, at);
}

/** Enters a message that is no copy: what it admits of itself. */
export function watchMessage(device: DeviceState, event: Event): void {
  const losses = device.watch?.losses ?? null;
  if (losses !== null) enterLosses(losses, device.facts, event.at, null);
  const limited = limitedMessages(event);
  if (limited === 0) return;
  const watch = watchOf(device);
  device.facts.rateLimited += limited;
  watch.limited = { at: event.at, messages: limited };
  watch.history ??= newGapHistory();
  noteLimit(watch.history, limited, event.at);
}

/** Enters what the header of a capture says of its router. */
export function watchHeader(device: DeviceState, limited: number): void {
  device.facts.rateLimited = Math.max(device.facts.rateLimited, limited);
  if (limited > 0) watchOf(device).header = limited;
}

/** The line of the device's history that is due, if there is one. */
export function dueHistory(device: DeviceState, at: Millis): DeviceEvent[] {
  const history = device.watch?.history ?? null;
  const told = history === null ? null : tellHistory(history, at);
  return told === null ? NOTHING : [{ device: device.key, at: told.at, kind: "gap", line: null, note: told.note }];
}

/** Enters datagrams that this machine lost between two times. */
export function watchCollector(collector: CollectorState, from: Millis, to: Millis, messages: number): void {
  const { dropped } = collector;
  collector.dropped =
    dropped !== null && from - dropped.to <= TOGETHER
      ? { from: dropped.from, to, messages: dropped.messages + messages }
      : { from, to, messages };
}

export function watchOf(device: DeviceState): Watch {
  device.watch ??= { history: null, losses: null, limited: null, header: 0 };
  return device.watch;
}
