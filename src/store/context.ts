/** What a router said before an alert opened: at most ten lines, kept with it. */
import type { Evidence } from "../model.ts";
import { type Connection, read } from "./connection.ts";

/** Replaces the lines of one alert; to be called inside a transaction, after the alert is written. */
export function writeContext(connection: Connection, alert: string, lines: readonly Evidence[]): void {
  connection.sql("DELETE FROM alert_context WHERE alert_id = ?").run(alert);
  const insert = connection.sql("INSERT INTO alert_context(alert_id, seq, at, line) VALUES (?, ?, ?, ?)");
  for (const [seq, { at, raw }] of lines.entries()) insert.run(alert, seq, at, raw);
}

/** The lines of one alert, oldest first. */
export function loadContext(connection: Connection, alert: string): Evidence[] {
  return read(connection, () =>
    connection
      .sql<{ at: number; line: Uint8Array }>("SELECT at, line FROM alert_context WHERE alert_id = ? ORDER BY seq")
      .all(alert)
      .map(({ at, line }) => ({ at, raw: Uint8Array.from(line) })),
  );
}
