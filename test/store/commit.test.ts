/** A commit is everything or nothing, and the totals and the outbox follow it exactly. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS, STATUSES } from "../../src/model.ts";
import { resume } from "../../src/store/commit.ts";
import { readCounters } from "../../src/store/counters.ts";
import type { Store } from "../../src/store/open.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { registerOutputs } from "../../src/store/outputs.ts";
import { alertStats } from "../../src/store/queries.ts";
import { loadState, loadStates } from "../../src/store/state.ts";
import { nextUnparsed, UNPARSED_KEPT } from "../../src/store/unparsed.ts";
import { alert, batch, bytes, codeOf, freshStore, known, opened, withStore } from "./support.ts";

const TABLES = [
  "alerts",
  "alert_bodies",
  "alert_evidence",
  "alert_history",
  "outbox",
  "state",
  "counters",
  "unparsed",
  "totals",
  "devices",
  "device_events",
  "meta",
];
const rows = (store: Store) =>
  Object.fromEntries(TABLES.map((table) => [table, store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]));

const full = () =>
  batch({
    alerts: [opened(alert())],
    states: [{ group: "g", rule: "r", version: "1", data: "{}", due: 5 }],
    counters: { "received.udp": 7 },
    unparsed: [{ at: 1, source: "192.0.2.7", line: bytes("?") }],
    deviceEvents: [
      { device: "Edge1", at: 1, kind: "boot", line: bytes("%SYS-5-RESTART: System restarted --"), note: null },
    ],
  });

describe("a commit", () => {
  it("writes an alert together with one outbox row an output", () => {
    const store = freshStore("console", "webhook");
    expect(store.commit(0, full)).toEqual({ acts: [], lastAct: 0, queued: 2 });
    expect(rows(store)).toMatchObject({ alerts: 1, outbox: 2, alert_history: 1, state: 1, counters: 1, unparsed: 1 });
  });

  it("leaves nothing behind when building the batch fails", () => {
    const store = freshStore();
    const before = rows(store);
    expect(() =>
      store.commit(0, () => {
        throw new RangeError("the engine failed");
      }),
    ).toThrow(RangeError);
    expect(rows(store)).toEqual(before);
    expect(store.db.inTransaction).toBe(false);
  });

  it("leaves nothing behind when its last row is refused", () => {
    const store = freshStore();
    const before = rows(store);
    expect(
      codeOf(() => store.commit(0, () => ({ ...full(), unparsed: [{ at: 0.5, source: "x", line: bytes("") }] }))),
    ).toBe("INTERNAL");
    expect(rows(store)).toEqual(before);
    store.commit(0, full);
    expect(rows(store)).not.toEqual(before);
  });

  it("reports a full disk, keeps what was committed, and goes on when there is room again", () => {
    const store = freshStore();
    store.commit(0, full);
    const before = rows(store);
    const pages = store.db.pragma("page_count", { simple: true });
    store.db.pragma(`max_page_count = ${pages}`);
    const large = () => batch({ unparsed: [{ at: 2, source: "x", line: new Uint8Array(500_000) }] });
    expect(codeOf(() => store.commit(0, large))).toBe("IO");
    expect(rows(store)).toEqual(before);
    store.db.pragma("max_page_count = 1000000");
    store.commit(0, large);
    expect(nextUnparsed(store)).toHaveLength(2);
  });

  it("puts a row into the outbox for each opened, raised or changed alert and for no other", () => {
    const changes = fc.array(
      fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("opened", "raised", "updated", "status", null)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(changes, fc.boolean()), { maxLength: 4 }), (commits) => {
        withStore((store) => {
          registerOutputs(store, [known("x")]);
          const told: string[] = [];
          for (const [items, fails] of commits) {
            const alerts = items.map(([id, change], at) => opened(alert({ id }), { change, at }));
            try {
              store.commit(0, () => batch({ alerts: fails ? [...alerts, opened(alert({ count: 0.5 }))] : alerts }));
            } catch {}
            if (!fails)
              for (const [id, change] of items)
                if (change !== null && change !== "updated") told.push(`${id} ${change}`);
          }
          expect(dueOutbox(store, "x", 0, 1000).map((entry) => `${entry.alert.id} ${entry.change}`)).toEqual(told);
          const history = store.db
            .prepare("SELECT alert_id || ' ' || change FROM alert_history ORDER BY id")
            .pluck()
            .all();
          expect(history).toEqual(told);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("keeps totals that equal a recount", () => {
    const written = fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      level: fc.constantFrom(...LEVELS),
      status: fc.constantFrom(...STATUSES),
      rule: fc.constantFrom("r1", "r2"),
      advisory: fc.constantFrom("x1", "x2"),
      device: fc.constantFrom("Edge1", "EDGE1", "core1"),
    });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ write: fc.array(written, { maxLength: 6 }), fails: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.constantFrom("a", "b", "c", "d", "e") }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        withStore((store) => {
          for (const one of steps) {
            if ("remove" in one) {
              store.db.prepare("DELETE FROM alerts WHERE id = ?").run(one.remove);
              continue;
            }
            const bad = one.fails ? [opened(alert({ count: 0.5 }))] : [];
            try {
              store.commit(0, () => batch({ alerts: [...one.write.map((parts) => opened(alert(parts))), ...bad] }));
            } catch {}
          }
          const kinds = { level: "level", status: "status", rule: "rule", advisory: "advisory", device: "device_key" };
          for (const [kind, column] of Object.entries(kinds)) {
            const recount = store.db
              .prepare(`SELECT ${column} AS name, count(*) AS value FROM alerts GROUP BY 1`)
              .all();
            const kept = store.db.prepare("SELECT name, value FROM totals WHERE kind = ? ORDER BY name").all(kind);
            expect(kept).toEqual(recount);
          }
          expect(alertStats(store).total).toBe(store.db.prepare("SELECT count(*) FROM alerts").pluck().get());
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("detection state", () => {
  it("comes back as it went in, in order of its group", () => {
    const row = fc.record({
      group: fc.string({ unit: "binary", maxLength: 12 }),
      rule: fc.string({ unit: "binary" }),
      version: fc.string(),
      data: fc.json(),
      due: fc.option(fc.maxSafeInteger(), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.array(fc.nat(7)), (written, dropped) => {
        withStore((store) => {
          const drops = dropped.flatMap((i) => written[i]?.group ?? []);
          store.commit(0, () => batch({ states: written }));
          store.commit(0, () => batch({ dropStates: drops }));
          const model = new Map(written.map((state) => [state.group, state]));
          for (const group of drops) model.delete(group);
          expect(new Map(loadStates(store).map((state) => [state.group, state]))).toEqual(model);
          for (const [group, state] of model) expect(loadState(store, group)).toEqual(state);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is handed to the next engine with devices, counters and the last act", () => {
    const store = freshStore();
    store.commit(0, full);
    expect(resume(store)).toEqual({
      states: full().states,
      devices: [],
      counters: { "received.udp": 7 },
      lastAct: 0,
      settings: [],
      lastSettings: 0,
      path: store.path,
    });
  });
});

describe("what is kept in bounds", () => {
  it("is the newest thousand unparsed lines, byte for byte", () => {
    const store = freshStore();
    const lines = Array.from({ length: 1500 }, (_, at) => ({
      at,
      source: "192.0.2.7",
      line: Uint8Array.from([at & 255, 0, 255]),
    }));
    for (let i = 0; i < lines.length; i += 300) store.commit(0, () => batch({ unparsed: lines.slice(i, i + 300) }));
    const kept = nextUnparsed(store, 0, 5000);
    expect(kept.map(({ id: _, ...line }) => line)).toEqual(lines.slice(-UNPARSED_KEPT));
    expect(nextUnparsed(store, kept[998]!.id)).toEqual(kept.slice(999));
    expect(nextUnparsed(store, kept[0]!.id, 2)).toEqual(kept.slice(1, 3));
  });

  it("is every counter, at its last absolute value", () => {
    const store = freshStore();
    store.commit(0, () => batch({ counters: { a: 1, constructor: 2 } }));
    store.commit(0, () => batch({ counters: { a: 2 ** 53 - 1, b: 0 } }));
    expect(readCounters(store)).toEqual({ a: 2 ** 53 - 1, b: 0, constructor: 2 });
  });
});
