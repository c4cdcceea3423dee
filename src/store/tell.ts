/** Who is told of a change: the outputs, or nobody while a silence holds; and what is told when it ends. */
import { type Alert, type AlertChange, deviceKey, type Millis } from "../model.ts";
import { loadAlert } from "./alerts.ts";
import { type Connection, read, write } from "./connection.ts";
import { addOutbox } from "./outbox.ts";
import { inForce } from "./silences.ts";

/** What became of a change: entries written, or the silence because of which there are none. */
export type Told = { queued: number; silence: null } | { queued: 0; silence: { id: number; comment: string } };

/** A change of which nobody was told at its time. */
export interface Silenced {
  at: Millis;
  change: AlertChange;
  silence: number;
  comment: string;
  by: string;
  until: Millis;
  /** When the silences were over; null: one holds. */
  endedAt: Millis | null;
  /** What was told then; null: nothing was left to tell. */
  told: AlertChange | null;
}

/** Puts a change into the outbox of each output that is told, or notes that a silence holds; in the transaction that
 * changes the alert. */
export function tell(connection: Connection, alert: Alert, change: AlertChange, at: Millis): Told {
  const silence = connection
    .sql<{ id: number; comment: string }>(HOLDS)
    .get({ device: deviceKey(alert.device), rule: alert.rule, at });
  if (silence === undefined) return { queued: addOutbox(connection, alert, change, at), silence: null };
  connection
    .sql("INSERT INTO silenced(alert_id, silence_id, at, change) VALUES (?, ?, ?, ?)")
    .run(alert.id, silence.id, at, change);
  return { queued: 0, silence };
}

/**
 * Tells once, in one transaction, what silences have kept back that are over at `now`: an alert that waits for somebody,
 * or the end of one whose opening was told. Returns how many entries it put into the outbox.
 */
export function tellSilenced(connection: Connection, now: Millis, limit = 200): number {
  const over = () => connection.sql<{ id: string }>(OVER).all({ at: now, limit });
  if (read(connection, over).length === 0) return 0;
  return write(connection, () => {
    let queued = 0;
    for (const { id } of over()) {
      const alert = loadAlert(connection, id)!;
      const changes = connection
        .sql<{ change: AlertChange }>("SELECT change FROM silenced WHERE alert_id = ? AND ended_at IS NULL ORDER BY id")
        .all(id);
      const told = leftToTell(
        alert,
        changes.map(({ change }) => change),
      );
      if (told !== null) queued += addOutbox(connection, alert, told, now);
      connection
        .sql("UPDATE silenced SET ended_at = ?, told = ? WHERE alert_id = ? AND ended_at IS NULL")
        .run(now, told, id);
    }
    return queued;
  });
}

/** The changes of an alert of which nobody was told, oldest first. */
export function silencedOf(connection: Connection, alert: string): Silenced[] {
  return read(connection, () => connection.sql<Silenced>(OF_ALERT).all(alert));
}

/** How many changes nobody was told of at their time. */
export function countSilenced(connection: Connection): number {
  return read(connection, () => connection.sql<{ n: number }>("SELECT count(*) AS n FROM silenced").get()!.n);
}

const HOLDS = `SELECT id, comment FROM silences WHERE ${inForce("@device", "@rule", "@at")} ORDER BY until_at DESC LIMIT 1`;

const OVER = `
  SELECT DISTINCT alert_id AS id FROM silenced JOIN alerts a ON a.id = alert_id
  WHERE ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM silences WHERE ${inForce("a.device_key", "a.rule", "@at")})
  LIMIT @limit`;

const OF_ALERT = `
  SELECT s.at, s.change, s.silence_id AS silence, comment, created_by AS "by",
    min(until_at, coalesce(expired_at, until_at)) AS "until", s.ended_at AS endedAt, s.told
  FROM silenced s JOIN silences ON silences.id = s.silence_id WHERE alert_id = ? ORDER BY s.id`;

/** What brings those who are told up to date, in one change. */
function leftToTell(alert: Alert, changes: readonly AlertChange[]): AlertChange | null {
  const isOver = alert.status === "resolved" || alert.status === "closed";
  if (changes.includes("opened")) return isOver ? null : "opened";
  if (isOver) return "status";
  return (["raised", "status", "reminded"] as const).find((one) => changes.includes(one)) ?? null;
}
