/** What is still to be told to each output: at least once, for each device in the order of the commits. */
import { type Alert, type AlertChange, deviceKey, LEVELS, type Millis } from "../model.ts";
import { alertFromJson, alertToJson } from "./alert-row.ts";
import { type Connection, read, write } from "./connection.ts";
import { type KnownOutput, knownOutputs } from "./outputs.ts";
import { isTold } from "./route.ts";

/** One thing to tell one output. */
export interface OutboxEntry {
  id: number;
  output: string;
  change: AlertChange;
  at: Millis;
  /** The alert as it was when it changed so. */
  alert: Alert;
  device: string;
  attempts: number;
  /** Failed attempts while the output took other entries, or refused this one. */
  strikes: number;
}

/** How an attempt failed. */
export interface FailedAttempt {
  at: Millis;
  error: string;
  /** Whether the fault lies with the entry alone. */
  strike: boolean;
  /** When to try again; null gives up: the entry is dead, until somebody asks for another try. */
  nextAt: Millis | null;
}

/** No wait is longer; a time further ahead than this was written before the clock was set back. */
export const LONGEST_WAIT = 2 * 3_600_000;

/**
 * Adds an entry for each configured output that is told of such changes, and returns how many; to be called in the
 * transaction that changes the alert. Where an output has no room, the oldest entry of its lowest level is given up.
 */
export function addOutbox(connection: Connection, alert: Alert, change: AlertChange, at: Millis): number {
  const told = knownOutputs(connection).filter(({ route }) => isTold(route, alert, change));
  if (told.length === 0) return 0;
  const body = alertToJson(alert);
  const insert = connection.sql(
    `INSERT INTO outbox(output, alert_id, change, at, body, next_at, level, device_key) VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
  );
  for (const output of told) {
    insert.run(output.name, alert.id, change, at, body, LEVELS.indexOf(alert.level), deviceKey(alert.device));
    makeRoom(connection, output);
  }
  return told.length;
}

/** Up to `limit` entries of an output that are due, oldest first; a device whose first entry waits is left out. */
export function dueOutbox(connection: Connection, output: string, now: Millis, limit: number): OutboxEntry[] {
  return read(connection, () => {
    const rows = connection.sql<Row>(DUE).all(output, output, now, now + LONGEST_WAIT, limit);
    return rows.map(({ body, ...row }) => ({ ...row, alert: alertFromJson(body, connection.path) }));
  });
}

/** When the next waiting entry of an output is due; null: none waits. */
export function nextDue(connection: Connection, output: string): Millis | null {
  return read(connection, () => connection.sql<{ at: Millis | null }>(NEXT).get(output)?.at ?? null);
}

/** Marks entries of an output as delivered, in one transaction of its own. */
export function markDelivered(connection: Connection, output: string, ids: readonly number[], at: Millis): void {
  write(connection, () => {
    const update = connection.sql(
      "UPDATE outbox SET delivered_at = ?, attempts = attempts + 1, error = NULL WHERE id = ? AND delivered_at IS NULL",
    );
    const changed = ids.reduce((sum, id) => sum + update.run(at, id).changes, 0);
    connection
      .sql("UPDATE outputs SET delivered = delivered + ?, delivered_at = ? WHERE name = ?")
      .run(changed, at, output);
  });
}

/** Counts a failed attempt for an entry of an output, in one transaction of its own. */
export function markFailed(connection: Connection, output: string, id: number, failed: FailedAttempt): void {
  write(connection, () => {
    connection
      .sql(`UPDATE outbox SET attempts = attempts + 1, strikes = strikes + ?, error = ?, next_at = ?
            WHERE id = ? AND delivered_at IS NULL AND next_at IS NOT NULL`)
      .run(failed.strike ? 1 : 0, failed.error, failed.nextAt, id);
    connection
      .sql("UPDATE outputs SET failed = failed + 1, failed_at = ?, error = ? WHERE name = ?")
      .run(failed.at, failed.error, output);
  });
}

/** The output works again: what waited after failed attempts is due. */
export function endWaits(connection: Connection, output: string): void {
  write(connection, () => {
    connection.sql(`UPDATE outbox SET next_at = 0 WHERE ${PENDING} AND output = ? AND next_at > 0`).run(output);
  });
}

/** Puts the dead entries of one output, or of all, back to be tried as new ones; returns how many. */
export function retryDead(connection: Connection, output: string | null): number {
  return write(connection, () => {
    const again =
      "UPDATE outbox SET next_at = 0, attempts = 0, strikes = 0 WHERE delivered_at IS NULL AND next_at IS NULL";
    if (output === null) return connection.sql(again).run().changes;
    return connection.sql(`${again} AND output = ?`).run(output).changes;
  });
}

/** Removes up to `limit` entries delivered before `before`, and returns how many. */
export function pruneOutbox(connection: Connection, before: Millis, limit = 500): number {
  return write(connection, () => {
    const old = "SELECT id FROM outbox WHERE delivered_at < ? ORDER BY delivered_at, id LIMIT ?";
    return connection.sql(`DELETE FROM outbox WHERE id IN (${old})`).run(before, limit).changes;
  });
}

interface Row extends Omit<OutboxEntry, "alert"> {
  body: string;
}

const PENDING = "delivered_at IS NULL AND next_at IS NOT NULL";
const DEAD = "delivered_at IS NULL AND next_at IS NULL";

const DUE = `
  SELECT id, output, change, at, body, device_key AS device, attempts, strikes FROM outbox
  WHERE output = ? AND ${PENDING} AND device_key NOT IN (
    SELECT device_key FROM outbox WHERE output = ? AND delivered_at IS NULL AND next_at > 0 AND next_at > ? AND next_at < ?)
  ORDER BY id LIMIT ?`;

const NEXT = "SELECT min(next_at) AS at FROM outbox WHERE output = ? AND delivered_at IS NULL AND next_at > 0";

/** Keeps what waits, and what is dead, to as many entries as the output may have; what goes is counted. */
function makeRoom(connection: Connection, { name, maxPending }: KnownOutput): void {
  const { pending, dead } = connection
    .sql<{ pending: number; dead: number }>("SELECT pending, dead FROM outputs WHERE name = ?")
    .get(name)!;
  const full = pending > maxPending;
  if (full) {
    const lowest = `SELECT id FROM outbox WHERE ${PENDING} AND output = ? ORDER BY level, id LIMIT 1`;
    connection.sql(`UPDATE outbox SET next_at = NULL, error = ? WHERE id = (${lowest})`).run(NO_ROOM, name);
    connection.sql("UPDATE outputs SET shed = shed + 1 WHERE name = ?").run(name);
  }
  if (dead + (full ? 1 : 0) <= maxPending) return;
  const oldest = `SELECT id FROM outbox WHERE ${DEAD} AND output = ? ORDER BY level, id LIMIT 1`;
  connection.sql(`DELETE FROM outbox WHERE id = (${oldest})`).run(name);
  connection.sql("UPDATE outputs SET dropped = dropped + 1 WHERE name = ?").run(name);
}

const NO_ROOM = "too many entries wait for this output";
