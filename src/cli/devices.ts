/** `telltale devices list | show`: the routers that were heard. */
import { TelltaleError } from "../error.ts";
import type { ExposureState } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { table } from "../output/table.ts";
import { listDevices, loadDevice, type StoredDevice } from "../store/devices.ts";
import { openStore } from "../store/open.ts";
import { deviceTimeline, type TimelineEntry } from "../store/timeline.ts";
import { print, terminalWidth, wantsJson } from "./terminal.ts";
import { shownTime } from "./time.ts";

export async function listDevicesCommand(options: {
  db: string;
  exposure?: ExposureState;
  json?: boolean;
  tz?: number;
}): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const found = listDevices(store, options.exposure === undefined ? {} : { exposure: options.exposure });
    if (wantsJson(options)) {
      for (const device of found) await print(`${jsonLine(deviceJson(device))}\n`);
      return;
    }
    if (found.length === 0) return await print("No devices.\n");
    const rows = found.map(({ facts }) => [
      facts.name,
      facts.address ?? "-",
      facts.os,
      facts.release ?? "-",
      String(facts.messages),
      String(facts.lost),
      facts.clock,
      shownTime(facts.lastSeen, options.tz),
    ]);
    await print(
      table(["DEVICE", "ADDRESS", "OS", "RELEASE", "MESSAGES", "LOST", "CLOCK", "LAST SEEN"], rows, terminalWidth()),
    );
  } finally {
    store.close();
  }
}

export async function showDeviceCommand(
  name: string,
  options: { db: string; json?: boolean; tz?: number },
): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const device = loadDevice(store, name);
    if (device === null)
      throw new TelltaleError("NOT_FOUND", `no device "${name}"`, "`telltale devices list` shows the names.");
    const timeline = deviceTimeline(store, name);
    if (wantsJson(options))
      return await print(`${jsonLine({ ...deviceJson(device), timeline: timeline.map(entryJson) })}\n`);
    const { facts } = device;
    const severities = facts.severities
      .map((n, severity) => (n === 0 ? null : `${severity}: ${n}`))
      .filter((one) => one !== null);
    const lines = [
      facts.name,
      `  address    ${facts.address ?? "not known"}`,
      `  system     ${facts.os}${facts.release === null ? ", release not known" : ` ${facts.release}`}`,
      `  heard      ${shownTime(facts.firstSeen, options.tz)} to ${shownTime(facts.lastSeen, options.tz)}`,
      `  messages   ${facts.messages} (by severity ${severities.join(", ") || "-"})`,
      `  lost       ${facts.lost} by the message counter; ${facts.duplicates} duplicates; counting began again ${facts.resets} times`,
      `  clock      ${CLOCKS[facts.clock]}${facts.clockBack > 0 ? `; went back ${facts.clockBack} times` : ""}`,
      ...Object.entries(device.exposures).map(([advisory, state]) => `  exposure   ${state} (${advisory})`),
      "",
      ...(timeline.length === 0
        ? ["No operator acts, boots or alerts."]
        : timeline.map((entry) => `${shownTime(entry.at, options.tz)}  ${entryText(entry)}`)),
    ];
    await print(`${lines.map((line) => escapeText(line)).join("\n")}\n`);
  } finally {
    store.close();
  }
}

const CLOCKS: Record<StoredDevice["facts"]["clock"], string> = {
  ok: "set",
  unset: "never set (stamps begin with *)",
  unsynced: "lost its NTP source (stamps begin with .)",
  uptime: "stamps show the uptime, not a date",
  none: "no stamps seen",
};

function entryText(entry: TimelineEntry): string {
  if (entry.kind !== "alert") return `${entry.kind.padEnd(9)} ${entry.note ?? ""}`;
  const by = entry.by === null ? "" : ` by ${entry.by}`;
  return `alert     ${entry.change}${by}: ${entry.title} (${entry.level}, ${entry.status}, ${entry.alert.slice(0, 10)})`;
}

function entryJson(entry: TimelineEntry): Record<string, unknown> {
  const at = new Date(entry.at).toISOString();
  if (entry.kind === "alert") return { ...entry, at };
  return { ...entry, at, line: entry.line === null ? null : Buffer.from(entry.line).toString("utf8") };
}

function deviceJson({ facts, exposures }: StoredDevice): Record<string, unknown> {
  return {
    ...facts,
    firstSeen: new Date(facts.firstSeen).toISOString(),
    lastSeen: new Date(facts.lastSeen).toISOString(),
    exposures,
  };
}
