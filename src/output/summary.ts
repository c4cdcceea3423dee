/** What a replay found, in a few lines: alerts by level, rule and device; what was read; what was not understood. */
import type { Alert, Counters, Outcome } from "../model.ts";
import { LEVELS, OUTCOMES } from "../model.ts";
import { escapeText } from "./escape.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { type CardOptions, formatCount, LEVEL_STYLES, paint } from "./presentation.ts";
import { table } from "./table.ts";

/** What a replay ended with. */
export interface ReplayResult {
  alerts: readonly Alert[];
  counters: Counters;
  /** Wall time the replay took. */
  seconds: number;
  /** What the reader should know, such as which year was assumed; a sentence each. */
  notes: readonly string[];
}

/** Rows of the table of alerts; a flood of devices must not push the counts off the screen. */
const MAX_ROWS = 50;

/** The summary, ending in LF. */
export function replaySummary(result: ReplayResult, options: CardOptions): string {
  const labels = labelsOf(options.lang);
  return [
    alertLine(result.alerts, labels),
    alertTable(result.alerts, options, labels),
    `${readLine(result, labels)}\n`,
    ...outcomeLines(result.counters, labels).map((line) => `  ${line}\n`),
    ...result.notes.map((note) => `${escapeText(note)}\n`),
  ].join("");
}

function alertLine(alerts: readonly Alert[], labels: Labels): string {
  if (alerts.length === 0) return `${labels.noAlerts}\n`;
  const counts = [...LEVELS]
    .reverse()
    .map((level) => [level, alerts.filter((one) => one.level === level).length] as const);
  const shown = counts
    .filter(([, count]) => count > 0)
    .map(([level, count]) => labels.levelCount(labels.levels[level], formatCount(count)));
  return `${labels.alerts(alerts.length)}${labels.colon}${shown.join(labels.comma)}\n`;
}

interface Row {
  rank: number;
  alert: Alert;
  alerts: number;
  reports: number;
}

function alertTable(alerts: readonly Alert[], { color, lang, width }: CardOptions, labels: Labels): string {
  const rows = [...groupAlerts(alerts).values()].sort(
    (a, b) => b.rank - a.rank || order(a.alert.rule, b.alert.rule) || order(a.alert.device, b.alert.device),
  );
  if (rows.length === 0) return "\n";
  const header =
    lang === "ja" ? ["レベル", "ルール", "件数", "報告", "装置"] : ["LEVEL", "RULE", "ALERTS", "REPORTS", "DEVICE"];
  const cells = rows
    .slice(0, MAX_ROWS)
    .map(({ alert, alerts, reports }) => [
      labels.levels[alert.level],
      alert.rule,
      formatCount(alerts),
      formatCount(reports),
      alert.device,
    ]);
  const printed = table(header, cells, width, (cell, row, column) =>
    column === 0 ? paint(color, LEVEL_STYLES[rows[row]!.alert.level], cell) : cell,
  );
  const more = rows.length > MAX_ROWS ? `${labels.moreRows(rows.length - MAX_ROWS)}\n` : "";
  return `\n${printed}${more}\n`;
}

function groupAlerts(alerts: readonly Alert[]): Map<string, Row> {
  const groups = new Map<string, Row>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.level, alert.rule, alert.device]);
    const row = groups.get(key) ?? { rank: LEVELS.indexOf(alert.level), alert, alerts: 0, reports: 0 };
    row.alerts++;
    row.reports += alert.count;
    groups.set(key, row);
  }
  return groups;
}

function readLine({ counters, seconds }: ReplayResult, labels: Labels): string {
  const lines = sum(counters.received);
  const rate = seconds > 0 ? formatCount(lines / seconds) : null;
  return labels.lines(formatCount(lines), formatBytes(sum(counters.bytes)), seconds.toFixed(1), rate);
}

/** One line for each outcome that happened, understood messages first. */
function outcomeLines(counters: Counters, labels: Labels): string[] {
  const lines: string[] = [];
  const { outcomes, kernelDrops, shed } = counters;
  if (outcomes.parsed > 0) lines.push(labels.parsed(formatCount(outcomes.parsed)));
  for (const outcome of OUTCOMES.filter((one): one is Exclude<Outcome, "parsed"> => one !== "parsed")) {
    if (outcomes[outcome] > 0) lines.push(labels.outcomes[outcome](formatCount(outcomes[outcome])));
  }
  if (kernelDrops > 0) lines.push(labels.kernelDrops(formatCount(kernelDrops)));
  for (const [what, count] of Object.entries(shed)) {
    if (count > 0) lines.push(labels.shed(formatCount(count), escapeText(what)));
  }
  return lines;
}

/** Bytes with a decimal unit: `512 B`, `1.5 kB`, `98.7 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1_000;
  while (value >= 999.95 && units.length > 1) {
    value /= 1_000;
    units.shift();
  }
  return `${value.toFixed(1)} ${units[0]!}`;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
