/** `telltale silence add | list | expire`: times in which alerts are recorded and nobody is told. */
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { table } from "../output/table.ts";
import { durationMillis } from "../rule/duration.ts";
import { findDeviceSettings } from "../store/device-settings.ts";
import { openStore, type Store } from "../store/open.ts";
import { addSilence, expireSilence, isOver, listSilences, type Silence } from "../store/silences.ts";
import { readTime } from "./arguments.ts";
import { requireDatabase } from "./database.ts";
import { print, terminalWidth, userName, wantsJson } from "./terminal.ts";
import { shownTime } from "./time.ts";

/** A year: whoever wants more does not want the rule. */
const LONGEST = 366 * 86_400_000;

interface AddOptions {
  device?: string[];
  rule?: string[];
  for?: string;
  from?: string;
  until?: string;
  comment: string;
  db: string;
  json?: boolean;
}

export async function addSilenceCommand(options: AddOptions): Promise<void> {
  const now = Date.now();
  const devices = options.device ?? [];
  const rules = options.rule ?? [];
  if (devices.length === 0 && rules.length === 0)
    throw new TelltaleError("USAGE", "this would silence everything", "Give --device, --rule, or both.");
  if (options.comment.trim() === "") throw new TelltaleError("USAGE", "--comment is empty", "Say why.");
  const { from, until } = readSpan(options, now);
  requireDatabase(options.db);
  await withStore(options.db, async (store) => {
    const request = {
      rules,
      from,
      until,
      comment: options.comment,
      devices: devices.map((name) => ownName(store, name)),
    };
    const added = addSilence(store, request, { at: now, by: userName() });
    if (options.json) return print(`${jsonLine(silenceJson(added, now))}\n`);
    await print(`silence ${added.id}: ${escapeText(scope(added))}, ${shownTime(from)} to ${shownTime(until)} UTC\n`);
  });
}

export async function listSilencesCommand(options: {
  all?: boolean;
  db: string;
  json?: boolean;
  tz?: number;
}): Promise<void> {
  const now = Date.now();
  await withStore(
    options.db,
    async (store) => {
      const silences = listSilences(store, options.all ? null : now);
      if (wantsJson(options)) {
        for (const one of silences) await print(`${jsonLine(silenceJson(one, now))}\n`);
        return;
      }
      if (silences.length === 0) return print("No silences.\n");
      const rows = silences.map((one) => [
        String(one.id),
        stateOf(one, now),
        scope(one),
        shownTime(one.from, options.tz),
        shownTime(one.expiredAt ?? one.until, options.tz),
        one.expiredBy === null ? one.createdBy : `${one.createdBy}, ended by ${one.expiredBy}`,
        one.comment,
      ]);
      await print(table(["ID", "STATE", "OF", "FROM", "UNTIL", "BY", "COMMENT"], rows, terminalWidth()));
    },
    true,
  );
}

export async function expireSilenceCommand(id: number, options: { db: string; json?: boolean }): Promise<void> {
  requireDatabase(options.db);
  const now = Date.now();
  await withStore(options.db, async (store) => {
    const ended = expireSilence(store, id, { at: now, by: userName() });
    if (options.json) return print(`${jsonLine(silenceJson(ended, now))}\n`);
    await print(`silence ${id}: ended; a running listener tells what is left to tell.\n`);
  });
}

/** A silence for programs. */
export function silenceJson(silence: Silence, now: number): Record<string, unknown> {
  const { from, until, createdAt, expiredAt, ...rest } = silence;
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    schema: 1,
    ...rest,
    state: stateOf(silence, now),
    from: iso(from),
    until: iso(until),
    createdAt: iso(createdAt),
    expiredAt: iso(expiredAt),
  };
}

function readSpan(options: AddOptions, now: number): { from: number; until: number } {
  if ((options.for === undefined) === (options.until === undefined))
    throw new TelltaleError(
      "USAGE",
      "its end is not clear",
      "Give --for 2h, or --until 2026-03-04T14:00:00Z, not both.",
    );
  const from = options.from === undefined ? now : readMoment(options.from, "--from");
  const until = options.until === undefined ? from + readLength(options.for!) : readMoment(options.until, "--until");
  if (until <= Math.max(from, now))
    throw new TelltaleError("USAGE", "it would be over at once", "Give an end after now, and after --from.");
  if (until - from > LONGEST) throw new TelltaleError("USAGE", "it is longer than a year", "Give a shorter time.");
  return { from, until };
}

/** An absolute time: elsewhere `2h` is two hours ago, which nobody means here. */
function readMoment(text: string, option: string): number {
  if (!/^\d{4}-/.test(text))
    throw new TelltaleError("USAGE", `${option} takes a time`, "Write 2026-03-04T14:00:00Z, or use --for 2h.");
  return readTime(text);
}

function readLength(text: string): number {
  if (/^\d{1,6}[smhd]$/.test(text)) return durationMillis(text);
  throw new TelltaleError("USAGE", `${JSON.stringify(text)} is no length of time`, "Write 90m, 2h or 3d.");
}

/** Alerts carry a device's name, not the other names that were set for it. */
function ownName(store: Store, name: string): string {
  return findDeviceSettings(store, name)?.name ?? name;
}

function scope({ devices, rules }: Silence): string {
  const parts = [
    ...(devices.length === 0 ? ["every device"] : [devices.join(", ")]),
    ...(rules.length === 0 ? [] : [rules.join(", ")]),
  ];
  return parts.join(": ");
}

function stateOf(silence: Silence, now: number): string {
  if (isOver(silence, now)) return "over";
  return silence.from > now ? "planned" : "active";
}

async function withStore(path: string, work: (store: Store) => Promise<void>, readOnly = false): Promise<void> {
  const store = openStore(path, { readOnly });
  try {
    await work(store);
  } finally {
    store.close();
  }
}
