/** What is kept and for how long: the oldest goes in small steps, what is not delivered or not over goes last or never. */
import { failpoint } from "../failpoint.ts";
import { LEVELS, type Millis } from "../model.ts";
import { type Connection, write } from "./connection.ts";

/** How much is kept. */
export interface Retention {
  /** Alerts that are over, silent devices and what happened on them: until their last news is this old. */
  age: Millis;
  /** Bytes of the database that hold something; beyond, the oldest goes whatever its age. */
  bytes: number;
}

/** What one step removed. */
export interface Pruned {
  alerts: number;
  devices: number;
  deviceEvents: number;
}

/** Alerts, or devices, of one transaction: a few milliseconds. */
const ALERTS_A_STEP = 50;
const ROWS_A_STEP = 500;
/** An alert younger than this is never given up for room, nor is a device that was heard since. */
const FRESH: Millis = 86_400_000;

/** Removes a little of what is no longer to be kept; all zeros once nothing is left to remove. Throws as `write` does. */
export function prune(connection: Connection, keep: Retention, now: Millis): Pruned {
  const pruned = pruneBefore(connection, now - keep.age);
  if (pruned.alerts + pruned.devices > 0 || usedBytes(connection) <= keep.bytes) return pruned;
  return makeRoom(connection, now - FRESH, pruned);
}

/** Whether a step removed anything. */
export function removedAny(pruned: Pruned): boolean {
  return Object.values(pruned).some((n) => n > 0);
}

/** Bytes of the pages that hold something; the file may be longer, since it keeps freed pages for what comes. */
export function usedBytes({ db }: Connection): number {
  const pages =
    Number(db.pragma("page_count", { simple: true })) - Number(db.pragma("freelist_count", { simple: true }));
  return pages * Number(db.pragma("page_size", { simple: true }));
}

function pruneBefore(connection: Connection, before: Millis): Pruned {
  return write(connection, () => {
    const ids = [...over(connection, "closed", before), ...over(connection, "resolved", before)];
    const pruned = {
      alerts: removeAlerts(connection, ids),
      devices: removeDevices(connection, before),
      deviceEvents: connection.sql(OLD_EVENTS).run(before).changes,
    };
    failpoint("prune.middle");
    return pruned;
  });
}

/** The database is too large: alerts that are over go first, then devices without alerts, then alerts of low levels. */
function makeRoom(connection: Connection, before: Millis, pruned: Pruned): Pruned {
  return write(connection, () => {
    const ids = [...over(connection, "closed", before), ...over(connection, "resolved", before)];
    if (ids.length > 0) return { ...pruned, alerts: removeAlerts(connection, ids) };
    const devices = removeDevices(connection, before);
    if (devices > 0) return { ...pruned, devices };
    for (const level of LEVELS) {
      const open = connection.sql<{ id: string }>(OPEN).all(level, before, ALERTS_A_STEP);
      if (open.length > 0)
        return {
          ...pruned,
          alerts: removeAlerts(
            connection,
            open.map(({ id }) => id),
          ),
        };
    }
    return pruned;
  });
}

function over(connection: Connection, status: "closed" | "resolved", before: Millis): string[] {
  return connection
    .sql<{ id: string }>(OVER)
    .all(status, before, ALERTS_A_STEP)
    .map(({ id }) => id);
}

function removeAlerts(connection: Connection, ids: readonly string[]): number {
  const outbox = connection.sql("DELETE FROM outbox WHERE alert_id = ?");
  const alert = connection.sql("DELETE FROM alerts WHERE id = ?");
  for (const id of ids) {
    outbox.run(id);
    alert.run(id);
  }
  return ids.length;
}

function removeDevices(connection: Connection, before: Millis): number {
  return connection.sql(OLD_DEVICES).run(before, ROWS_A_STEP).changes;
}

// What some output has not heard yet stays, whatever else is to go.
const TOLD = `NOT EXISTS (
  SELECT 1 FROM outbox WHERE alert_id = alerts.id AND delivered_at IS NULL AND next_at IS NOT NULL)`;
const OVER = `SELECT id FROM alerts WHERE status = ? AND last_seen < ? AND ${TOLD} ORDER BY last_seen, id LIMIT ?`;
const OPEN = `SELECT id FROM alerts WHERE level = ? AND last_seen < ? AND ${TOLD} ORDER BY last_seen, id LIMIT ?`;
// Rows are numbered as they come, so that the first ones are the oldest: no index by time is needed.
const OLD_EVENTS = `
  DELETE FROM device_events WHERE id IN (
    SELECT id FROM (SELECT id, at FROM device_events ORDER BY id LIMIT ${ROWS_A_STEP}) WHERE at < ?)`;
const OLD_DEVICES = `
  DELETE FROM devices WHERE key IN (
    SELECT key FROM devices WHERE last_seen < ?
      AND NOT EXISTS (SELECT 1 FROM device_settings WHERE device_settings.key = devices.key)
      AND NOT EXISTS (SELECT 1 FROM alerts WHERE device_key = devices.key)
    ORDER BY last_seen LIMIT ?)`;
