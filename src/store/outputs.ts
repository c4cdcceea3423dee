/** The outputs as the listener last knew them: what each is told, and what became of its entries. */
import type { Millis } from "../model.ts";
import { type Connection, read, write } from "./connection.ts";
import { parseStored } from "./failure.ts";
import { EVERYTHING, type Route } from "./route.ts";

/** An output as it is configured. */
export interface KnownOutput {
  name: string;
  /** `console`, `file`, `webhook` or `syslog`. */
  type: string;
  /** Where it sends to, without any secret. */
  target: string;
  route: Route;
  /** Entries that may wait; then those of the lowest level are given up. */
  maxPending: number;
}

/** What became of an output's entries since the database was made. */
export interface OutputTotals {
  name: string;
  type: string;
  target: string;
  /** Whether the listener that wrote the database last had it in its configuration. */
  active: boolean;
  delivered: number;
  /** Attempts that failed. */
  failed: number;
  pending: number;
  dead: number;
  /** Entries given up for want of room, and dead ones removed; they count as dead before. */
  shed: number;
  dropped: number;
  /** When the oldest pending entry's alert changed; null: nothing is pending. */
  oldest: Millis | null;
  deliveredAt: Millis | null;
  failedAt: Millis | null;
  /** Of the last attempt that failed. */
  error: string | null;
}

/** Entries that may wait where nothing is said. */
export const MAX_PENDING = 100_000;

/** Takes these outputs for the configured ones, in one transaction; what others have pending stays. */
export function registerOutputs(connection: Connection, outputs: readonly KnownOutput[]): void {
  write(connection, () => {
    connection.sql("UPDATE outputs SET active = 0").run();
    const upsert = connection.sql(
      `INSERT INTO outputs(name, type, target, route, max_pending, active) VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET type = excluded.type, target = excluded.target, route = excluded.route,
         max_pending = excluded.max_pending, active = 1`,
    );
    for (const { name, type, target, route, maxPending } of outputs)
      upsert.run(name, type, target, JSON.stringify(route), maxPending);
  });
}

/** The configured outputs, in order of their name. */
export function knownOutputs(connection: Connection): KnownOutput[] {
  const rows = connection.sql<Omit<KnownOutput, "route"> & { route: string }>(
    "SELECT name, type, target, route, max_pending AS maxPending FROM outputs WHERE active ORDER BY name",
  );
  return rows.all().map((row) => ({
    ...row,
    route: { ...EVERYTHING, ...parseStored<Partial<Route>>(row.route, connection.path) },
  }));
}

/** Every output that ever was, configured ones first. */
export function outputTotals(connection: Connection): OutputTotals[] {
  return read(connection, () => {
    const rows = connection.sql<Omit<OutputTotals, "active"> & { active: number }>(TOTALS).all();
    return rows.map((row) => ({ ...row, active: row.active === 1 }));
  });
}

const TOTALS = `
  SELECT name, type, target, active, delivered, failed, pending, dead, shed, dropped,
    (SELECT at FROM outbox WHERE output = name AND delivered_at IS NULL AND next_at IS NOT NULL ORDER BY id LIMIT 1)
      AS oldest, delivered_at AS deliveredAt, failed_at AS failedAt, error
  FROM outputs ORDER BY active DESC, name`;
