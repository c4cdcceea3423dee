/** `telltale db backup | check | prune`: the database file itself. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { readRetention } from "../run/retention-config.ts";
import { copyStore } from "../store/backup.ts";
import { walBytes } from "../store/checkpoint.ts";
import { countDevices } from "../store/devices.ts";
import { RESTORE } from "../store/failure.ts";
import { findDamage } from "../store/integrity.ts";
import { openStore } from "../store/open.ts";
import { alertStats } from "../store/queries.ts";
import { type Pruned, prune, type Retention, removedAny, usedBytes } from "../store/retention.ts";
import { print, wantsJson } from "./terminal.ts";

interface DbOptions {
  db: string;
  json?: boolean;
}

export async function backupCommand(file: string, options: DbOptions & { force?: boolean }): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const bytes = copyStore(store, file, options.force ?? false);
    await print(wantsJson(options) ? `${jsonLine({ file, bytes })}\n` : `${escapeText(file)}: ${size(bytes)} copied\n`);
  } finally {
    store.close();
  }
}

export async function checkCommand(options: DbOptions): Promise<void> {
  const store = openStore(options.db, { readOnly: true });
  try {
    const damage = findDamage(store, "indexes");
    if (damage.length > 0) {
      if (wantsJson(options)) await print(`${jsonLine({ path: store.path, sound: false, damage })}\n`);
      throw new TelltaleError(
        "STORE_BROKEN",
        [`${store.path}: the database is damaged`, ...damage].join("\n"),
        RESTORE,
      );
    }
    const told = {
      path: store.path,
      sound: true,
      bytes: usedBytes(store),
      walBytes: walBytes(store),
      alerts: alertStats(store).total,
      devices: countDevices(store),
    };
    const text = `${escapeText(told.path)}: sound\n  ${size(told.bytes)}, ${told.alerts} alerts, ${told.devices} devices\n`;
    await print(wantsJson(options) ? `${jsonLine(told)}\n` : text);
  } finally {
    store.close();
  }
}

export async function pruneCommand(options: DbOptions & { age?: string; size?: string }): Promise<void> {
  const keep = retentionOf(options);
  if (!existsSync(options.db)) {
    const hint = "Name the listener's database with --db, or run this in its folder.";
    throw new TelltaleError("NO_INPUT", `${options.db}: there is no database`, hint);
  }
  const store = openStore(options.db);
  try {
    const sum: Pruned = { alerts: 0, devices: 0, deviceEvents: 0 };
    for (;;) {
      const step = prune(store, keep, Date.now());
      if (!removedAny(step)) break;
      for (const name of Object.keys(sum) as (keyof Pruned)[]) sum[name] += step[name];
      // A listener that waits for its turn gets it.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const bytes = usedBytes(store);
    const text = `Removed ${sum.alerts} alerts, ${sum.devices} devices, ${sum.deviceEvents} entries of devices; the rest holds ${size(bytes)}.\n`;
    await print(wantsJson(options) ? `${jsonLine({ ...sum, bytes })}\n` : text);
  } finally {
    store.close();
  }
}

function retentionOf(options: { age?: string; size?: string }): Retention {
  try {
    return readRetention({ age: options.age, size: options.size });
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    throw new TelltaleError("USAGE", `--${issue!.path.join(".")}: ${issue!.message}`, "Write --age 90d, --size 500MB.");
  }
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
