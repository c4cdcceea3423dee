/** Lists, exports and totals of alerts for people: newest first, by index, also with a million of them. */
import { type Alert, deviceKey, type Level, type Millis, type Status } from "../model.ts";
import { type AlertRow, sharedFields } from "./alert-row.ts";
import { loadAlert } from "./alerts.ts";
import { type Connection, read } from "./connection.ts";

/** Which alerts; a list means any of its values, all given fields must hold. */
export interface AlertFilter {
  /** Names in any case. */
  device?: readonly string[];
  rule?: readonly string[];
  advisory?: readonly string[];
  level?: readonly Level[];
  status?: readonly Status[];
  /** Last report at this time or later. */
  since?: Millis;
  /** First report at this time or earlier. */
  until?: Millis;
}

/** An alert in a list. */
export type AlertSummary = Pick<
  Alert,
  | "id"
  | "rule"
  | "advisory"
  | "level"
  | "confidence"
  | "verdict"
  | "device"
  | "node"
  | "address"
  | "status"
  | "count"
  | "firstSeen"
  | "lastSeen"
  | "disposition"
  | "acknowledged"
> & { title: string; exposure: Alert["exposure"]["state"] };

/** How many alerts there are by each value, the largest first. */
export interface AlertStats {
  total: number;
  level: Record<string, number>;
  status: Record<string, number>;
  rule: Record<string, number>;
  advisory: Record<string, number>;
  /** The ten devices (by folded name) with the most alerts. */
  device: Record<string, number>;
}

/** The `limit` alerts heard of last, newest first (then by id, descending). */
export function listAlerts(connection: Connection, filter: AlertFilter = {}, limit = 50): AlertSummary[] {
  return read(connection, () => {
    const terms = termsOf(filter);
    const lead = leadOf(connection, terms);
    const newest = (index: string, where: string[], values: unknown[]) => {
      const text = `SELECT * FROM alerts ${index} WHERE ${where.join(" AND ")} ORDER BY last_seen DESC, id DESC LIMIT ?`;
      return connection.sql<AlertRow>(text).all(...values, limit);
    };
    // What was heard of more than a day after `until` began before it only if it lasted: that has an index of its own.
    const end = filter.until === undefined ? Number.MAX_SAFE_INTEGER : filter.until + DAY;
    const others = terms.filter((term) => term !== lead).flatMap((term) => term.values);
    const where = [...conditions(terms, lead), "last_seen <= ?"];
    // One query a value: only then does the index deliver the newest first, and LIMIT stops early.
    const rows =
      lead === undefined
        ? newest("", where, [...times(filter), end])
        : lead.values.flatMap((value) =>
            newest("", [`${lead.column} = ?`, ...where], [value, ...others, ...times(filter), end]),
          );
    if (filter.until !== undefined && terms.every((term) => term.values.length > 0)) {
      const lasting = [...conditions(terms, undefined), "last_seen > ?", `last_seen - first_seen > ${DAY}`];
      const values = terms.flatMap((term) => term.values);
      rows.push(...newest("INDEXED BY alerts_lasting", lasting, [...values, ...times(filter), end]));
    }
    return rows.sort(newestFirst).slice(0, limit).map(summary);
  });
}

/** Every alert that fits, whole, in order of its first report; holds no lock between two of them. */
export function* exportAlerts(connection: Connection, filter: AlertFilter = {}): Generator<Alert> {
  const terms = termsOf(filter);
  const where = ["(first_seen, id) > (?, ?)", ...conditions(terms, undefined)].join(" AND ");
  const text = `SELECT id, first_seen FROM alerts WHERE ${where} ORDER BY first_seen, id LIMIT 200`;
  const values = terms.flatMap((term) => term.values);
  let last = { id: "", first_seen: Number.MIN_SAFE_INTEGER };
  for (;;) {
    const after = last;
    const page = read(connection, () => {
      const rows = connection.sql<typeof last>(text).all(after.first_seen, after.id, ...values, ...times(filter));
      return rows.map((row) => ({ row, alert: loadAlert(connection, row.id) }));
    });
    for (const { alert } of page) if (alert !== null) yield alert;
    const end = page.at(-1);
    if (end === undefined) return;
    last = end.row;
  }
}

/** Totals of all alerts, read from totals that the database keeps. */
export function alertStats(connection: Connection): AlertStats {
  return read(connection, () => {
    const by = (kind: string, limit: number) => {
      const rows = connection.sql<{ name: string; value: number }>(TOTALS).all(kind, limit);
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    };
    const level = by("level", -1);
    const total = Object.values(level).reduce((sum, value) => sum + value, 0);
    return {
      total,
      level,
      status: by("status", -1),
      rule: by("rule", -1),
      advisory: by("advisory", -1),
      device: by("device", 10),
    };
  });
}

/** As in the index `alerts_lasting`. */
const DAY: Millis = 86_400_000;

interface Term {
  kind: string;
  column: string;
  values: readonly string[];
}

const TOTALS = "SELECT name, value FROM totals WHERE kind = ? ORDER BY value DESC, name LIMIT ?";

function termsOf(filter: AlertFilter): Term[] {
  const terms: Term[] = [];
  const add = (kind: string, column: string, values: readonly string[] | undefined) => {
    if (values !== undefined) terms.push({ kind, column, values: [...new Set(values)] });
  };
  add("device", "device_key", filter.device?.map(deviceKey));
  add("rule", "rule", filter.rule);
  add("advisory", "advisory", filter.advisory);
  add("level", "level", filter.level);
  add("status", "status", filter.status);
  return terms;
}

// The totals say exactly how many alerts a term leaves, so the index with the fewest leads.
function leadOf(connection: Connection, terms: readonly Term[]): Term | undefined {
  const total = connection.sql<{ value: number }>("SELECT value FROM totals WHERE kind = ? AND name = ?");
  let least = Number.POSITIVE_INFINITY;
  let lead: Term | undefined;
  for (const term of terms) {
    const size = term.values.reduce((sum, value) => sum + (total.get(term.kind, value)?.value ?? 0), 0);
    if (size >= least) continue;
    least = size;
    lead = term;
  }
  return lead;
}

// The unary plus keeps SQLite from choosing that column's index instead of the leading one.
function conditions(terms: readonly Term[], lead: Term | undefined): string[] {
  const lists = terms
    .filter((term) => term !== lead)
    .map(({ column, values }) => `+${column} IN (${values.map(() => "?").join(", ")})`);
  return [...lists, "last_seen >= ?", "first_seen <= ?"];
}

function times(filter: AlertFilter): [Millis, Millis] {
  return [filter.since ?? Number.MIN_SAFE_INTEGER, filter.until ?? Number.MAX_SAFE_INTEGER];
}

function newestFirst(a: AlertRow, b: AlertRow): number {
  return b.last_seen - a.last_seen || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

function summary(row: AlertRow): AlertSummary {
  return { ...sharedFields(row), exposure: row.exposure_state };
}
