/** `telltale replay`: captured logs in, alerts out; progress and summary on stderr. */
import { existsSync, statSync } from "node:fs";
import { alertJson } from "../output/alert-json.ts";
import { alertCard } from "../output/card.ts";
import { jsonLine } from "../output/json-line.ts";
import { createProgress } from "../output/progress.ts";
import { replaySummary } from "../output/summary.ts";
import { openRules } from "../rule/open.ts";
import { replay } from "../run/replay.ts";
import { storeReplay } from "../run/store-replay.ts";
import { loadDeviceSettings } from "../store/device-settings.ts";
import { openStore } from "../store/open.ts";
import { readTime } from "./arguments.ts";
import { print, terminalWidth, wantsColor, wantsJson } from "./terminal.ts";

interface ReplayCommandOptions {
  format?: "text" | "json";
  json?: boolean;
  db?: string;
  failOnAlert?: boolean;
  year?: number;
  until?: string;
  operations?: boolean;
  rules?: string;
  lang: "en" | "ja";
  tz?: number;
}

export async function replayCommand(paths: string[], options: ReplayCommandOptions): Promise<void> {
  const rules = await openRules(options.rules);
  // Before the work, so that a database that cannot be written is told at once.
  const store = options.db === undefined ? null : openStore(options.db, { exclusive: true, at: Date.now() });
  const settings = store === null ? [] : loadDeviceSettings(store);
  const started = process.hrtime.bigint();
  const progress = process.stderr.isTTY
    ? createProgress({
        total: totalBytes(paths),
        write: (text) => process.stderr.write(text),
        columns: process.stderr.columns || 80,
        now: () => Number(process.hrtime.bigint() / 1_000_000n),
      })
    : null;
  const result = await replay({
    paths,
    rules,
    year: options.year ?? null,
    settings,
    until: options.until === undefined ? null : readTime(options.until),
    operations: options.operations === true,
    keepsHistory: store !== null,
    onProgress: ({ bytes, lines, alerts }) => progress?.update(bytes, lines, alerts),
  });
  progress?.done();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const color = wantsColor();
  const asJson = wantsJson(options);
  const utcOffsetMinutes = options.tz ?? 0;
  for (const alert of result.alerts) {
    await print(
      asJson
        ? `${jsonLine(alertJson(alert))}\n`
        : `${alertCard(alert, { color, width: terminalWidth(), lang: options.lang, utcOffsetMinutes })}\n`,
    );
  }
  if (store !== null) {
    storeReplay(store, result);
    store.close();
  }
  result.spill.close();
  process.stderr.write(
    replaySummary(
      { alerts: result.alerts, counters: result.counters, seconds, notes: result.notes },
      { color: color && process.stderr.isTTY === true, width: process.stderr.columns || 100, lang: options.lang },
    ),
  );
  if (result.broken !== null) throw result.broken;
  if (options.failOnAlert && result.alerts.some((alert) => alert.level !== "informational")) process.exitCode = 1;
}

/** Bytes to read, where that is known: not for stdin, and compressed files are larger than they look. */
function totalBytes(paths: string[]): number | null {
  if (paths.some((path) => path === "-" || /\.(?:gz|zst)$/.test(path) || !existsSync(path))) return null;
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}
