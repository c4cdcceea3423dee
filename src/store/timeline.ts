/** One device's story: operator acts, boots and the history of its alerts, in one list by time. */
import { deviceKey, type Level, type Millis, type Status } from "../model.ts";
import { type Connection, read } from "./connection.ts";
import type { DeviceEvent } from "./devices.ts";

/** One entry of a device's timeline. */
export type TimelineEntry =
  | { at: Millis; kind: DeviceEvent["kind"]; line: Uint8Array | null; note: string | null }
  | {
      at: Millis;
      kind: "alert";
      alert: string;
      rule: string;
      title: string;
      change: string;
      status: Status;
      level: Level;
      verdict: string;
      note: string | null;
      by: string | null;
    };

/** Events of the device of this name (in any case) and the history of its alerts, oldest first. */
export function deviceTimeline(connection: Connection, name: string): TimelineEntry[] {
  return read(connection, () => {
    const key = deviceKey(name);
    const events = connection
      .sql<TimelineEntry>("SELECT at, kind, line, note FROM device_events WHERE device = ? ORDER BY at, id")
      .all(key)
      .map((entry) => (entry.kind !== "alert" && entry.line ? { ...entry, line: Uint8Array.from(entry.line) } : entry));
    const history = connection.sql<TimelineEntry>(HISTORY).all(key);
    // The sort is stable: at one moment a device's own events come before what they did to its alerts.
    return [...events, ...history].sort((a, b) => a.at - b.at);
  });
}

const HISTORY = `
  SELECT h.at, 'alert' AS kind, h.alert_id AS alert, a.rule, a.title_en AS title, h.change, h.status, h.level,
    h.verdict, h.note, h.by
  FROM alerts a JOIN alert_history h ON h.alert_id = a.id
  WHERE a.device_key = ? ORDER BY h.at, h.id`;
