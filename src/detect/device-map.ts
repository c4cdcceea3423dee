/** What operators say of routers, by every name under which they log, and who speaks in a router's name from elsewhere. */
import type { DeviceSettings } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { DetectState, DeviceState } from "./state.ts";

/** A router's settings, with the test for the addresses that it sends from. */
export interface Known {
  settings: DeviceSettings;
  expects: (address: string) => boolean;
}

/** Routers with settings, by folded name and alias. */
export type DeviceMap = Map<string, Known>;

/** Enters settings and returns the records in memory that are concerned. */
export function enterSettings(state: DetectState, settings: readonly Known[]): DeviceState[] {
  for (const known of settings) enterKnown(state.map, known);
  const changed =
    settings.length === 0 ? [] : [...state.devices.values()].filter((device) => attachSettings(state.map, device));
  for (const device of changed) state.dirtyDevices.add(device.key);
  return changed;
}

/** Enters settings, in the place of earlier ones of the same router. */
export function enterKnown(map: DeviceMap, known: Known): void {
  const key = deviceKey(known.settings.name);
  const old = map.get(key)?.settings;
  for (const name of old === undefined ? [] : [old.name, ...old.aliases]) map.delete(deviceKey(name));
  for (const name of [known.settings.name, ...known.settings.aliases]) map.set(deviceKey(name), known);
}

/** The name under which a message is judged. A message that comes from an unexpected address is judged apart, under
 * `name@address`: it cannot touch what the router itself reported. `address` is null where none is known. */
export function nameOf(map: DeviceMap, name: string, address: string | null): string {
  if (map.size === 0) return name;
  const known = map.get(deviceKey(name));
  if (known === undefined) return name;
  const { settings, expects } = known;
  return address === null || expects(address) ? settings.name : `${settings.name}@${address}`;
}

/** Gives a record the settings of its router; true when they are not those that it had. */
export function attachSettings(map: DeviceMap, device: DeviceState): boolean {
  const before = device.settings;
  const at = device.facts.name.lastIndexOf("@");
  const own = map.get(device.key);
  const other = own === undefined && at > 0 ? map.get(deviceKey(device.facts.name.slice(0, at))) : undefined;
  device.settings = (own ?? other)?.settings ?? null;
  device.apart = other === undefined ? null : device.facts.name.slice(at + 1);
  if (device.settings === before) return false;
  if (own !== undefined && deviceKey(own.settings.name) === device.key) {
    device.facts.name = own.settings.name;
    device.facts.aliases = own.settings.aliases;
  }
  device.exposures = {};
  return true;
}

/** Keys under which groups of a record's router may be: its own, and those of the names that were joined to it. */
export function joinedKeys(device: DeviceState): string[] {
  const { settings, apart, key } = device;
  return settings === null || apart !== null ? [key] : [key, ...settings.aliases.map(deviceKey)];
}
