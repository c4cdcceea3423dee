/** Alerts as a whole: written in one piece, read back with every field. */
import { TelltaleError } from "../error.ts";
import type { Alert, Evidence, Millis } from "../model.ts";
import { type AlertRow, alertBody, alertFrom, alertRow, type EvidenceRow } from "./alert-row.ts";
import { type Connection, read } from "./connection.ts";

/** Evidence lines kept an alert; the engine chooses which and puts the most telling first. */
export const EVIDENCE_KEPT = 20;

/** What one step did to an alert, for `alert_history`. */
export interface HistoryEntry {
  at: Millis;
  /** `opened`, `raised`, `status`, or the kind of an operator's act. */
  change: string;
  note: string | null;
  /** Who did it; null for the engine. */
  by: string | null;
}

/** Writes an alert of the state group `group`, new or not; to be called inside a transaction. */
export function writeAlert(connection: Connection, alert: Alert, group: string): void {
  connection.sql(UPSERT).run(alertRow(alert, group));
  connection
    .sql("INSERT INTO alert_bodies(alert_id, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
    .run(alert.id, alertBody(alert));
  writeEvidence(connection, alert.id, alert.evidence.slice(0, EVIDENCE_KEPT));
  writeNotes(connection, alert.id, alert.notes);
}

/** Adds a row to the history of `alert`, as it is after the step; to be called inside a transaction. */
export function addHistory(connection: Connection, alert: Alert, entry: HistoryEntry): void {
  connection
    .sql(`INSERT INTO alert_history(alert_id, at, change, status, level, verdict, note, by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(alert.id, entry.at, entry.change, alert.status, alert.level, alert.verdict, entry.note, entry.by);
}

/** The alert with this exact id, or null. */
export function loadAlert(connection: Connection, id: string): Alert | null {
  return loadWithGroup(connection, id)?.alert ?? null;
}

/** The alert with this exact id and its state group, or null. */
export function loadWithGroup(connection: Connection, id: string): { alert: Alert; group: string } | null {
  return read(connection, () => {
    const row = connection.sql<AlertRow & { body: string }>(SELECT_WITH_BODY).get(id);
    if (row === undefined) return null;
    const evidence = evidenceOf(connection, id);
    return { alert: alertFrom(row, row.body, evidence, notesOf(connection, id), connection.path), group: row.grp };
  });
}

/** The alert with this id, or the only one whose id begins with these 6 or more characters; throws NOT_FOUND. */
export function findAlert(connection: Connection, idOrPrefix: string): Alert {
  return read(connection, () => {
    const alert = loadAlert(connection, resolveId(connection, idOrPrefix));
    if (alert === null) throw notFound(idOrPrefix, "there is no such alert");
    return alert;
  });
}

/** The full id for an id or its first 6 or more characters; throws NOT_FOUND where none or several fit. */
export function resolveId(connection: Connection, idOrPrefix: string): string {
  const exact = connection.sql<{ id: string }>("SELECT id FROM alerts WHERE id = ?").get(idOrPrefix);
  if (exact !== undefined) return exact.id;
  if (idOrPrefix.length < 6) throw notFound(idOrPrefix, "give the id, or at least its first 6 characters");
  // A range instead of LIKE: it uses the index, and no character in the input is a wildcard.
  const found = connection
    .sql<{ id: string }>("SELECT id FROM alerts WHERE id >= ? AND id < ? ORDER BY id LIMIT 2")
    .all(idOrPrefix, `${idOrPrefix}\u{10ffff}`);
  const [first, second] = found;
  if (first === undefined) throw notFound(idOrPrefix, "there is no such alert");
  if (second !== undefined) throw notFound(idOrPrefix, "several alerts begin so, give more characters");
  return first.id;
}

const UPSERT = `
  INSERT INTO alerts(id, rule, advisory, level, confidence, verdict, device, device_key, node, address, status, count,
    first_seen, last_seen, title_en, exposure_state, disposition, acknowledged_at, acknowledged_by, grp)
  VALUES (@id, @rule, @advisory, @level, @confidence, @verdict, @device, @device_key, @node, @address, @status, @count,
    @first_seen, @last_seen, @title_en, @exposure_state, @disposition, @acknowledged_at, @acknowledged_by, @grp)
  ON CONFLICT(id) DO UPDATE SET rule = excluded.rule, advisory = excluded.advisory, level = excluded.level,
    confidence = excluded.confidence, verdict = excluded.verdict, device = excluded.device,
    device_key = excluded.device_key, node = excluded.node, address = excluded.address, status = excluded.status,
    count = excluded.count, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
    title_en = excluded.title_en, exposure_state = excluded.exposure_state, disposition = excluded.disposition,
    acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by, grp = excluded.grp`;

const SELECT_WITH_BODY = "SELECT alerts.*, body FROM alerts JOIN alert_bodies ON alert_id = id WHERE id = ?";

function evidenceOf(connection: Connection, id: string): EvidenceRow[] {
  return connection.sql<EvidenceRow>("SELECT at, line FROM alert_evidence WHERE alert_id = ? ORDER BY seq").all(id);
}

function notesOf(connection: Connection, id: string): Alert["notes"] {
  return connection
    .sql<Alert["notes"][number]>("SELECT at, by, text FROM alert_notes WHERE alert_id = ? ORDER BY id")
    .all(id);
}

// A flood updates one alert many times while its evidence stays: compare before writing blobs again.
function writeEvidence(connection: Connection, id: string, evidence: readonly Evidence[]): void {
  const kept = evidenceOf(connection, id);
  if (kept.length === evidence.length && evidence.every((item, i) => sameLine(item, kept[i]))) return;
  connection.sql("DELETE FROM alert_evidence WHERE alert_id = ?").run(id);
  const insert = connection.sql("INSERT INTO alert_evidence(alert_id, seq, at, line) VALUES (?, ?, ?, ?)");
  for (const [seq, { at, raw }] of evidence.entries()) insert.run(id, seq, at, raw);
}

function sameLine(item: Evidence, row: EvidenceRow | undefined): boolean {
  return row !== undefined && item.at === row.at && Buffer.compare(item.raw, row.line) === 0;
}

function writeNotes(connection: Connection, id: string, notes: Alert["notes"]): void {
  const kept = notesOf(connection, id);
  if (JSON.stringify(kept) === JSON.stringify(notes.map(({ at, by, text }) => ({ at, by, text })))) return;
  connection.sql("DELETE FROM alert_notes WHERE alert_id = ?").run(id);
  const insert = connection.sql("INSERT INTO alert_notes(alert_id, at, by, text) VALUES (?, ?, ?, ?)");
  for (const { at, by, text } of notes) insert.run(id, at, by, text);
}

function notFound(id: string, why: string): TelltaleError {
  return new TelltaleError("NOT_FOUND", `${id}: ${why}`, "List the alerts with `telltale alerts list`.");
}
