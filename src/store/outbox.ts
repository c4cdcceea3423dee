/** What is still to be told to each output: at least once, in the order of the commits. */
import type { Alert, AlertChange, Millis } from "../model.ts";
import { alertFromJson, alertToJson } from "./alert-row.ts";
import { type Connection, read, write } from "./connection.ts";

/** One thing to tell one output. */
export interface OutboxEntry {
  id: number;
  output: string;
  change: AlertChange;
  at: Millis;
  /** The alert as it was when it changed so. */
  alert: Alert;
  attempts: number;
  /** Not to be tried before; entries behind it wait too, or the order would be lost. */
  nextAt: Millis;
  error: string | null;
}

/** How a delivery failed. */
export interface Failure {
  error: string;
  /** When to try again; null gives up: the entry stays, counted as dead. */
  nextAt: Millis | null;
}

/** How many entries of one output are in which state. */
export interface OutboxCounts {
  output: string;
  pending: number;
  delivered: number;
  dead: number;
}

/** Adds an entry for each output and returns how many; to be called in the transaction that changes the alert. */
export function addOutbox(
  connection: Connection,
  outputs: readonly string[],
  alert: Alert,
  change: AlertChange,
  at: Millis,
): number {
  if (outputs.length === 0) return 0;
  const body = alertToJson(alert);
  const insert = connection.sql(
    "INSERT INTO outbox(output, alert_id, change, at, body, next_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const output of outputs) insert.run(output, alert.id, change, at, body, at);
  return outputs.length;
}

/** Up to `limit` undelivered entries of an output, oldest first, also those whose time has not come. */
export function pendingOutbox(connection: Connection, output: string, limit: number): OutboxEntry[] {
  return read(connection, () => {
    const rows = connection.sql<Row>(PENDING).all(output, limit);
    return rows.map(({ body, ...row }) => ({ ...row, alert: alertFromJson(body, connection.path) }));
  });
}

/** Marks entries as delivered, in one transaction of its own. */
export function markDelivered(connection: Connection, ids: readonly number[], at: Millis): void {
  write(connection, () => {
    const update = connection.sql(
      "UPDATE outbox SET delivered_at = ?, attempts = attempts + 1, error = NULL WHERE id = ? AND delivered_at IS NULL",
    );
    for (const id of ids) update.run(at, id);
  });
}

/** Counts a failed attempt for entries, in one transaction of its own. */
export function markFailed(connection: Connection, ids: readonly number[], failure: Failure): void {
  write(connection, () => {
    const update = connection.sql(
      "UPDATE outbox SET attempts = attempts + 1, error = ?, next_at = ? WHERE id = ? AND delivered_at IS NULL",
    );
    for (const id of ids) update.run(failure.error, failure.nextAt, id);
  });
}

/** Entries by output and state, in order of the output's name. */
export function countOutbox(connection: Connection): OutboxCounts[] {
  return read(connection, () => connection.sql<OutboxCounts>(COUNTS).all());
}

/** How many entries each output has still to be told. */
export function queueLengths(connection: Connection): Record<string, number> {
  return read(connection, () => {
    const rows = connection.sql<{ output: string; n: number }>(QUEUES).all();
    return Object.fromEntries(rows.map(({ output, n }) => [output, n]));
  });
}

/** Removes up to `limit` entries delivered before `before`, and returns how many. */
export function pruneOutbox(connection: Connection, before: Millis, limit = 500): number {
  return write(connection, () => {
    const old = "SELECT id FROM outbox WHERE delivered_at < ? ORDER BY delivered_at, id LIMIT ?";
    return connection.sql(`DELETE FROM outbox WHERE id IN (${old})`).run(before, limit).changes;
  });
}

/** Keeps the names of the outputs, so that the command line can address them too; inside a transaction. */
export function rememberOutputs(connection: Connection, outputs: readonly string[]): void {
  connection
    .sql(`INSERT INTO meta(name, value) VALUES ('outputs', ?)
          ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value`)
    .run(JSON.stringify(outputs));
}

/** The outputs of the last commit. */
export function knownOutputs(connection: Connection): string[] {
  const row = connection.sql<{ name: string }>(
    "SELECT json_each.value AS name FROM meta, json_each(meta.value) WHERE meta.name = 'outputs' ORDER BY json_each.id",
  );
  return row.all().map(({ name }) => name);
}

interface Row extends Omit<OutboxEntry, "alert"> {
  body: string;
}

const PENDING = `
  SELECT id, output, change, at, body, attempts, next_at AS nextAt, error FROM outbox
  WHERE output = ? AND delivered_at IS NULL AND next_at IS NOT NULL ORDER BY id LIMIT ?`;

const QUEUES = `
  SELECT output, count(*) AS n FROM outbox WHERE delivered_at IS NULL AND next_at IS NOT NULL GROUP BY output`;

const COUNTS = `
  SELECT output,
    sum(delivered_at IS NULL AND next_at IS NOT NULL) AS pending,
    sum(delivered_at IS NOT NULL) AS delivered,
    sum(delivered_at IS NULL AND next_at IS NULL) AS dead
  FROM outbox GROUP BY output ORDER BY output`;
