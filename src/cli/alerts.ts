/** `telltale alerts list | show | export | stats`: the history, read while the listener runs. */
import { alertJson } from "../output/alert-json.ts";
import { alertCard } from "../output/card.ts";
import { csv } from "../output/csv.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { silencedJson, silencedLines } from "../output/silenced.ts";
import { table } from "../output/table.ts";
import { findAlert } from "../store/alerts.ts";
import { loadContext } from "../store/context.ts";
import { openStore, type Store } from "../store/open.ts";
import { type AlertFilter, type AlertSummary, alertStats, exportAlerts, listAlerts } from "../store/queries.ts";
import { silencedOf } from "../store/tell.ts";
import { readLevels, readStatuses, readTime } from "./arguments.ts";
import { print, terminalWidth, wantsColor, wantsJson } from "./terminal.ts";
import { shownTime } from "./time.ts";

interface FilterOptions {
  device?: string[];
  rule?: string[];
  advisory?: string[];
  level?: string[];
  status?: string[];
  since?: string;
  until?: string;
  db: string;
}

export async function listCommand(
  options: FilterOptions & { limit: number; json?: boolean; format?: string; tz?: number },
): Promise<void> {
  await withStore(options.db, async (store) => {
    const found = listAlerts(store, readFilter(options), options.limit);
    if (options.format === "csv") return print(csvOf(found));
    if (wantsJson(options)) {
      for (const one of found) {
        const { firstSeen, lastSeen, acknowledged, ...rest } = one;
        const acked =
          acknowledged === null ? null : { at: new Date(acknowledged.at).toISOString(), by: acknowledged.by };
        await print(
          `${jsonLine({ schema: 1, ...rest, firstSeen: new Date(firstSeen).toISOString(), lastSeen: new Date(lastSeen).toISOString(), acknowledged: acked })}\n`,
        );
      }
      return;
    }
    if (found.length === 0) return print("No alerts.\n");
    const rows = found.map((one) => [
      one.id.slice(0, 10),
      one.level,
      one.status + (one.acknowledged === null ? "" : ", ack"),
      one.node === null ? one.device : `${one.device} ${one.node}`,
      String(one.count),
      shownTime(one.lastSeen, options.tz),
      one.title,
    ]);
    await print(table(["ID", "LEVEL", "STATUS", "DEVICE", "COUNT", "LAST SEEN", "TITLE"], rows, terminalWidth()));
  });
}

export async function showCommand(
  id: string,
  options: { db: string; json?: boolean; lang: "en" | "ja"; tz?: number },
): Promise<void> {
  await withStore(options.db, async (store) => {
    const alert = findAlert(store, id);
    const context = loadContext(store, alert.id).map(({ at, raw }) => ({
      at: new Date(at).toISOString(),
      line: Buffer.from(raw).toString("utf8"),
    }));
    const silenced = silencedOf(store, alert.id);
    const more = silenced.length === 0 ? {} : { silenced: silencedJson(silenced) };
    if (options.json) return print(`${jsonLine({ ...alertJson(alert), ...more, context })}\n`);
    const look = { color: wantsColor(), width: terminalWidth(), lang: options.lang, utcOffsetMinutes: options.tz ?? 0 };
    await print(`${alertCard(alert, look)}\n`);
    const untold = silencedLines(silenced, options.tz);
    if (untold.length > 0) await print(`Nobody was told\n${untold.join("\n")}\n\n`);
    if (context.length === 0) return;
    const lines = context.map(({ at, line }) => `  ${at.slice(0, 19)}Z | ${escapeText(line)}\n`);
    await print(`Lines of ${escapeText(alert.device)} before\n${lines.join("")}`);
  });
}

export async function exportCommand(options: FilterOptions): Promise<void> {
  await withStore(options.db, async (store) => {
    for (const alert of exportAlerts(store, readFilter(options))) await print(`${jsonLine(alertJson(alert))}\n`);
  });
}

export async function statsCommand(options: { db: string; json?: boolean }): Promise<void> {
  await withStore(options.db, async (store) => {
    const stats = alertStats(store);
    if (wantsJson(options)) return print(`${jsonLine(stats)}\n`);
    const { total, ...groups } = stats;
    const rows = Object.entries(groups).flatMap(([by, counts]) =>
      Object.entries(counts).map(([name, n]) => [by, name, String(n)]),
    );
    await print(`${total} alerts\n${rows.length === 0 ? "" : table(["BY", "NAME", "ALERTS"], rows, terminalWidth())}`);
  });
}

const CSV_HEAD = ["id", "level", "status", "confidence", "verdict", "device", "node", "address", "rule", "advisory"];

function csvOf(alerts: AlertSummary[]): string {
  const iso = (at: number) => new Date(at).toISOString();
  const rows = alerts.map((one) => [
    ...[one.id, one.level, one.status, one.confidence, one.verdict, one.device, one.node ?? "", one.address ?? ""],
    ...[one.rule, one.advisory, one.count, iso(one.firstSeen), iso(one.lastSeen), one.exposure],
    ...[one.acknowledged?.by ?? "", one.disposition ?? "", one.title],
  ]);
  const rest = ["count", "firstSeen", "lastSeen", "exposure", "acknowledgedBy", "disposition", "title"];
  return csv([[...CSV_HEAD, ...rest], ...rows]);
}

function readFilter(options: FilterOptions): AlertFilter {
  const level = readLevels(options.level);
  const status = readStatuses(options.status);
  return {
    ...(options.device === undefined ? {} : { device: options.device }),
    ...(options.rule === undefined ? {} : { rule: options.rule }),
    ...(options.advisory === undefined ? {} : { advisory: options.advisory }),
    ...(level === undefined ? {} : { level }),
    ...(status === undefined ? {} : { status }),
    ...(options.since === undefined ? {} : { since: readTime(options.since) }),
    ...(options.until === undefined ? {} : { until: readTime(options.until) }),
  };
}

async function withStore(path: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = openStore(path, { readOnly: true });
  try {
    await work(store);
  } finally {
    store.close();
  }
}
