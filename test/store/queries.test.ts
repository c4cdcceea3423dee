/** Filters select what a plain reading of them selects, and use an index for it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Alert, deviceKey, LEVELS, STATUSES } from "../../src/model.ts";
import type { Connection } from "../../src/store/connection.ts";
import { type AlertFilter, alertStats, exportAlerts, listAlerts } from "../../src/store/queries.ts";
import { alert, batch, freshStore, opened, withStore } from "./support.ts";

const RULES = ["r1", "r2", "r%"];
const DEVICES = ["Edge1", "EDGE1", "edge_", "edge%", "core'1"];
const DAY = 86_400_000;
/** Close together, and with a day and more between them. */
const seen = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 0, DAY, 2 * DAY))
  .map(([at, days]) => at + days);

const alerts = fc.uniqueArray(
  fc.record({
    id: fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 6, maxLength: 8 }),
    rule: fc.constantFrom(...RULES),
    advisory: fc.constantFrom("x1", "x2"),
    level: fc.constantFrom(...LEVELS),
    status: fc.constantFrom(...STATUSES),
    device: fc.constantFrom(...DEVICES),
    firstSeen: seen,
    lastSeen: seen,
  }),
  { selector: ({ id }) => id, maxLength: 30 },
);
const filters: fc.Arbitrary<AlertFilter> = fc.record(
  {
    device: fc.subarray(DEVICES),
    rule: fc.subarray(RULES, { minLength: 1 }),
    advisory: fc.constantFrom(["x1"], ["x1", "x2", "x2"], ["nowhere"]),
    level: fc.subarray([...LEVELS], { minLength: 1 }),
    status: fc.subarray([...STATUSES], { minLength: 1 }),
    since: seen,
    until: seen,
  },
  { requiredKeys: [] },
);

function fits(one: Alert, filter: AlertFilter): boolean {
  const has = (values: readonly string[] | undefined, value: string) => values === undefined || values.includes(value);
  return (
    has(filter.device?.map(deviceKey), deviceKey(one.device)) &&
    has(filter.rule, one.rule) &&
    has(filter.advisory, one.advisory) &&
    has(filter.level, one.level) &&
    has(filter.status, one.status) &&
    one.lastSeen >= (filter.since ?? -Infinity) &&
    one.firstSeen <= (filter.until ?? Infinity)
  );
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

describe("a filter", () => {
  it("lists the alerts that fit, newest first, up to the limit", () => {
    fc.assert(
      fc.property(alerts, fc.array(filters, { minLength: 1, maxLength: 6 }), fc.nat(12), (all, asked, limit) => {
        withStore((store) => {
          const written = all.map((parts) => alert(parts));
          store.commit(0, () => batch({ alerts: written.map((one) => opened(one)) }));
          for (const filter of asked) {
            const expected = written.filter((one) => fits(one, filter));
            const newest = [...expected].sort((a, b) => b.lastSeen - a.lastSeen || byText(b.id, a.id));
            expect(listAlerts(store, filter, limit).map(({ id }) => id)).toEqual(
              newest.slice(0, limit).map(({ id }) => id),
            );
            const oldest = [...expected].sort((a, b) => a.firstSeen - b.firstSeen || byText(a.id, b.id));
            expect([...exportAlerts(store, filter)]).toEqual(oldest);
          }
        });
      }),
      { numRuns: 80 },
    );
  });

  it("takes any text as text", () => {
    const store = freshStore();
    store.commit(0, () => batch({ alerts: [opened(alert())] }));
    for (const text of ["%", "_", "' OR 1=1 --", "\0", "x".repeat(100_000), "\\", "*"]) {
      expect(listAlerts(store, { rule: [text] })).toEqual([]);
      expect(listAlerts(store, { device: [text] })).toEqual([]);
    }
  });

  it("shows what a list needs", () => {
    const store = freshStore();
    store.commit(0, () => batch({ alerts: [opened(alert({ acknowledged: { at: 5, by: "ops" } }))] }));
    expect(listAlerts(store)[0]).toMatchObject({
      title: "Packet memory is exhausted",
      exposure: "vulnerable",
      acknowledged: { at: 5, by: "ops" },
      device: "Edge1.example.net",
    });
  });

  it("never reads the whole table nor sorts", () => {
    const store = freshStore();
    const texts = new Set<string>();
    const recorder: Connection = {
      path: store.path,
      db: store.db,
      sql<Row>(text: string) {
        if (/FROM (?:alerts|totals)/.test(text)) texts.add(text);
        return store.sql<Row>(text);
      },
    };
    const asked: AlertFilter[] = [
      {},
      { device: ["edge1"] },
      { rule: ["r"] },
      { advisory: ["x"] },
      { level: ["high", "critical"] },
      { status: ["open"] },
      { until: 2 },
      { level: ["high"], status: ["open", "closed"], device: ["a", "b"], since: 1, until: 2 },
    ];
    for (const filter of asked) listAlerts(recorder, filter);
    for (const filter of asked) for (const _ of exportAlerts(recorder, filter)) throw new Error("the store is empty");
    alertStats(recorder);
    expect(texts.size).toBeGreaterThan(10);
    for (const text of texts) {
      const blanks = Array.from({ length: text.split("?").length - 1 }, () => 1);
      const plan = store.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...blanks) as { detail: string }[];
      const steps = plan.map(({ detail }) => detail).join("\n");
      expect(steps, text).toMatch(/USING (?:COVERING )?INDEX|USING PRIMARY KEY/);
      expect(steps, text).not.toMatch(/TEMP B-TREE|SCAN (?!alerts USING)/);
    }
  });
});

describe("an export", () => {
  it("goes on over many pages, also while alerts are written", () => {
    const store = freshStore();
    const write = (from: number, to: number) =>
      store.commit(0, () => {
        const list = Array.from({ length: to - from }, (_, i) =>
          alert({ id: `id ${1000 + from + i}`, firstSeen: (from + i) >> 1 }),
        );
        return batch({ alerts: list.map((one) => opened(one)) });
      });
    write(0, 450);
    const ids: string[] = [];
    for (const one of exportAlerts(store)) {
      if (ids.length === 0) write(450, 460);
      ids.push(one.id);
    }
    expect(ids).toEqual(Array.from({ length: 460 }, (_, i) => `id ${1000 + i}`));
  });
});

describe("alert totals", () => {
  it("name the ten devices with the most alerts", () => {
    const store = freshStore();
    const list = Array.from({ length: 12 }, (_, n) =>
      Array.from({ length: n + 1 }, (_, i) => alert({ id: `${n}-${i}`, device: `R${String(n).padStart(2, "0")}` })),
    ).flat();
    store.commit(0, () => batch({ alerts: list.map((one) => opened(one)) }));
    const { device, level, total } = alertStats(store);
    expect(Object.entries(device)[0]).toEqual(["r11", 12]);
    expect(Object.keys(device)).toHaveLength(10);
    expect([level, total]).toEqual([{ critical: 78 }, 78]);
  });
});
