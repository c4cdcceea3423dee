/** What is known of each router: counts, clock quality, lost messages, and the release its log tells. */

import { judgeExposure } from "../exposure/judge.ts";
import type { Event, Exposure, Tag, Text } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { Advisory } from "../rule/compiled.ts";
import { enterClaim, findConflict, joinClaims, laneOf } from "./claim.ts";
import { conflictFacts } from "./conflict.ts";
import { attachSettings } from "./device-map.ts";
import { copyOf } from "./duplicate.ts";
import { evict } from "./evict.ts";
import { enterCounter } from "./gap.ts";
import { enterHop } from "./hop.ts";
import { noteNode } from "./room.ts";
import { releaseOf } from "./settings.ts";
import type { DetectState, DeviceState } from "./state.ts";
import { enterDialect, learnRelease } from "./system.ts";
import { dueHistory, watchClock, watchCopy, watchCounter, watchMessage } from "./watch.ts";

/** A fact worth a line in the device's history. */
export interface DeviceEvent {
  device: string;
  at: number;
  kind: "operator" | "boot" | "release" | "conflict" | "gap" | "observation";
  line: Uint8Array | null;
  note: string;
}

/** Enters one message into its device's record as it arrives; true when it is a copy. Mutates the state. */
export function enterDevice(
  state: DetectState,
  event: Event,
): { device: DeviceState; duplicate: boolean; osChanged: boolean; history: DeviceEvent[] } {
  const device = deviceOf(state, event);
  mustSave(state, device);
  enterHop(state, device, event);
  const { facts } = device;
  // A device that so far only a capture told of is heard for the first time.
  if (facts.messages === 0 && facts.firstSeen === 0) facts.firstSeen = event.at;
  facts.lastSeen = Math.max(facts.lastSeen, event.at);
  if (event.transport !== "file") facts.address = event.from;
  const told = dueHistory(device, event.at);
  const via = enterClaim(device, event);
  const copy = copyOf(device.recent, event, via);
  if (copy !== null) {
    joinClaims(device, copy, via);
    facts.duplicates++;
    watchCopy(device, event.at);
    return { device, duplicate: true, osChanged: false, history: told };
  }
  facts.messages++;
  if (event.tag !== null) facts.severities[event.tag.severity]!++;
  const { clock } = facts;
  enterClock(device, event);
  const unset = watchClock(device, clock, event);
  enterDeviceCounter(device, event.counter);
  watchMessage(device, event);
  noteNode(device, event.node);
  const conflicts = conflictFacts(device, event, findConflict(state, device, event, via));
  const osChanged = laneOf(device, event) === null && enterDialect(device, event.dialect);
  const history = told.length + unset.length === 0 ? conflicts : [...told, ...unset, ...conflicts];
  return { device, duplicate: false, osChanged, history };
}

/** Enters the counter of a message or of a continuation line. */
export function enterDeviceCounter(device: DeviceState, counter: number | null): void {
  if (counter === null) return;
  const { step, lost, follows } = enterCounter(device.gap, counter);
  watchCounter(device, step, lost, counter);
  device.facts.lost += lost;
  if (step === "reset") device.facts.resets++;
  device.follows = follows;
}

/** Learns from a whole message, its lines joined: the release a boot banner names, operator acts, boots. */
export function learn(device: DeviceState, event: Event): DeviceEvent[] {
  if (event.tag === null) return [];
  const events: DeviceEvent[] = [];
  const kind = HISTORY[`${event.tag.facility}-${event.tag.mnemonic}`] ?? historyByFacility(event);
  if (kind !== undefined)
    events.push({ device: device.key, at: event.at, kind, line: event.raw, note: event.text.split("\n")[0]! });
  if (event.tag.mnemonic === "RESTART" && event.tag.facility.startsWith("SYS")) {
    const learnt = learnRelease(device, event);
    if (learnt !== null) events.push(learnt);
  }
  return events;
}

/** The device's exposure to an advisory, judged once for each release learnt or set. */
export function exposureOf(device: DeviceState, advisory: Advisory): Exposure {
  const { exposure } = advisory;
  if (exposure === null) return { state: "unknown", release: device.facts.release, reason: NO_RELEASES };
  device.exposures[advisory.id] ??= ((): Exposure => {
    const { state, release, reason } = judgeExposure(exposure, releaseOf(device));
    return { state, release, reason };
  })();
  return device.exposures[advisory.id]!;
}

const NO_RELEASES: Text = {
  en: "This rule is not about a release.",
  ja: "このルールは特定のリリースに関するものではありません。",
};

/** A new record for a device; `facts` when one was stored before. */
export function newDevice(key: string, facts: DeviceState["facts"]): DeviceState {
  return {
    key,
    facts,
    exposures: {},
    gap: { high: null, missing: [] },
    follows: false,
    recent: { prints: [], next: 0 },
    claims: [],
    conflict: null,
    nodes: [],
    spare: null,
    last: [],
    lastOf: null,
    hop: "",
    osFrom: null,
    otherOs: null,
    settings: null,
    apart: null,
    watch: null,
    heard: false,
    left: false,
    dirty: false,
    ring: 0,
  };
}

/** The facts of a device of which nothing is known but its name; `at` is 0 where it was never heard. */
export function newFacts(name: string, at: number): DeviceState["facts"] {
  return {
    name,
    address: null,
    aliases: [],
    dialect: "unknown",
    os: "unknown",
    release: null,
    firstSeen: at,
    lastSeen: at,
    severities: [0, 0, 0, 0, 0, 0, 0, 0],
    messages: 0,
    lost: 0,
    duplicates: 0,
    resets: 0,
    rateLimited: 0,
    clock: "none",
    clockBack: 0,
  };
}

const HISTORY: Record<string, DeviceEvent["kind"]> = {
  "SYS-RESTART": "boot",
  "SYS-RELOAD": "operator",
  "SYS-CONFIG_I": "operator",
  "SNMP-COLDSTART": "boot",
  "MGBL-CONFIG-DB_COMMIT": "operator",
  "MGBL-SYS-CONFIG_I": "operator",
  "MGBL-CONFIG-OIR_RESTORE": "boot",
  "PLATFORM-SHELFMGR-CARD_RELOAD": "boot",
};

/** Whether messages with this tag may be worth a line in the device's history. */
export function mayBeHistory(tag: Tag): boolean {
  return HISTORY[`${tag.facility}-${tag.mnemonic}`] !== undefined || isProcessManager(tag);
}

/** Process restarts and shutdowns by an operator, whatever the mnemonic: `%OS-SYSMGR-4-PROC_RESTART_NAME`. */
function historyByFacility(event: Event): DeviceEvent["kind"] | undefined {
  if (!isProcessManager(event.tag!)) return undefined;
  return /\brequested a\b|\bby (?:user|operator) /.test(event.text) ? "operator" : undefined;
}

function isProcessManager({ facility }: Tag): boolean {
  return facility.startsWith("OS-SYSMGR") || facility.startsWith("SYSMGR");
}

/** The record of the device that sent the message, made or recalled if it is not in memory. */
export function deviceOf(state: DetectState, event: Event): DeviceState {
  const key = deviceKey(event.device);
  let device = state.devices.get(key);
  if (device === undefined) {
    device = state.recall?.(key) ?? firstHeard(key, event);
    device.left = false;
    attachSettings(state.map, device);
    state.devices.set(key, device);
    if (device.facts.messages === 0) state.passing.add(key);
  } else device.heard = true;
  if (state.devices.size > state.maxDevices) evict(state, key);
  return device;
}

function firstHeard(key: string, { device, at, transport, from, dialect }: Event): DeviceState {
  return newDevice(key, { ...newFacts(device, at), address: transport === "file" ? null : from, dialect });
}

/** A device whose record has changed is saved with the next batch. */
export function mustSave(state: DetectState, device: DeviceState): void {
  if (device.dirty) return;
  device.dirty = true;
  state.dirtyDevices.add(device.key);
}

function enterClock(device: DeviceState, event: Event): void {
  const { facts } = device;
  if (event.clock === null) return;
  if (event.clock.uptime) facts.clock = "uptime";
  else facts.clock = event.clock.mark === "*" ? "unset" : event.clock.mark === "." ? "unsynced" : "ok";
  if (event.flags.includes("clock-back")) facts.clockBack++;
}

/** Whether no later message of the device was judged before this one. */
export function isLatest({ lastOf }: DeviceState, { at, counter }: Event): boolean {
  if (lastOf === null || at !== lastOf.at) return lastOf === null || at > lastOf.at;
  return counter === null || lastOf.counter === null || counter >= lastOf.counter;
}
