/** `telltale alerts ack | done | close`: an operator's act, written to the history. */
import type { Act } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { openRules } from "../rule/open.ts";
import { performAct } from "../run/act.ts";
import { openStore } from "../store/open.ts";
import { requireDatabase } from "./database.ts";
import { print, userName } from "./terminal.ts";

interface ActOptions {
  kind: "ack" | "done" | "close";
  id: string;
  step?: string;
  as?: "confirmed" | "false-alarm";
  note?: string;
  db: string;
}

export async function actCommand(options: ActOptions): Promise<void> {
  const act: Act = {
    at: Date.now(),
    by: userName(),
    alert: options.id,
    kind: options.kind,
    step: options.step ?? null,
    disposition: options.as ?? null,
    note: options.note ?? null,
  };
  requireDatabase(options.db);
  const store = openStore(options.db);
  try {
    const alert = performAct(store, act, await openRules());
    const what = { ack: "acknowledged", done: `step ${options.step} ticked`, close: "closed" }[options.kind];
    const line = `${alert.id}: ${what}; status ${alert.status} (${alert.device}, ${alert.rule})`;
    await print(`${escapeText(line)}\n`);
  } finally {
    store.close();
  }
}
