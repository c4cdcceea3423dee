/** A device's story as an operator reads it: by day, one short entry each, what was seen and what came of it. */
import type { Level, Millis } from "../model.ts";
import { escapeText } from "./escape.ts";
import { LEVEL_STYLES, paint, type Style } from "./presentation.ts";
import { cutToWidth } from "./width.ts";
import { wrapText } from "./wrap.ts";

/** An entry to be shown. */
export type StoryEntry =
  | ({
      at: Millis;
      kind: "alert";
      alert: string;
      device: string;
      title: string;
      change: string;
      status: string;
      level: Level;
    } & {
      verdict: string;
      note: string | null;
      by: string | null;
    })
  | { at: Millis; kind: "evidence"; alert: string; line: Uint8Array }
  | { at: Millis; kind: string; note: string | null; line: Uint8Array | null };

/** How a story is shown. */
export interface StoryOptions {
  color: boolean;
  width: number;
  utcOffsetMinutes: number;
  /** How many entries, the newest ones. */
  limit: number;
}

/** The lines of a story, oldest first, under a heading for each day. Lines of one report count as one entry. */
export function storyLines(entries: readonly StoryEntry[], options: StoryOptions): string[] {
  const groups = grouped(entries);
  const hidden = Math.max(0, groups.length - options.limit);
  const lines = hidden === 0 ? [] : [`${hidden} or more entries before these: see --limit and --since.`];
  let day = "";
  for (const group of groups.slice(hidden)) {
    const [date, time] = local(group[0]!.at, options);
    if (date !== day) lines.push(...(lines.length === 0 ? [] : [""]), paint(options.color, "bold", date));
    day = date;
    lines.push(...groupLines(time, group, options));
  }
  return lines;
}

/** Evidence of one alert that follows on without anything between. */
function grouped(entries: readonly StoryEntry[]): StoryEntry[][] {
  const groups: StoryEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1)?.[0];
    const same = isEvidence(entry) && last !== undefined && isEvidence(last) && last.alert === entry.alert;
    if (same && entry.at - last.at <= ONE_REPORT) groups.at(-1)!.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** Lines of one report come within this time. */
const ONE_REPORT: Millis = 5_000;

function groupLines(time: string, group: readonly StoryEntry[], options: StoryOptions): string[] {
  const entry = group[0]!;
  const kind = entry.kind === "observation" ? "observed" : entry.kind;
  const lead = `  ${time}  ${kind.padEnd(KIND)}  `;
  const room = Math.max(20, options.width - lead.length);
  if (isEvidence(entry)) {
    const more = group.length > 1 ? `  (+${group.length - 1} lines)` : "";
    return [`${paint(options.color, "dim", lead)}${cutToWidth(messageOf(entry.line), room - more.length)}${more}`];
  }
  const style = isAlert(entry) ? LEVEL_STYLES[entry.level] : (STYLES[entry.kind] ?? "dim");
  const text = isAlert(entry) ? alertText(entry) : (entry.note ?? "");
  return wrapText(escapeText(text), room).map((line, i) =>
    i === 0 ? `${paint(options.color, style, lead)}${line}` : " ".repeat(lead.length) + line,
  );
}

const KIND = "evidence".length;
const STYLES: Record<string, Style> = { conflict: "yellow", operator: "bold", settings: "bold" };

/** From the mnemonic on: what stands before it the timeline says, or nobody asks for at night. */
function messageOf(line: Uint8Array): string {
  const text = Buffer.from(line).toString("utf8").split("\n")[0]!;
  const tag = /%[A-Z][A-Z0-9_-]*-\d-(?=[A-Z])/.exec(text);
  return escapeText(tag === null ? text : text.slice(tag.index + tag[0].length));
}

type AlertEntry = Extract<StoryEntry, { title: string }>;

function alertText(entry: AlertEntry): string {
  if (entry.device === "*" && GROWTH[entry.change] !== undefined) return fleetText(entry);
  const by = entry.by === null ? "" : ` by ${entry.by}`;
  const note = entry.note === null ? "" : `: ${entry.note}`;
  const id = entry.alert.slice(0, 8);
  switch (entry.change) {
    case "opened":
      return `${id} opened, ${entry.level}: ${entry.title}`;
    case "raised":
    case "lowered":
      return `${id} ${entry.change} to ${entry.level}: ${entry.note ?? entry.verdict}`;
    case "status":
      return `${id} now ${entry.status} (${entry.level})`;
    default:
      return `${id} ${ACTS[entry.change] ?? entry.change}${by}${note}`;
  }
}

/** Of an alert about several routers the title says how many they are now; the note, how many they were. */
function fleetText({ alert, change, level, verdict, note }: AlertEntry): string {
  return `${alert.slice(0, 8)} ${GROWTH[change]}, ${level}: ${verdict}${note === null ? "" : `, ${note}`}`;
}

const GROWTH: Record<string, string> = { opened: "opened", raised: "has grown" };
const ACTS: Record<string, string> = { ack: "acknowledged", done: "step done", close: "closed", note: "note" };

function isAlert(entry: StoryEntry): entry is AlertEntry {
  return entry.kind === "alert";
}

function isEvidence(entry: StoryEntry): entry is Extract<StoryEntry, { kind: "evidence" }> {
  return entry.kind === "evidence";
}

function local(at: Millis, { utcOffsetMinutes }: StoryOptions): [string, string] {
  const [date, time] = new Date(at + utcOffsetMinutes * 60_000).toISOString().split("T");
  return [date!, time!.slice(0, 8)];
}
