/** Times in which nobody is told of some alerts: who asked for them, when, and why. Nothing is ever removed. */
import { TelltaleError } from "../error.ts";
import { deviceKey, type Millis } from "../model.ts";
import { type Connection, read, write } from "./connection.ts";
import { parseStored } from "./failure.ts";

/** Which alerts, when, and why. */
export interface SilenceRequest {
  /** Names in any case; empty: every device. */
  devices: readonly string[];
  /** Ids; empty: every rule. */
  rules: readonly string[];
  from: Millis;
  /** The first moment after it. */
  until: Millis;
  comment: string;
}

/** A silence with its audit trail. */
export interface Silence extends SilenceRequest {
  id: number;
  createdAt: Millis;
  createdBy: string;
  /** Set when somebody ended it before its time. */
  expiredAt: Millis | null;
  expiredBy: string | null;
}

/** Who does something, and when. */
export interface SilenceAct {
  at: Millis;
  by: string;
}

/** Stores a silence in one transaction; the device names are folded. */
export function addSilence(connection: Connection, request: SilenceRequest, act: SilenceAct): Silence {
  return write(connection, () => {
    const { lastInsertRowid } = connection
      .sql(`INSERT INTO silences(devices, rules, from_at, until_at, comment, created_at, created_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(
        JSON.stringify(request.devices.map(deviceKey)),
        JSON.stringify(request.rules),
        request.from,
        request.until,
        request.comment,
        act.at,
        act.by,
      );
    return load(connection, Number(lastInsertRowid))!;
  });
}

/** Ends a silence now, in one transaction. Throws NOT_FOUND for one that is not there or is over. */
export function expireSilence(connection: Connection, id: number, act: SilenceAct): Silence {
  return write(connection, () => {
    const found = load(connection, id);
    const why = found === null ? "there is no such silence" : isOver(found, act.at) ? "it is over" : null;
    if (why !== null)
      throw new TelltaleError("NOT_FOUND", `silence ${id}: ${why}`, "List them with `telltale silence list`.");
    connection.sql("UPDATE silences SET expired_at = ?, expired_by = ? WHERE id = ?").run(act.at, act.by, id);
    return load(connection, id)!;
  });
}

/** Silences that are not over at `now`, or all; the newest first. */
export function listSilences(connection: Connection, now: Millis | null): Silence[] {
  return read(connection, () => {
    const all = connection.sql<Row>(`${SELECT} ORDER BY id DESC`).all();
    const silences = all.map((row) => toSilence(row, connection.path));
    return now === null ? silences : silences.filter((one) => !isOver(one, now));
  });
}

/** Whether a silence has ended. */
export function isOver(silence: Silence, now: Millis): boolean {
  return silence.until <= now || silence.expiredAt !== null;
}

/** SQL that holds for a row of `silences` in force for a device and a rule: columns or parameters of the caller. */
export function inForce(device: string, rule: string, at: string): string {
  const has = (list: string, value: string) =>
    `(${list} = '[]' OR EXISTS (SELECT 1 FROM json_each(${list}) WHERE value = ${value}))`;
  return `from_at <= ${at} AND until_at > ${at} AND (expired_at IS NULL OR expired_at > ${at})
    AND ${has("devices", device)} AND ${has("rules", rule)}`;
}

interface Row extends Omit<Silence, "devices" | "rules"> {
  devices: string;
  rules: string;
}

const SELECT = `
  SELECT id, devices, rules, from_at AS "from", until_at AS "until", comment, created_at AS createdAt,
    created_by AS createdBy, expired_at AS expiredAt, expired_by AS expiredBy FROM silences`;

function load(connection: Connection, id: number): Silence | null {
  const row = connection.sql<Row>(`${SELECT} WHERE id = ?`).get(id);
  return row === undefined ? null : toSilence(row, connection.path);
}

function toSilence(row: Row, path: string): Silence {
  return { ...row, devices: parseStored(row.devices, path), rules: parseStored(row.rules, path) };
}
