/** How well a device is heard: each message looked at for what it says about the others. */
import type { DeviceFacts, Event, Millis } from "../model.ts";
import type { CollectorState } from "./collector.ts";
import type { DeviceEvent } from "./device.ts";
import type { CounterStep } from "./gap.ts";
import { type GapHistory, newGapHistory, noteCopy, noteCounter, noteLimit, tellHistory } from "./history.ts";
import { type LossState, newLosses } from "./losses.ts";
import { limitedMessages } from "./rate-limit.ts";
import type { SilenceState } from "./silence.ts";
import type { StampState } from "./stamps.ts";
import type { DeviceState } from "./state.ts";

/** What is remembered of one device's messages; each part once there is something to remember. */
export interface Watch {
  history: GapHistory | null;
  losses: LossState | null;
  silence: SilenceState | null;
  stamps: StampState | null;
  /** When the router last said that it held back messages, and how many. */
  limited: { at: Millis; messages: number } | null;
  /** Messages dropped or limited since the router started, by the header of a capture. */
  header: number;
  /** When its history was last told that its clock is not set. */
  unset: Millis | null;
}

const NOTHING: DeviceEvent[] = [];
/** A clock that is set and unset again and again is told of once in this time. */
const AGAIN: Millis = 3_600_000;
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

/** A machine that has heard nothing yet. */
export function newCollector(): CollectorState {
  return {
    dropped: null,
    since: null,
    heard: null,
    deaf: false,
    wave: { at: Number.MIN_SAFE_INTEGER, routers: 0 },
    loss: null,
  };
}

/** A device that leaves memory: nobody waits for it any more. */
export function unwatched(device: DeviceState): DeviceState {
  if (device.watch?.silence) device.watch.silence.due = null;
  return device;
}

/** Tells a device's history when its clock, which was set, no longer is: a boot, and no jump of the clock. */
export function watchClock(device: DeviceState, before: DeviceFacts["clock"], event: Event): DeviceEvent[] {
  if (!isUnsetNews(device, before, device.facts.clock, event.at)) return NOTHING;
  watchOf(device).unset = event.at;
  const note = "the clock is not set: stamps begin with *, as after a boot";
  return [{ device: device.key, at: event.at, kind: "observation", line: event.raw, note }];
}

/** Whether a clock, as it was before and is now, has been set no more, and nobody was told of it lately. */
export function isUnsetNews(
  { watch }: DeviceState,
  before: DeviceFacts["clock"],
  now: DeviceFacts["clock"],
  at: Millis,
): boolean {
  if (now !== "unset" || (before !== "ok" && before !== "unsynced")) return false;
  const told = watch?.unset ?? null;
  return told === null || at - told >= AGAIN;
}

/** Enters datagrams that this machine lost between two times. */
export function watchCollector(collector: CollectorState, from: Millis, to: Millis, messages: number): void {
  const { dropped } = collector;
  collector.dropped =
    dropped !== null && from - dropped.to <= TOGETHER
      ? { from: dropped.from, to, messages: dropped.messages + messages }
      : { from, to, messages };
}

/** What is remembered of a device's messages, begun when there is nothing yet. */
export function watchOf(device: DeviceState): Watch {
  device.watch ??= { history: null, losses: null, silence: null, stamps: null, limited: null, header: 0, unset: null };
  return device.watch;
}
