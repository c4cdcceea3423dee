/** A database from before outputs had a table of their own goes on telling whom it told. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { alertToJson } from "../../src/store/alert-row.ts";
import { commitBatch } from "../../src/store/commit.ts";
import { connection } from "../../src/store/connection.ts";
import { readCounters } from "../../src/store/counters.ts";
import { MIGRATIONS, migrate, readMigrations } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/open.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { knownOutputs, outputTotals } from "../../src/store/outputs.ts";
import { alert, batch, folder, opened } from "./support.ts";

it("keeps what is pending and what was counted", () => {
  const path = join(folder(), "telltale.db");
  const before = folder();
  const old = readMigrations().filter(({ name }) => name < "0005");
  for (const { name } of old) cpSync(join(MIGRATIONS, name), join(before, name));
  const db = connection(new Database(path), path);
  migrate(db, old, 1);
  commitBatch(db, 0, () => batch({ tell: false, alerts: [opened(alert({ id: "a" }))] }));
  const insert = db.db.prepare(
    "INSERT INTO outbox(output, alert_id, change, at, body, next_at, delivered_at) VALUES ('console', 'a', 'opened', ?, ?, ?, ?)",
  );
  const body = alertToJson(alert({ id: "a" }));
  insert.run(1, body, 1, 5);
  insert.run(2, body, 900_000_000_000_000, null);
  insert.run(3, body, null, null);
  db.db.exec(`INSERT INTO counters VALUES ('deliveries.console', 7), ('received.udp', 9);
    INSERT INTO meta VALUES ('outputs', '["console"]')`);
  db.db.close();

  const store = openStore(path);
  expect(outputTotals(store)).toMatchObject([
    { name: "console", active: true, delivered: 7, pending: 1, dead: 1, oldest: 2 },
  ]);
  expect(dueOutbox(store, "console", 0, 9)).toMatchObject([{ at: 2, alert: alert({ id: "a" }) }]);
  expect(readCounters(store)).toEqual({ "received.udp": 9 });
  expect(knownOutputs(store)).toMatchObject([
    { name: "console", maxPending: 100_000, route: { minLevel: "informational" } },
  ]);
  store.commit(0, () => batch({ alerts: [opened(alert({ id: "b" }))] }));
  expect(outputTotals(store)).toMatchObject([{ pending: 2, dead: 1 }]);
  store.close();
});
