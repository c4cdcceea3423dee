/** Routers: what is known of each, and what operators and boots did to it. */
import { type DeviceFacts, type Dialect, deviceKey, type ExposureState, type Millis } from "../model.ts";
import { type Connection, read } from "./connection.ts";
import { parseStored } from "./failure.ts";

/** Events of each kind kept a device; the oldest go first. A flood of one kind pushes no other out. */
export const EVENTS_KEPT = 200;

/** A device to be written; `data` is JSON that only the engine reads. */
export interface DeviceUpdate {
  facts: DeviceFacts;
  data: string;
  /** Exposure by advisory; what is stored stays when this is left out. */
  exposures?: Record<string, ExposureState>;
}

/** A device as stored. */
export interface StoredDevice extends Required<DeviceUpdate> {
  /** The name, ASCII case folded. */
  key: string;
}

/** An operator's act on a device, its boot, a release learnt, messages missing, two senders that claim its name,
 * settings changed, or what the engine observed of it. */
export interface DeviceEvent {
  /** The device's name in any case. */
  device: string;
  at: Millis;
  kind: "operator" | "boot" | "release" | "gap" | "conflict" | "settings" | "observation";
  line: Uint8Array | null;
  note: string | null;
}

/** Writes devices, new or not; to be called inside a transaction. */
export function writeDevices(connection: Connection, devices: readonly DeviceUpdate[]): void {
  if (devices.length === 0) return;
  const upsert = connection.sql(UPSERT);
  for (const { facts, data, exposures } of devices) {
    const stored = exposures === undefined ? null : JSON.stringify(exposures);
    upsert.run({
      ...facts,
      key: deviceKey(facts.name),
      severities: JSON.stringify(facts.severities),
      aliases: JSON.stringify(facts.aliases),
      exposures: stored,
      data,
    });
  }
}

/** Adds device events and drops the oldest above the limit; to be called inside a transaction. */
export function addDeviceEvents(connection: Connection, events: readonly DeviceEvent[]): void {
  const insert = connection.sql("INSERT INTO device_events(device, at, kind, line, note) VALUES (?, ?, ?, ?, ?)");
  const trim = connection.sql(`
    DELETE FROM device_events WHERE device = @device AND kind = @kind AND id <= (
      SELECT id FROM device_events WHERE device = @device AND kind = @kind ORDER BY id DESC LIMIT 1 OFFSET ${EVENTS_KEPT})`);
  for (const { device, at, kind, line, note } of events) insert.run(deviceKey(device), at, kind, line, note);
  const touched = events.map(({ device, kind }) => [
    `${kind} ${deviceKey(device)}`,
    { device: deviceKey(device), kind },
  ]);
  for (const one of new Map(touched as [string, { device: string; kind: string }][]).values()) trim.run(one);
}

/** Whether this event of a device is stored already. */
export function hasDeviceEvent(connection: Connection, { device, at, kind, note }: DeviceEvent): boolean {
  const found = connection.sql("SELECT 1 FROM device_events WHERE device = ? AND at = ? AND kind = ? AND note IS ?");
  return read(connection, () => found.get(deviceKey(device), at, kind, note) !== undefined);
}

/** The device of this name in any case, or null. */
export function loadDevice(connection: Connection, name: string): StoredDevice | null {
  return read(connection, () => {
    const key = deviceKey(name);
    const row = connection.sql<DeviceRow>("SELECT * FROM devices WHERE key = ?").get(key);
    return row === undefined ? null : deviceFrom(row, connection.path);
  });
}

/** Every device, in order of its key. */
export function loadDevices(connection: Connection): StoredDevice[] {
  return read(connection, () => {
    const rows = connection.sql<DeviceRow>("SELECT * FROM devices ORDER BY key").all();
    return rows.map((row) => deviceFrom(row, connection.path));
  });
}

/** Up to `limit` devices whose keys come after `key`, in order of their keys. */
export function loadDevicesAfter(connection: Connection, key: string, limit: number): StoredDevice[] {
  return read(connection, () => {
    const rows = connection.sql<DeviceRow>("SELECT * FROM devices WHERE key > ? ORDER BY key LIMIT ?").all(key, limit);
    return rows.map((row) => deviceFrom(row, connection.path));
  });
}

/** How many devices there are. */
export function countDevices(connection: Connection): number {
  return read(connection, () => connection.sql<{ n: number }>("SELECT count(*) AS n FROM devices").get()!.n);
}

/** Devices, last heard of first; with `exposure`, those where at least one advisory's state is that. */
export function listDevices(connection: Connection, filter: { exposure?: ExposureState } = {}): StoredDevice[] {
  return read(connection, () => {
    const rows = connection.sql<DeviceRow>(LIST).all({ exposure: filter.exposure ?? null });
    return rows.map((row) => deviceFrom(row, connection.path));
  });
}

interface DeviceRow {
  key: string;
  name: string;
  address: string | null;
  dialect: Dialect;
  os: Dialect;
  release: string | null;
  first_seen: number;
  last_seen: number;
  messages: number;
  lost: number;
  duplicates: number;
  resets: number;
  clock: DeviceFacts["clock"];
  clock_back: number;
  rate_limited: number;
  severities: string;
  aliases: string;
  exposures: string;
  data: string;
}

const UPSERT = `
  INSERT INTO devices(key, name, address, dialect, os, release, first_seen, last_seen, messages, lost, duplicates,
    resets, rate_limited, clock, clock_back, severities, aliases, exposures, data)
  VALUES (@key, @name, @address, @dialect, @os, @release, @firstSeen, @lastSeen, @messages, @lost, @duplicates,
    @resets, @rateLimited, @clock, @clockBack, @severities, @aliases, coalesce(@exposures, '{}'), @data)
  ON CONFLICT(key) DO UPDATE SET name = excluded.name, address = excluded.address, dialect = excluded.dialect,
    os = excluded.os, release = excluded.release, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
    messages = excluded.messages, lost = excluded.lost, duplicates = excluded.duplicates, resets = excluded.resets,
    rate_limited = excluded.rate_limited, clock = excluded.clock, clock_back = excluded.clock_back, severities = excluded.severities,
    aliases = excluded.aliases, exposures = coalesce(@exposures, exposures), data = excluded.data`;

const LIST = `
  SELECT * FROM devices
  WHERE @exposure IS NULL OR EXISTS (SELECT 1 FROM json_each(exposures) WHERE json_each.value = @exposure)
  ORDER BY last_seen DESC, key`;

function deviceFrom(row: DeviceRow, path: string): StoredDevice {
  const facts: DeviceFacts = {
    name: row.name,
    address: row.address,
    aliases: parseStored(row.aliases, path),
    dialect: row.dialect,
    os: row.os,
    release: row.release,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    severities: parseStored(row.severities, path),
    messages: row.messages,
    lost: row.lost,
    duplicates: row.duplicates,
    resets: row.resets,
    rateLimited: row.rate_limited,
    clock: row.clock,
    clockBack: row.clock_back,
  };
  return { key: row.key, facts, data: row.data, exposures: parseStored(row.exposures, path) };
}
