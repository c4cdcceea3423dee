/** `telltale stats`: every counter of the listener, as it last wrote them. */
import type { Counters } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { countersFromRows } from "../run/counters.ts";
import { readCounters } from "../store/counters.ts";
import { openStore } from "../store/open.ts";
import { outputTotals } from "../store/outputs.ts";
import { alertStats } from "../store/queries.ts";
import { countSilenced } from "../store/tell.ts";
import { nextUnparsed, UNPARSED_KEPT } from "../store/unparsed.ts";
import { outputJson } from "./output-json.ts";
import { print, wantsJson } from "./terminal.ts";

export async function statsCommand(options: { db: string; json?: boolean; unparsed?: boolean }): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    if (options.unparsed) {
      for (const { at, source, line } of nextUnparsed(store, 0, UNPARSED_KEPT)) {
        await print(
          `${jsonLine({ at: new Date(at).toISOString(), source, line: Buffer.from(line).toString("utf8") })}\n`,
        );
      }
      return;
    }
    const counters = countersFromRows(readCounters(store));
    const totals = outputTotals(store);
    counters.deliveries = Object.fromEntries(totals.map(({ name, delivered }) => [name, delivered]));
    const now = Date.now();
    const outputs = Object.fromEntries(totals.map((one) => [one.name, outputJson(one, now)]));
    const silenced = countSilenced(store);
    // The store knows them all: those of earlier runs and of replays too.
    counters.alerts = { ...counters.alerts, ...alertStats(store).level };
    if (wantsJson(options)) return print(`${jsonLine({ ...counters, outputs, silenced })}\n`);
    const sum = (of: "pending" | "dead") => ({ [of]: totals.reduce((n, one) => n + one[of], 0) });
    await print(statsText(counters, { ...sum("pending"), ...sum("dead"), silenced }));
  } finally {
    store.close();
  }
}

function statsText(counters: Counters, undelivered: Record<string, number>): string {
  const received = Object.values(counters.received).reduce((sum, n) => sum + n, 0);
  const line = (name: string, parts: Record<string, number>) => {
    const shown = Object.entries(parts)
      .filter(([, n]) => n > 0)
      .map(([part, n]) => `${n} ${part}`);
    return `${name.padEnd(11)} ${escapeText(shown.join(", ")) || "none"}\n`;
  };
  return [
    `${"received".padEnd(11)} ${received}\n`,
    line("  by", counters.received),
    line("outcomes", counters.outcomes),
    `${"lost".padEnd(11)} ${counters.kernelDrops} dropped by the kernel before they could be read\n`,
    line("shed", counters.shed),
    `${"devices".padEnd(11)} ${counters.devices}\n`,
    line("alerts", counters.alerts),
    line("ignored", counters.ignored),
    line("deliveries", counters.deliveries),
    line("not told", undelivered),
  ].join("");
}
