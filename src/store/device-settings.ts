/** What operators and captures say of devices: written by the command line, followed by a running engine. */
import { TelltaleError } from "../error.ts";
import { type DeviceSettings, type Dialect, deviceKey, type Millis, type SettingsPatch } from "../model.ts";
import { type Connection, read, write } from "./connection.ts";
import { addDeviceEvents } from "./devices.ts";
import { parseStored } from "./failure.ts";

/** Who changes settings, and when. */
export interface SettingsAct {
  at: Millis;
  by: string;
}

/**
 * Sets the given fields of a device in one transaction and returns what is now set; the other fields stay.
 * `name` may be an alias of a device that is set already; then that device is meant.
 * Throws USAGE where a name would stand for two devices; then nothing is written.
 */
export function saveDeviceSettings(
  connection: Connection,
  name: string,
  patch: SettingsPatch,
  act: SettingsAct,
): DeviceSettings {
  return write(connection, () => {
    const all = loadAll(connection);
    const before = claimant(all, name) ?? { ...NOTHING_SET, name };
    const after: DeviceSettings = { ...before, ...patch, at: act.at, by: act.by };
    after.aliases = distinct(after.aliases).filter((alias) => deviceKey(alias) !== deviceKey(after.name));
    const others = all.filter((one) => deviceKey(one.name) !== deviceKey(after.name));
    for (const alias of after.aliases) refuseClaimed(alias, claimant(others, alias));
    connection.sql(UPSERT).run({
      ...after,
      key: deviceKey(after.name),
      aliases: JSON.stringify(after.aliases),
      addresses: JSON.stringify(after.addresses),
      certificates: JSON.stringify(after.certificates),
      smus: JSON.stringify(after.smus),
      processes: after.processes === null ? null : JSON.stringify(after.processes),
    });
    const note = changesOf(before, after);
    if (note !== "") {
      const told = `${note} (${act.by}${after.source === "operator" ? "" : `, ${after.source}`})`;
      addDeviceEvents(connection, [{ device: after.name, at: act.at, kind: "settings", line: null, note: told }]);
    }
    return after;
  });
}

/** Every device's settings, in order of the folded name. */
export function loadDeviceSettings(connection: Connection): DeviceSettings[] {
  return read(connection, () => loadAll(connection));
}

/** The settings of the device that bears this name or alias, in any case; null: none are set. */
export function findDeviceSettings(connection: Connection, name: string): DeviceSettings | null {
  return claimant(loadDeviceSettings(connection), name) ?? null;
}

/** Settings changed after `seq`, in the order of their change, and the number to go on with. Start with 0. */
export function settingsAfter(connection: Connection, seq: number): { seq: number; settings: DeviceSettings[] } {
  const rows = connection.sql<Row>("SELECT * FROM device_settings WHERE seq > ? ORDER BY seq").all(seq);
  return { seq: rows.at(-1)?.seq ?? seq, settings: rows.map((row) => settingsFrom(row, connection.path)) };
}

/** The number of the newest change, or 0. */
export function lastSettingsSeq(connection: Connection): number {
  return connection.sql<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM device_settings").get()?.seq ?? 0;
}

interface Row extends Omit<DeviceSettings, "aliases" | "addresses" | "certificates" | "os" | "smus" | "processes"> {
  key: string;
  seq: number;
  aliases: string;
  addresses: string;
  certificates: string;
  os: Dialect | null;
  smus: string;
  processes: string | null;
}

/** A device of which nothing is set. */
export const NOTHING_SET: Omit<DeviceSettings, "name"> = {
  aliases: [],
  addresses: [],
  certificates: [],
  os: null,
  release: null,
  platform: null,
  smus: [],
  processes: null,
  source: "operator",
  at: 0,
  by: "",
};

// No row is ever deleted, so the largest number was given last.
const UPSERT = `
  INSERT INTO device_settings(key, seq, name, aliases, addresses, certificates, os, release, platform, smus,
    processes, source, at, by)
  VALUES (@key, (SELECT coalesce(max(seq), 0) + 1 FROM device_settings), @name, @aliases, @addresses,
    @certificates, @os, @release, @platform, @smus, @processes, @source, @at, @by)
  ON CONFLICT(key) DO UPDATE SET seq = excluded.seq, name = excluded.name, aliases = excluded.aliases,
    addresses = excluded.addresses, certificates = excluded.certificates, os = excluded.os, release = excluded.release, platform = excluded.platform,
    smus = excluded.smus, processes = excluded.processes, source = excluded.source, at = excluded.at, by = excluded.by`;

function loadAll(connection: Connection): DeviceSettings[] {
  const rows = connection.sql<Row>("SELECT * FROM device_settings ORDER BY key").all();
  return rows.map((row) => settingsFrom(row, connection.path));
}

const FIELDS = ["aliases", "addresses", "certificates", "os", "release", "platform", "smus", "processes"] as const;

/** `release 6.4.2, addresses none`: what is set now and was not before. */
function changesOf(before: DeviceSettings, after: DeviceSettings): string {
  const shown = (settings: DeviceSettings, field: (typeof FIELDS)[number]) => {
    const value = field === "processes" ? settings.processes?.running : settings[field];
    return value === null || value === undefined ? "none" : [value].flat().join(" ") || "none";
  };
  return FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => `${field} ${shown(after, field)}`)
    .join(", ");
}

function claimant(all: readonly DeviceSettings[], name: string): DeviceSettings | undefined {
  const key = deviceKey(name);
  return all.find((one) => [one.name, ...one.aliases].some((known) => deviceKey(known) === key));
}

function refuseClaimed(alias: string, other: DeviceSettings | undefined): void {
  if (other === undefined) return;
  const same = deviceKey(other.name) === deviceKey(alias);
  const what = same ? `"${alias}" is a device with settings of its own` : `"${alias}" is an alias of "${other.name}"`;
  const hint = same
    ? "An alias is another name of one device: name the device that is meant, and leave the alias out."
    : `Take it away there first: \`telltale devices set ${other.name} --clear alias\`.`;
  throw new TelltaleError("USAGE", what, hint);
}

function distinct(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [deviceKey(name), name])).values()];
}

function settingsFrom({ key: _key, seq: _seq, ...row }: Row, path: string): DeviceSettings {
  return {
    ...row,
    aliases: parseStored(row.aliases, path),
    addresses: parseStored(row.addresses, path),
    certificates: parseStored(row.certificates, path),
    smus: parseStored(row.smus, path),
    processes: row.processes === null ? null : parseStored(row.processes, path),
  };
}
