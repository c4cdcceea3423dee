/** `telltale devices set`: what an operator says of a router, checked and stored; a running listener follows at once. */
import { TelltaleError } from "../error.ts";
import { parseRelease } from "../exposure/release.ts";
import type { Scheme } from "../exposure/types.ts";
import { type DeviceSettings, type Dialect, deviceKey, type SettingsPatch } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { openAdvisories } from "../rule/open.ts";
import { certificateName, toKnown } from "../run/device-map.ts";
import { storeJudged } from "../run/store-assessed.ts";
import { findDeviceSettings, NOTHING_SET, saveDeviceSettings } from "../store/device-settings.ts";
import { openStore } from "../store/open.ts";
import { readChoices } from "./arguments.ts";
import { print, userName } from "./terminal.ts";

/** Fields that `--clear` takes. */
const CLEARABLE = ["alias", "address", "certificate", "os", "release", "platform", "smu", "processes"] as const;

interface SetOptions {
  alias?: string[];
  address?: string[];
  certificate?: string[];
  os?: Dialect;
  release?: string;
  platform?: string;
  smu?: string[];
  clear?: string[];
  rules?: string;
  db: string;
  json?: boolean;
}

export async function setDeviceCommand(name: string, options: SetOptions): Promise<void> {
  checkName(name, "a device");
  const store = openStore(options.db);
  try {
    const before = findDeviceSettings(store, name);
    const patch = patchOf(before, options);
    if (Object.keys(patch).length === 0) {
      const hint = `Give one of --alias, --address, --certificate, --os, --release, --platform, --smu, --clear; \`telltale devices show ${name}\` shows what is set.`;
      throw new TelltaleError("USAGE", "there is nothing to set", hint);
    }
    checkRelease(patch.os === undefined ? (before?.os ?? null) : patch.os, patch.release);
    const saved = saveDeviceSettings(store, name, patch, { at: Date.now(), by: userName() });
    storeJudged(store, saved, await openAdvisories(options.rules));
    await print(options.json ? `${jsonLine(settingsJson(saved))}\n` : `${settingsLines(saved).join("\n")}\n`);
  } finally {
    store.close();
  }
}

/** What is set, as lines under the device's name. */
export function settingsLines(settings: DeviceSettings): string[] {
  const { processes } = settings;
  const rows: [string, string][] = [
    ["aliases", settings.aliases.join(", ")],
    ["addresses", settings.addresses.join(", ")],
    ["proved by", settings.certificates.join(", ")],
    ["system", [settings.os, settings.release].filter((one) => one !== null).join(" ")],
    ["platform", settings.platform ?? ""],
    ["upgrades", settings.smus.join(", ")],
    [
      "processes",
      processes === null ? "" : `${processes.running.join(", ") || "none"} of ${processes.checked.join(", ")}`,
    ],
    ["source", settings.source === "operator" ? "" : settings.source],
  ];
  const lines = rows.filter(([, value]) => value !== "").map(([label, value]) => `  ${label.padEnd(9)}  ${value}`);
  return [settings.name, ...(lines.length === 0 ? ["  nothing is set"] : lines)].map((line) => escapeText(line));
}

/** Settings for programs. */
export function settingsJson(settings: DeviceSettings): Record<string, unknown> {
  return { ...settings, at: new Date(settings.at).toISOString() };
}

function patchOf(before: DeviceSettings | null, options: SetOptions): SettingsPatch {
  const patch: SettingsPatch = {};
  for (const field of readChoices(options.clear, CLEARABLE, "--clear") ?? []) Object.assign(patch, CLEARED[field]);
  const add = (field: "aliases" | "addresses" | "certificates" | "smus", values: string[] | undefined) => {
    if (values === undefined) return;
    patch[field] = [...new Set([...(patch[field] ?? before?.[field] ?? []), ...values])];
  };
  for (const alias of options.alias ?? []) checkName(alias, "an alias");
  add("aliases", options.alias);
  add("addresses", options.address);
  if (options.address !== undefined) checkAddresses(patch.addresses ?? []);
  add("certificates", options.certificate?.map(checkCertificate));
  if (options.os !== undefined) patch.os = options.os;
  if (options.release !== undefined) patch.release = options.release.trim();
  if (options.platform !== undefined) patch.platform = options.platform.trim().toLowerCase();
  add("smus", options.smu?.map(bugId));
  const facts = ["os", "release", "platform", "smus", "processes"] as const;
  if (facts.some((field) => patch[field] !== undefined)) patch.source = "operator";
  return patch;
}

const CLEARED: Record<(typeof CLEARABLE)[number], SettingsPatch> = {
  alias: { aliases: [] },
  address: { addresses: [] },
  certificate: { certificates: [] },
  os: { os: null },
  release: { release: null },
  platform: { platform: null },
  smu: { smus: [] },
  processes: { processes: null },
};

/** Names that routers carry before anyone names them identify nobody, and `@` marks names used from elsewhere. */
function checkName(name: string, what: string): void {
  const nobody = ["ios", "router", "switch", "localhost"].includes(deviceKey(name));
  if (/^[^\s@\p{C}]{1,255}$/u.test(name) && !nobody) return;
  const hint = nobody
    ? "Many routers carry the vendor's default name, so it is never taken for a device; use the address under which it is listed."
    : "A name has no blanks, no @ and at most 255 characters, as `telltale devices list` shows it.";
  throw new TelltaleError("USAGE", `${JSON.stringify(name.slice(0, 80))} is no name for ${what}`, hint);
}

function checkCertificate(text: string): string {
  try {
    return certificateName(text, "--certificate");
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error;
    throw new TelltaleError("USAGE", error.message, error.hint);
  }
}

function checkAddresses(addresses: string[]): void {
  try {
    toKnown({ ...NOTHING_SET, name: "", addresses });
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error;
    throw new TelltaleError("USAGE", error.message.replace(/^.*?: /, "--address: "), error.hint);
  }
}

const RELEASES: Partial<Record<Dialect, { scheme: Scheme; example: string }>> = {
  "ios-xr": { scheme: "dotted", example: "6.4.2" },
  ios: { scheme: "ios-train", example: "15.1(4)M5" },
  "ios-xe": { scheme: "ios-xe", example: "17.9.4a" },
  "nx-os": { scheme: "nx-os", example: "10.3(4a)" },
};

function checkRelease(os: Dialect | null, release: string | null | undefined): void {
  if (release === undefined || release === null) return;
  const known = os === null ? undefined : RELEASES[os];
  const read =
    known === undefined ? /^(?=.*\d)[A-Za-z0-9][\w.()-]{0,40}$/.test(release) : parseRelease(known.scheme, release);
  if (read !== null && read !== false) return;
  const example = known?.example ?? "6.4.2 (IOS XR) or 15.1(4)M5 (IOS)";
  throw new TelltaleError(
    "USAGE",
    `${JSON.stringify(release.slice(0, 80))} is no release`,
    `Write it as \`show version\` prints it: ${example}.`,
  );
}

function bugId(text: string): string {
  const found = /^CSC([a-z]{2})(\d{5})$/i.exec(text.trim());
  if (found !== null) return `CSC${found[1]!.toLowerCase()}${found[2]}`;
  throw new TelltaleError(
    "USAGE",
    `${JSON.stringify(text.slice(0, 80))} is no bug id`,
    "Write it as `show install active summary` names it: CSCvr75998.",
  );
}
