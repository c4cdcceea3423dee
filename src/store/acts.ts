/** What operators did from the command line: written whole here, picked up by a running engine later. */
import type { Act, Alert, AlertChange, Millis } from "../model.ts";
import { addHistory, loadWithGroup, resolveId, writeAlert } from "./alerts.ts";
import { type Connection, read, write } from "./connection.ts";
import { loadState } from "./state.ts";
import { tell } from "./tell.ts";

/** An act with its number; numbers grow in the order of the acts. */
export type RecordedAct = Act & { id: number };

/** What an act makes of an alert and its detection state. */
export interface ActResult {
  /** The alert after the act, acknowledgement, disposition and notes included. */
  alert: Alert;
  /** The state's JSON after the act; null leaves what is stored. */
  state: string | null;
  /** When the state's next timer is due; left out, it stays. */
  due?: Millis | null;
  /** What the outputs are told; null or `updated`: nothing. */
  changed: AlertChange | null;
}

/**
 * Records an act in one transaction: the alert, its state, its history, the outbox and the act itself.
 * `act.alert` may be the first 6 or more characters of the id. Throws NOT_FOUND, STORE_BUSY, or what `apply` throws;
 * then nothing is written.
 */
export function recordAct(
  connection: Connection,
  act: Act,
  apply: (state: string | null, alert: Alert) => ActResult,
): { act: RecordedAct; alert: Alert } {
  return write(connection, () => {
    const id = resolveId(connection, act.alert);
    const found = loadWithGroup(connection, id);
    if (found === null) throw new Error(`alert ${id} has no body`);
    const state = loadState(connection, found.group);
    const result = apply(state?.data ?? null, found.alert);
    writeAlert(connection, result.alert, found.group);
    if (state !== null && (result.state !== null || result.due !== undefined)) {
      const due = result.due === undefined ? state.due : result.due;
      connection
        .sql("UPDATE state SET data = ?, due = ? WHERE grp = ?")
        .run(result.state ?? state.data, due, found.group);
    }
    const note = [act.step, act.note].filter((part) => part !== null).join(": ") || null;
    addHistory(connection, result.alert, { at: act.at, change: act.kind, note, by: act.by });
    if (result.changed !== null && result.changed !== "updated") {
      tell(connection, result.alert, result.changed, act.at);
    }
    return { act: insertAct(connection, { ...act, alert: id }), alert: result.alert };
  });
}

/** Acts with an id above `after`, in order. */
export function actsAfter(connection: Connection, after: number): RecordedAct[] {
  return connection
    .sql<RecordedAct>(
      "SELECT id, at, by, alert_id AS alert, kind, step, disposition, note FROM acts WHERE id > ? ORDER BY id",
    )
    .all(after);
}

/** The id of the newest act, or 0: where an engine that has just loaded the state starts. */
export function lastActId(connection: Connection): number {
  return read(connection, () => {
    const row = connection.sql<{ id: number }>("SELECT coalesce(max(id), 0) AS id FROM acts").get();
    return row?.id ?? 0;
  });
}

function insertAct(connection: Connection, act: Act): RecordedAct {
  const { lastInsertRowid } = connection
    .sql("INSERT INTO acts(at, by, alert_id, kind, step, disposition, note) VALUES (?, ?, ?, ?, ?, ?, ?)")
    .run(act.at, act.by, act.alert, act.kind, act.step, act.disposition, act.note);
  return { ...act, id: Number(lastInsertRowid) };
}
