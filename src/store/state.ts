/** Detection state and timers: opaque JSON rows that the engine keeps between runs. */
import type { Millis } from "../model.ts";
import { type Connection, read } from "./connection.ts";

/** One row of detection state; `data` is JSON that only the engine reads. */
export interface StateRow {
  group: string;
  rule: string;
  version: string;
  data: string;
  /** When its next timer is due, or null. */
  due: Millis | null;
}

/** Writes state rows, new or not; to be called inside a transaction. */
export function writeStates(connection: Connection, states: readonly StateRow[]): void {
  const upsert = connection.sql(`
    INSERT INTO state(grp, rule, version, data, due) VALUES (@group, @rule, @version, @data, @due)
    ON CONFLICT(grp) DO UPDATE SET rule = excluded.rule, version = excluded.version, data = excluded.data,
      due = excluded.due`);
  for (const state of states) upsert.run(state);
}

/** Removes state rows; to be called inside a transaction. */
export function dropStates(connection: Connection, groups: readonly string[]): void {
  const remove = connection.sql("DELETE FROM state WHERE grp = ?");
  for (const group of groups) remove.run(group);
}

/** The state of one group, or null. */
export function loadState(connection: Connection, group: string): StateRow | null {
  return read(connection, () => connection.sql<StateRow>(`${SELECT} WHERE grp = ?`).get(group) ?? null);
}

/** Every state row, in order of its group. */
export function loadStates(connection: Connection): StateRow[] {
  return read(connection, () => connection.sql<StateRow>(`${SELECT} ORDER BY grp`).all());
}

const SELECT = `SELECT grp AS "group", rule, version, data, due FROM state`;
