/** One device's story in one list by time: evidence, operator acts, boots, conflicts, settings, and what became of its alerts. */
import { deviceKey, type Level, type Millis, type Status } from "../model.ts";
import { type Connection, read } from "./connection.ts";
import type { DeviceEvent } from "./devices.ts";

/** One entry of a device's timeline. */
export type TimelineEntry =
  | { at: Millis; kind: DeviceEvent["kind"]; line: Uint8Array | null; note: string | null }
  | { at: Millis; kind: "evidence"; alert: string; line: Uint8Array }
  | {
      at: Millis;
      kind: "alert";
      alert: string;
      /** The router that the alert is about, `*` for several. */
      device: string;
      rule: string;
      title: string;
      change: string;
      status: Status;
      level: Level;
      verdict: string;
      note: string | null;
      by: string | null;
    };

/** Which part of the story: from some time on, and at most the newest so many of events, of changes and of lines. */
export interface TimelineRange {
  since?: Millis;
  newest?: number;
}

/** The story of the device with these names (in any case), oldest first. */
export function deviceTimeline(
  connection: Connection,
  names: string | readonly string[],
  { since = Number.MIN_SAFE_INTEGER, newest = -1 }: TimelineRange = {},
): TimelineEntry[] {
  return read(connection, () => {
    const keys = new Set([names].flat().map(deviceKey));
    const entries = [...keys].flatMap((key) => {
      const rows = (text: string) => connection.sql<TimelineEntry>(text).all(key, since, newest).reverse();
      return [rows(EVENTS), rows(EVIDENCE), rows(HISTORY)].flat();
    });
    // The sort is stable: at one moment what was seen comes before what it did to an alert.
    return entries.map(withBytes).sort((a, b) => a.at - b.at);
  });
}

const EVENTS = `
  SELECT at, kind, line, note FROM device_events WHERE device = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?`;

const EVIDENCE = `
  SELECT e.at, 'evidence' AS kind, e.alert_id AS alert, e.line
  FROM alerts a JOIN alert_evidence e ON e.alert_id = a.id
  WHERE a.device_key = ? AND e.at >= ? ORDER BY e.at DESC, e.alert_id DESC, e.seq DESC LIMIT ?`;

// An alert about several routers is part of the story of each.
const HISTORY = `
  WITH own AS MATERIALIZED (SELECT id FROM alerts WHERE device_key = ?),
    told AS (
      SELECT id FROM own
      UNION SELECT related.value FROM own JOIN alert_bodies ON alert_id = own.id, json_each(body, '$.related') AS related)
  SELECT h.at, 'alert' AS kind, h.alert_id AS alert, a.device, a.rule, a.title_en AS title, h.change, h.status, h.level,
    h.verdict, h.note, h.by
  FROM told JOIN alerts a ON a.id = told.id JOIN alert_history h ON h.alert_id = a.id
  WHERE h.at >= ? ORDER BY h.at DESC, h.id DESC LIMIT ?`;

function withBytes(entry: TimelineEntry): TimelineEntry {
  return entry.kind !== "alert" && entry.line !== null ? { ...entry, line: Uint8Array.from(entry.line) } : entry;
}
