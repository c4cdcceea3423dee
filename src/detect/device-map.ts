/** What operators say of routers, by every name under which they log, and who speaks in a router's name from elsewhere. */
import type { Certificate, DeviceSettings, SourceAuth } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { DetectState, DeviceState } from "./state.ts";

/** A router's settings, with the test for the addresses that it sends from. */
export interface Known {
  settings: DeviceSettings;
  expects: (address: string) => boolean;
}

/** Routers with settings, by folded name and alias, and by what is set of their certificates. */
export type DeviceMap = Map<string, Known>;

/** Who sent a message. */
export interface Speaker {
  /** Null where none is known. */
  address: string | null;
  certificate: Certificate | null;
  /** It came by a socket, where a certificate would have been seen. */
  live: boolean;
}

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
  const old = map.get(deviceKey(known.settings.name))?.settings;
  for (const key of old === undefined ? [] : keysOf(old)) map.delete(key);
  for (const key of keysOf(known.settings)) map.set(key, known);
}

/** Whether the operator says what the router sends from. */
export function isPinned(settings: DeviceSettings | null): boolean {
  return settings !== null && settings.addresses.length + settings.certificates.length > 0;
}

/** The name under which a message is judged. A message from an unexpected address, without the certificate that is
 * set, or with another router's, is judged apart, under `name@sender`: it cannot touch what the router itself
 * reported. */
export function nameOf(map: DeviceMap, name: string, speaker: Speaker): string {
  if (map.size === 0) return name;
  const known = map.get(deviceKey(name));
  if (known === undefined) return name;
  const { settings, expects } = known;
  const { address, certificate, live } = speaker;
  if (certificate !== null && isProved(settings, certificate)) return settings.name;
  const proved = certificate !== null && isOfAnyone(map, certificate);
  const demanded = live && settings.certificates.length > 0;
  if (!proved && !demanded && (address === null || expects(address))) return settings.name;
  return `${settings.name}@${certificate?.names[0] ?? address ?? "?"}`;
}

/** How sure it is that a message is from the router under whose name it is judged. */
export function authOf(map: DeviceMap, name: string, { address, certificate }: Speaker): SourceAuth {
  const settings = map.get(deviceKey(name))?.settings ?? null;
  if (certificate !== null && isProved(settings ?? { name, aliases: [], certificates: [] }, certificate)) return "tls";
  return address !== null && settings !== null && settings.addresses.length > 0 ? "address" : "none";
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

function keysOf({ name, aliases, certificates }: DeviceSettings): string[] {
  return [...[name, ...aliases].map(deviceKey), ...certificates.map(certificateKey)];
}

/** No name has a blank. */
function certificateKey(certificate: string): string {
  return ` ${deviceKey(certificate)}`;
}

/** What is set of a router's certificates decides; where nothing is, one that bears its name. */
function isProved(
  { name, aliases, certificates }: Pick<DeviceSettings, "name" | "aliases" | "certificates">,
  { names, fingerprint }: Certificate,
): boolean {
  const shown = certificates.length === 0 ? names : [...names, `sha256:${fingerprint}`];
  const wanted = (certificates.length === 0 ? [name, ...aliases] : certificates).map(deviceKey);
  return shown.some((one) => wanted.includes(deviceKey(one)));
}

/** Whether the certificate is that of a router with settings. */
function isOfAnyone(map: DeviceMap, { names, fingerprint }: Certificate): boolean {
  if (map.has(certificateKey(`sha256:${fingerprint}`))) return true;
  return names.some(
    (name) => map.has(certificateKey(name)) || map.get(deviceKey(name))?.settings.certificates.length === 0,
  );
}
