/** What became of an alert, moment by moment: also a level that moved because a release was learnt or set. */
import { type Alert, LEVELS, type Level, type Millis } from "../model.ts";
import { addHistory } from "./alerts.ts";
import type { Connection } from "./connection.ts";

/** Moves of a level kept an alert: forged banners that contradict each other must not fill the database. */
const MOVES_KEPT = 100;

/** An alert as it was after a change. */
export type AlertMoment = Pick<Alert, "status" | "level" | "verdict"> & {
  at: Millis;
  change: string;
  note: string | null;
};

/** An alert as it is now; of one about several routers also how many they are, which is what rises. */
export function momentOf(alert: Alert, change: string, at: Millis): AlertMoment {
  const { status, level, verdict } = alert;
  return { status, level, verdict, at, change, note: alert.device === "*" ? `${alert.count} routers` : null };
}

/** The level of a stored alert, or null. */
export function loadLevel(connection: Connection, id: string): Level | null {
  return connection.sql<{ level: Level }>("SELECT level FROM alerts WHERE id = ?").get(id)?.level ?? null;
}

/** What a level did on its way from `before` to `after`. */
export function levelChange(before: Level, after: Level): "raised" | "lowered" {
  return LEVELS.indexOf(after) > LEVELS.indexOf(before) ? "raised" : "lowered";
}

/** Enters that the level of an alert moved without a report; to be called inside a transaction. */
export function addLevelMove(connection: Connection, alert: Alert, before: Level, at: Millis): void {
  const count = connection.sql<{ n: number }>("SELECT count(*) AS n FROM alert_history WHERE alert_id = ?");
  if (count.get(alert.id)!.n >= MOVES_KEPT) return;
  addHistory(connection, alert, { at, change: levelChange(before, alert.level), note: NOTE, by: null });
}

const NOTE = "what is known of its release changed";
