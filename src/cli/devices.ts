/** `telltale devices list | show`: the routers that were heard. */
import { TelltaleError } from "../error.ts";
import type { DeviceSettings, ExposureState } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { table } from "../output/table.ts";
import { storyLines } from "../output/timeline.ts";
import { wrapText } from "../output/wrap.ts";
import { knownDevices } from "../run/known-device.ts";
import { findDeviceSettings } from "../store/device-settings.ts";
import { listDevices, loadDevice, type StoredDevice } from "../store/devices.ts";
import { openStore, type Store } from "../store/open.ts";
import { deviceTimeline, type TimelineEntry } from "../store/timeline.ts";
import { readTime } from "./arguments.ts";
import { settingsJson, settingsLines } from "./devices-set.ts";
import { print, terminalWidth, wantsColor, wantsJson } from "./terminal.ts";
import { shownTime } from "./time.ts";

type Known = ReturnType<ReturnType<typeof knownDevices>>;

/** A device as stored, with what is set of its router. */
interface Shown extends StoredDevice {
  known: Known;
}

export async function listDevicesCommand(options: {
  db: string;
  exposure?: ExposureState;
  json?: boolean;
  tz?: number;
}): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const know = knownDevices(store);
    const stored = listDevices(store, options.exposure === undefined ? {} : { exposure: options.exposure });
    const found = stored.map((device): Shown => ({ ...device, known: know(device) }));
    if (wantsJson(options)) {
      for (const device of found) await print(`${jsonLine(deviceJson(device))}\n`);
      return;
    }
    if (found.length === 0) return await print("No devices.\n");
    const rows = found.map(({ facts, known }) => [
      markedName(known),
      facts.address ?? "-",
      known.settings?.os ?? facts.os,
      known.settings?.release ?? facts.release ?? "-",
      String(facts.messages),
      String(facts.lost),
      facts.clock,
      shownTime(facts.lastSeen, options.tz),
    ]);
    await print(
      table(["DEVICE", "ADDRESS", "OS", "RELEASE", "MESSAGES", "LOST", "CLOCK", "LAST SEEN"], rows, terminalWidth()),
    );
    const doubts = found.flatMap(({ facts, known }) => {
      const doubt = doubtOf(known);
      return doubt === "" ? [] : [`! ${facts.name}: ${doubt}`];
    });
    const width = Math.max(40, terminalWidth());
    const lines = doubts.flatMap((doubt) => wrapText(escapeText(doubt), width));
    if (lines.length > 0) await print(`\n${lines.join("\n")}\n`);
  } finally {
    store.close();
  }
}

export async function showDeviceCommand(
  name: string,
  options: { db: string; json?: boolean; tz?: number; since?: string; limit?: number },
): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const settings = findDeviceSettings(store, name);
    const names = settings === null ? [name] : [settings.name, ...settings.aliases];
    const device = findDevice(store, names);
    if (device === null && settings === null)
      throw new TelltaleError("NOT_FOUND", `no device "${name}"`, "`telltale devices list` shows the names.");
    const limit = options.limit ?? (wantsJson(options) ? Number.POSITIVE_INFINITY : LIMIT);
    const timeline = deviceTimeline(store, names, {
      ...(options.since === undefined ? {} : { since: readTime(options.since) }),
      // Twenty lines of evidence may be one entry; one more than is shown tells that there are more.
      ...(limit === Number.POSITIVE_INFINITY ? {} : { newest: (limit + 1) * EVIDENCE }),
    });
    if (wantsJson(options)) {
      const about = device === null ? { name: settings!.name, settings: settingsJson(settings!) } : deviceJson(device);
      const newest = limit === Number.POSITIVE_INFINITY ? timeline : timeline.slice(-limit);
      return await print(`${jsonLine({ ...about, timeline: newest.map(entryJson) })}\n`);
    }
    const width = terminalWidth();
    const story = storyLines(timeline, { color: wantsColor(), width, utcOffsetMinutes: options.tz ?? 0, limit });
    const lines = [
      ...aboutLines(device, settings, width, options.tz),
      "",
      ...(story.length === 0 ? ["Nothing has happened yet."] : story),
    ];
    await print(`${lines.join("\n")}\n`);
  } finally {
    store.close();
  }
}

/** Entries of a story shown on a terminal, and lines of evidence that an alert may have. */
const LIMIT = 50;
const EVIDENCE = 20;

/** The record under the first of the names that was heard. */
function findDevice(store: Store, names: readonly string[]): Shown | null {
  for (const name of names) {
    const device = loadDevice(store, name);
    if (device !== null) return { ...device, known: knownDevices(store)(device) };
  }
  return null;
}

function aboutLines(device: Shown | null, settings: DeviceSettings | null, width: number, tz?: number): string[] {
  if (device === null) return [...settingsLines(settings!), "  not heard of yet"];
  const { facts, known, exposures } = device;
  const severities = facts.severities
    .map((n, severity) => (n === 0 ? null : `${severity}: ${n}`))
    .filter((one) => one !== null);
  const rows: [string, string][] = [
    ["address", facts.address ?? "not known"],
    ["system", `${facts.os}${facts.release === null ? ", release not known" : ` ${facts.release}`} (from the log)`],
    [
      "heard",
      facts.lastSeen === 0 ? "not yet" : `${shownTime(facts.firstSeen, tz)} to ${shownTime(facts.lastSeen, tz)}`,
    ],
    ["messages", `${facts.messages} (by severity ${severities.join(", ") || "-"})`],
    [
      "lost",
      `${facts.lost} by the message counter; ${facts.duplicates} duplicates; counting began again ${facts.resets} times`,
    ],
    ["held back", facts.rateLimited === 0 ? "" : `${facts.rateLimited} by the router itself, as it says`],
    ["clock", `${CLOCKS[facts.clock]}${facts.clockBack > 0 ? `; went back ${facts.clockBack} times` : ""}`],
    ...Object.entries(exposures).map(([advisory, state]): [string, string] => ["exposure", `${state} (${advisory})`]),
    ["look", doubtOf(known)],
  ];
  const set = settings === null ? [] : settingsLines(settings).slice(1);
  const lines = rows
    .filter(([, value]) => value !== "")
    .flatMap(([label, value]) => {
      const lead = `  ${label.padEnd(9)}  `;
      const room = Math.max(20, width - lead.length);
      return wrapText(escapeText(value), room).map((line, i) => (i === 0 ? lead : " ".repeat(lead.length)) + line);
    });
  return [
    escapeText(settings?.name ?? facts.name),
    ...lines,
    ...(set.length === 0 ? [] : [`  set by ${escapeText(settings!.by)}, ${shownTime(settings!.at, tz)}:`]),
    ...set.map((line) => `  ${line}`),
  ];
}

const CLOCKS: Record<StoredDevice["facts"]["clock"], string> = {
  ok: "set",
  unset: "never set (stamps begin with *)",
  unsynced: "lost its NTP source (stamps begin with .)",
  uptime: "stamps show the uptime, not a date",
  none: "no stamps seen",
};

/** The name, with how many others are joined to it, and a mark where one should look before one believes it. */
function markedName(known: Known): string {
  const { name, aliases } = known.facts;
  const others = aliases.length === 0 ? "" : ` (+${aliases.length})`;
  return `${name}${others}${doubtOf(known) === "" ? "" : " !"}`;
}

/** What to know of a record before one believes it. */
function doubtOf({ facts, settings, apart, conflict }: Known): string {
  if (apart !== null && settings !== null) return `uses the name ${settings.name} from an unexpected address`;
  if (settings !== null && settings.name !== facts.name) return `is now ${settings.name}`;
  const settled = (settings?.addresses.length ?? 0) > 0;
  return conflict === null || settled ? "" : `its name is claimed by ${conflict.addresses.join(" and ")}`;
}

function entryJson(entry: TimelineEntry): Record<string, unknown> {
  const at = new Date(entry.at).toISOString();
  if (entry.kind === "alert") return { ...entry, at };
  return { ...entry, at, line: entry.line === null ? null : Buffer.from(entry.line).toString("utf8") };
}

function deviceJson({ facts, exposures, known }: Shown): Record<string, unknown> {
  const { settings, conflict } = known;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    ...facts,
    firstSeen: facts.lastSeen === 0 ? null : iso(facts.firstSeen),
    lastSeen: facts.lastSeen === 0 ? null : iso(facts.lastSeen),
    exposures,
    settings: settings === null ? null : settingsJson(settings),
    conflict: conflict === null ? null : { ...conflict, first: iso(conflict.first), last: iso(conflict.last) },
  };
}
