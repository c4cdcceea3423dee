/** The engine's memory as rows and back: stopping and starting at any message changes no alert. */
import { type CollectorState, subjectOf } from "../detect/collector.ts";
import { exposureOf, newDevice, newFacts } from "../detect/device.ts";
import { NO_ADDRESS } from "../detect/duplicate.ts";
import { putGroup } from "../detect/group.ts";
import { noteHop } from "../detect/hop.ts";
import { byRenewal, carried } from "../detect/memory.ts";
import { byAddition } from "../detect/prior.ts";
import type { DeviceState, GroupState } from "../detect/state.ts";
import type { DeviceFacts, ExposureState, Millis } from "../model.ts";
import type { Head } from "../parse/join.ts";
import type { Advisory } from "../rule/compiled.ts";
import type { CommitBatch, Resumed } from "../store/commit.ts";
import { parseStored } from "../store/failure.ts";
import type { Engine } from "./engine.ts";
import { MAX_UNPARSED } from "./ledger.ts";

/** Name of the state row that holds what belongs to no rule. */
const SESSION = "session";

/** What of a device its facts do not say. */
type DevicePart = Omit<
  DeviceState,
  "facts" | "key" | "exposures" | "settings" | "apart" | "heard" | "left" | "dirty" | "ring"
>;

interface SessionPart {
  now: number | null;
  collector?: CollectorState;
  heads: (Omit<Head, "event" | "parts" | "repeated"> & {
    event: unknown;
    parts: unknown[];
    repeated?: { event: unknown; times: number } | null;
  })[];
}

/** An alert that was not over when its state was dropped. */
interface LeftAlert {
  alert: string;
  group: string;
}

/** Everything that changed since the last batch; forgets what is dirty. Devices, whose counts change with every
 * message, may be left for later batches: then these are taken, and those of the alerts and groups in this batch, which
 * must not be stored without them. */
export function takeBatch(
  engine: Engine,
  tell: boolean,
  counters: Record<string, number>,
  dirty: readonly string[] = [...engine.state.dirtyDevices],
): CommitBatch {
  const { state, ledger } = engine;
  const alerts = ledger.takeAlerts();
  const concerned = [...alerts.map(({ group }) => group), ...state.dirtyGroups].flatMap((key) => {
    const device = state.groups.get(key)?.deviceKey;
    return device !== undefined && state.dirtyDevices.has(device) ? device : [];
  });
  const due = new Set([...dirty, ...concerned]);
  const devices = [...due].flatMap((key) => state.devices.get(key) ?? []);
  const gone = [...ledger.evicted.values()];
  const states: CommitBatch["states"][number][] = [...state.dirtyGroups].flatMap((key) => {
    const group = state.groups.get(key);
    if (group === undefined) return [];
    const dues = Object.values(group.timers);
    return [
      {
        group: key,
        rule: group.rule,
        version: group.version,
        data: JSON.stringify(group),
        due: dues.length === 0 ? null : Math.min(...dues),
      },
    ];
  });
  const advisories = new Map(state.rules.map(({ advisory }) => [advisory.id, advisory]));
  const batch: CommitBatch = {
    devices: [...devices, ...gone].map((device) => ({
      facts: device.facts,
      data: devicePart(device),
      exposures: exposures(device, advisories.values()),
    })),
    deviceEvents: ledger.takeDeviceEvents(),
    states: [...states, sessionRow(engine)],
    dropStates: [...state.dropped],
    alerts,
    tell,
    counters,
    unparsed: ledger.takeUnparsed(),
  };
  for (const key of due) state.dirtyDevices.delete(key);
  for (const device of devices) device.dirty = false;
  state.dirtyGroups.clear();
  state.dropped.clear();
  ledger.evicted.clear();
  return batch;
}

/** A batch that could not be written and the one after it, in order. */
export function joinBatches(first: CommitBatch | null, second: CommitBatch): CommitBatch {
  if (first === null) return second;
  const written = new Set(second.states.map((row) => row.group));
  const dropped = new Set(second.dropStates);
  return {
    devices: [...new Map([...first.devices, ...second.devices].map((one) => [one.facts.name, one])).values()],
    deviceEvents: [...first.deviceEvents, ...second.deviceEvents],
    states: [...first.states.filter((row) => !written.has(row.group) && !dropped.has(row.group)), ...second.states],
    dropStates: [...first.dropStates.filter((group) => !written.has(group)), ...second.dropStates],
    alerts: [...first.alerts, ...second.alerts],
    tell: second.tell,
    counters: second.counters,
    unparsed: [...first.unparsed, ...second.unparsed].slice(-MAX_UNPARSED),
  };
}

/** Puts back what was stored. State of a rule that is gone or has changed is left out and dropped at the next batch;
 * the alerts that were not over in it are named. */
export function restore(engine: Engine, stored: Resumed): LeftAlert[] {
  const { state } = engine;
  const { path } = stored;
  const versions = new Map(state.rules.map((rule) => [rule.id, rule.stateVersion]));
  const left: LeftAlert[] = [];
  let heads: Head[] = [];
  for (const row of stored.states) {
    if (row.rule === SESSION) {
      const session = parseStored<SessionPart>(row.data, path);
      engine.session.now = session.now;
      if (session.collector !== undefined) state.collector = { ...state.collector, ...session.collector };
      heads = session.heads.map(readHead);
    } else if (versions.get(row.rule) === row.version) {
      putGroup(state, row.group, parseStored<GroupState>(row.data, path));
    } else {
      const old = parseStored<GroupState>(row.data, path);
      carryOn(engine, row.group, old);
      const { episode } = old;
      const over = episode === null || episode.status === "closed" || episode.status === "resolved";
      if (!over) left.push({ alert: episode.id, group: row.group });
    }
  }
  state.memories = new Set(byRenewal(state.groups));
  state.priors = new Set(byAddition(state.groups));
  // A device with a window or an alert is always in memory; others while there is room.
  const byAge = [...stored.devices].sort((a, b) => a.facts.lastSeen - b.facts.lastSeen);
  const oldest = byAge.length - state.maxDevices;
  for (const [i, { key, facts, data }] of byAge.entries()) {
    if (i < oldest && !state.groupsByDevice.has(key)) continue;
    const device = readDevice(facts, data, path);
    state.devices.set(key, device);
    noteHop(state, device);
  }
  for (const group of state.groups.values()) {
    // A row that is missing must not keep the program from starting. A fleet has none.
    if (group.seen !== undefined || subjectOf(state, group.deviceKey) !== null) continue;
    const facts = newFacts(group.device, group.episode?.start ?? 0);
    state.devices.set(group.deviceKey, newDevice(group.deviceKey, facts));
  }
  engine.restore(heads);
  return left;
}

/** What a rule remembers for months outlasts another version of it; alerts and short windows do not. */
function carryOn({ state }: Engine, key: string, old: GroupState): void {
  const group = carried(
    state.rules.find((rule) => rule.id === old.rule),
    old,
  );
  if (group === null) state.dropped.add(key);
  else {
    putGroup(state, key, group);
    state.dirtyGroups.add(key);
  }
}

/** A device as it was stored in the database at `path`; throws STORE_BROKEN. */
export function readDevice(facts: DeviceFacts, data: string, path: string): DeviceState {
  const part = parseStored<DevicePart & { key: string }>(data, path);
  // Rows of earlier versions know less.
  return { ...newDevice(part.key, facts), ...part, recent: readPrints(part.recent) };
}

/** Earlier versions kept prints, times and addresses apart. */
function readPrints(recent: DeviceState["recent"] & { at?: Millis[]; via?: number[] }): DeviceState["recent"] {
  const { prints, at, via, next = 0 } = recent;
  if (at === undefined) return recent;
  return { prints: prints.flatMap((print, i) => [print, at[i]!, via?.[i] ?? NO_ADDRESS]), next: next * 3 };
}

/** What a device's row keeps for the engine alone. */
export function devicePart(device: DeviceState): string {
  const { facts: _facts, exposures: _exposures, settings: _settings, apart: _apart, ...rest } = device;
  const { heard: _heard, left: _left, dirty: _dirty, ring: _ring, ...part } = rest;
  return JSON.stringify(part);
}

/** Judged alerts aside, only what a banner, a capture or an operator says of the release makes an exposure worth a list. */
function exposures(device: DeviceState, advisories: Iterable<Advisory>): Record<string, ExposureState> {
  if (device.settings !== null || device.facts.release !== null) {
    for (const advisory of advisories) if (advisory.exposure !== null) exposureOf(device, advisory);
  }
  return Object.fromEntries(Object.entries(device.exposures).map(([advisory, exposure]) => [advisory, exposure.state]));
}

function sessionRow(engine: Engine): CommitBatch["states"][number] {
  const part: SessionPart = {
    now: engine.session.now,
    collector: engine.state.collector,
    heads: engine.held().map(writeHead),
  };
  return { group: SESSION, rule: SESSION, version: "1", data: JSON.stringify(part), due: null };
}

function writeHead(head: Head): SessionPart["heads"][number] {
  const pack = <T extends { raw: Uint8Array }>(one: T) => ({ ...one, raw: Buffer.from(one.raw).toString("base64") });
  const repeated = head.repeated && { ...head.repeated, event: pack(head.repeated.event) };
  return { ...head, event: pack(head.event), parts: head.parts.map(pack), repeated };
}

function readHead(stored: SessionPart["heads"][number]): Head {
  const unpack = (one: unknown) => ({
    ...(one as object),
    raw: new Uint8Array(Buffer.from((one as { raw: string }).raw, "base64")),
  });
  const repeated = stored.repeated ? { ...stored.repeated, event: unpack(stored.repeated.event) } : null;
  return { ...stored, event: unpack(stored.event), parts: stored.parts.map(unpack), repeated } as Head;
}
