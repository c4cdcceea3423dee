/** What is kept: by age and by size, in small steps, and never at the cost of what is not told or not over. */
import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Alert, Level, Status } from "../../src/model.ts";
import { checkpoint, checkpointByHand, walBytes } from "../../src/store/checkpoint.ts";
import { findDamage } from "../../src/store/integrity.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { dueOutbox, markDelivered } from "../../src/store/outbox.ts";
import { listAlerts } from "../../src/store/queries.ts";
import { prune, type Retention, removedAny, usedBytes } from "../../src/store/retention.ts";
import { alert, batch, bytes, freshStore, opened } from "./support.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 27);
const ALL: Retention = { age: 30 * DAY, bytes: Number.POSITIVE_INFINITY };

let made = 0;
function some(status: Status, daysAgo: number, parts: Partial<Alert> = {}): Alert {
  const lastSeen = NOW - daysAgo * DAY;
  return alert({ id: `alert ${made++}`, status, firstSeen: lastSeen, lastSeen, ...parts });
}

function keep(store: Store, alerts: Alert[]): void {
  store.commit(0, () => batch({ alerts: alerts.map((one) => opened(one)) }));
}

/** Prunes until nothing is left to remove; gives how many steps it took. */
function pruneAll(store: Store, retention: Retention): number {
  for (let steps = 0; ; steps++) if (!removedAny(prune(store, retention, NOW))) return steps;
}

const left = (store: Store) =>
  listAlerts(store, {}, 100_000)
    .map((one) => one.id)
    .sort();

describe("by age", () => {
  it("goes what is over and old, with all that belongs to it; what is open stays", () => {
    const store = freshStore();
    const stay = [some("open", 400), some("recovering", 400), some("resolved", 29), some("closed", 29)];
    keep(store, [...stay, some("resolved", 31), some("closed", 31)]);
    pruneAll(store, ALL);
    expect(left(store)).toEqual(stay.map((one) => one.id).sort());
    const rows = (table: string) => store.db.prepare(`SELECT count(DISTINCT alert_id) FROM ${table}`).pluck().get();
    for (const table of ["alert_bodies", "alert_evidence", "alert_history"]) expect(rows(table)).toBe(4);
    expect(findDamage(store, "indexes")).toEqual([]);
  });

  it("goes only what every output was told", () => {
    const store = freshStore("console", "webhook");
    const pending = (output: string) => dueOutbox(store, output, NOW, 9);
    keep(store, [some("resolved", 100), some("closed", 100)]);
    pruneAll(store, ALL);
    expect(left(store)).toHaveLength(2);
    const told = pending("console").map((entry) => entry.id);
    markDelivered(store, "console", told, NOW);
    markDelivered(store, "webhook", [pending("webhook")[0]!.id], NOW);
    pruneAll(store, ALL);
    expect(left(store)).toEqual([pending("webhook")[0]!.alert.id]);
  });

  it("happens in steps of a few rows", () => {
    const store = freshStore();
    keep(
      store,
      Array.from({ length: 1_000 }, () => some("closed", 60)),
    );
    const { alerts } = prune(store, ALL, NOW);
    expect(alerts).toBeLessThanOrEqual(100);
    expect(pruneAll(store, ALL)).toBeGreaterThan(8);
    expect(left(store)).toEqual([]);
  });
});

describe("by size", () => {
  const large = (level: Level, status: Status, daysAgo: number) =>
    some(status, daysAgo, { level, evidence: [{ at: 1, raw: bytes("x".repeat(8_000)) }] });

  it("goes what is over first, then the lowest level, until the rest fits; fresh alerts stay", () => {
    const store = freshStore();
    const each = (level: Level, status: Status, daysAgo: number) =>
      Array.from({ length: 60 }, () => large(level, status, daysAgo));
    const critical = each("critical", "open", 3);
    const fresh = each("informational", "open", 0.5);
    keep(store, [...each("high", "closed", 2), ...each("low", "open", 3), ...critical, ...fresh]);
    const bytesBefore = usedBytes(store);
    // About half of it: the two first kinds must go, and are enough.
    pruneAll(store, { ...ALL, bytes: bytesBefore * 0.55 });
    expect(left(store)).toEqual([...critical, ...fresh].map((one) => one.id).sort());
    pruneAll(store, { ...ALL, bytes: 1 });
    expect(left(store)).toEqual(fresh.map((one) => one.id).sort());
  });

  it("keeps the file near the bound while alerts go on coming", () => {
    const store = freshStore();
    checkpointByHand(store);
    const bound = 2 * 1024 * 1024;
    for (let round = 0; round < 60; round++) {
      keep(
        store,
        Array.from({ length: 20 }, () => large("low", "closed", 2)),
      );
      while (removedAny(prune(store, { ...ALL, bytes: bound }, NOW))) {}
      checkpoint(store);
    }
    store.db.pragma("wal_checkpoint(TRUNCATE)");
    expect(statSync(store.path).size).toBeLessThan(bound * 1.35);
  });
});

describe("the write-ahead log", () => {
  it("is taken in when it grows, and begins anew when nobody reads it", () => {
    const store = freshStore();
    checkpointByHand(store);
    const grow = (megabytes: number) => {
      for (let i = 0; i < megabytes; i++) {
        store.db.prepare("INSERT INTO unparsed(at, source, line) VALUES (0, 'x', ?)").run(Buffer.alloc(1024 * 1024));
      }
    };
    grow(2);
    expect(checkpoint(store)).toBeGreaterThan(2 * 1024 * 1024);
    const reader = openStore(store.path, { readOnly: true });
    reader.db.exec("BEGIN; SELECT count(*) FROM alerts");
    grow(40);
    const start = performance.now();
    // A reader that stays holds the log open; the wait for it is a tenth of a second.
    expect(checkpoint(store)).toBeGreaterThan(32 * 1024 * 1024);
    expect(performance.now() - start).toBeLessThan(2_000);
    reader.close();
    expect(checkpoint(store)).toBe(0);
    expect(walBytes(store)).toBe(0);
  });
});
