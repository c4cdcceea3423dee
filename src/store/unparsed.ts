/** The newest lines that no dialect understood: what to look at when the parser learns. */
import type { Millis } from "../model.ts";
import { type Connection, read } from "./connection.ts";

/** Lines kept; the oldest go first. */
export const UNPARSED_KEPT = 1000;

/** A line that was not understood. */
export interface Unparsed {
  at: Millis;
  /** Socket address or file name. */
  source: string;
  line: Uint8Array;
}

/** Adds lines and drops the oldest above the limit; to be called inside a transaction. */
export function addUnparsed(connection: Connection, lines: readonly Unparsed[]): void {
  if (lines.length === 0) return;
  const insert = connection.sql("INSERT INTO unparsed(at, source, line) VALUES (?, ?, ?)");
  for (const { at, source, line } of lines.slice(-UNPARSED_KEPT)) insert.run(at, source, line);
  connection.sql(`DELETE FROM unparsed WHERE id <= (SELECT max(id) FROM unparsed) - ${UNPARSED_KEPT}`).run();
}

/** Up to `limit` lines with an id above `after`, oldest first; start with 0 and go on with the last id. */
export function nextUnparsed(connection: Connection, after = 0, limit = 100): (Unparsed & { id: number })[] {
  return read(connection, () => {
    const rows = connection
      .sql<Unparsed & { id: number }>("SELECT id, at, source, line FROM unparsed WHERE id > ? ORDER BY id LIMIT ?")
      .all(after, limit);
    return rows.map((row) => ({ ...row, line: Uint8Array.from(row.line) }));
  });
}
