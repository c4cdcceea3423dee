/** `telltale outputs list | test | retry`: where alerts go, what waits, and what was given up. */
import { TelltaleError } from "../error.ts";
import { consoleOutput } from "../output/console.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Output } from "../output/output.ts";
import { table } from "../output/table.ts";
import { allOutputs, buildOutput, knownOutput } from "../run/build-output.ts";
import { systemClock } from "../run/clock.ts";
import { readConfig } from "../run/config.ts";
import { testAlert } from "../run/test-alert.ts";
import { openStore } from "../store/open.ts";
import { retryDead } from "../store/outbox.ts";
import { outputTotals } from "../store/outputs.ts";
import { requireDatabase } from "./database.ts";
import { outputJson } from "./output-json.ts";
import { print, terminalWidth, wantsColor, wantsJson } from "./terminal.ts";

export async function listOutputsCommand(options: { db: string; json?: boolean }): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const outputs = outputTotals(store);
    if (wantsJson(options)) {
      for (const output of outputs) await print(`${jsonLine(outputJson(output, Date.now()))}\n`);
      return;
    }
    if (outputs.length === 0) return print("No outputs: nothing has listened with this database.\n");
    const now = Date.now();
    const rows = outputs.map((one) => [
      one.name,
      one.type,
      String(one.delivered),
      String(one.pending),
      String(one.dead),
      String(one.failed),
      one.oldest === null ? "-" : age(now - one.oldest),
      one.active ? one.target : `${one.target} (no longer configured)`,
    ]);
    const heads = ["NAME", "TYPE", "DELIVERED", "PENDING", "DEAD", "FAILED", "OLDEST", "TARGET"];
    await print(table(heads, rows, terminalWidth()));
    const failing = outputs.filter((one) => one.error !== null && one.pending + one.dead > 0);
    for (const { name, error, failedAt } of failing)
      await print(`\n${escapeText(`${name}: last failed ${age(now - failedAt!)} ago: ${error}`)}\n`);
  } finally {
    store.close();
  }
}

export async function testOutputCommand(name: string, options: { config?: string }): Promise<void> {
  const configured = allOutputs(readConfig(options.config, {}).outputs);
  const config = configured.get(name);
  if (config === undefined) {
    const hint = `There are: ${[...configured.keys()].join(", ")}. Name the configuration file with --config.`;
    throw new TelltaleError("NOT_FOUND", `there is no output "${name}"`, hint);
  }
  const output = config.type === "console" ? shownHere() : buildOutput(name, config, systemClock);
  const at = Date.now();
  try {
    await output.deliver({ change: "opened", at, alert: testAlert(name, at) });
  } finally {
    await output.close();
  }
  const { target } = knownOutput(name, config);
  process.stderr.write(`${escapeText(`${name}: ${target} took a test alert in ${Date.now() - at} ms.`)}\n`);
}

export async function retryOutputsCommand(name: string | undefined, options: { db: string }): Promise<void> {
  requireDatabase(options.db);
  const store = openStore(options.db);
  try {
    const names = outputTotals(store).map((one) => one.name);
    if (name !== undefined && !names.includes(name))
      throw new TelltaleError("NOT_FOUND", `there is no output "${name}"`, `There are: ${names.join(", ") || "none"}.`);
    const count = retryDead(store, name ?? null);
    await print(`${count} dead ${count === 1 ? "entry" : "entries"} put back; a running listener tries again.\n`);
  } finally {
    store.close();
  }
}

function shownHere(): Output {
  const write = (text: string) => {
    process.stdout.write(text);
    return true;
  };
  const format = process.stdout.isTTY ? "card" : "json";
  return consoleOutput({ write, format, color: wantsColor(), width: terminalWidth(), lang: "en" });
}

function age(millis: number): string {
  const minutes = Math.max(0, Math.round(millis / 60_000));
  if (minutes < 60) return `${minutes}m`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)}h` : `${Math.round(minutes / 1_440)}d`;
}
