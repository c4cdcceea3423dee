/** The outbox keeps what is still to be told: in order for each device, in bounds, and every entry counted. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS, type Level } from "../../src/model.ts";
import { loadAlert } from "../../src/store/alerts.ts";
import type { Store } from "../../src/store/open.ts";
import {
  dueOutbox,
  endWaits,
  LONGEST_WAIT,
  markDelivered,
  markFailed,
  nextDue,
  pruneOutbox,
  retryDead,
} from "../../src/store/outbox.ts";
import { outputTotals, registerOutputs } from "../../src/store/outputs.ts";
import { EVERYTHING, isTold } from "../../src/store/route.ts";
import { alert, batch, freshStore, known, opened, withStore } from "./support.ts";

const queued = () => {
  const store = freshStore("console", "webhook");
  const alerts = [1, 2, 3].map((n) => opened(alert({ id: `alert ${n}`, count: n }), { at: n }));
  store.commit(0, () => batch({ alerts }));
  return store;
};
const ids = (store: Store, output: string, now = 0) => dueOutbox(store, output, now, 10).map((entry) => entry.id);
const totals = (store: Store, name: string) => outputTotals(store).find((one) => one.name === name)!;
const failed = { at: 5, error: "HTTP 503", strike: false, nextAt: 900 };

describe("the outbox", () => {
  it("gives each output its entries in the order of the commits", () => {
    const store = queued();
    expect(dueOutbox(store, "webhook", 0, 2).map((entry) => [entry.alert.id, entry.attempts])).toEqual([
      ["alert 1", 0],
      ["alert 2", 0],
    ]);
    markDelivered(store, "webhook", ids(store, "webhook").slice(0, 1), 50);
    expect(dueOutbox(store, "webhook", 0, 10).map((entry) => entry.alert.id)).toEqual(["alert 2", "alert 3"]);
    expect(ids(store, "console")).toHaveLength(3);
    expect(totals(store, "webhook")).toMatchObject({ delivered: 1, pending: 2, oldest: 2, deliveredAt: 50 });
  });

  it("lets a failed entry wait, its device behind it, and no other device", () => {
    const store = queued();
    const other = opened(alert({ id: "alert 4", device: "core1" }), { at: 4 });
    store.commit(0, () => batch({ alerts: [other] }));
    const [first, , , fourth] = ids(store, "webhook");
    markFailed(store, "webhook", first!, failed);
    expect(ids(store, "webhook", 899)).toEqual([fourth]);
    expect(nextDue(store, "webhook")).toBe(900);
    expect(ids(store, "webhook", 900)).toHaveLength(4);
    expect(totals(store, "webhook")).toMatchObject({ failed: 1, pending: 4, error: "HTTP 503", failedAt: 5 });
    endWaits(store, "webhook");
    expect(ids(store, "webhook", 6)[0]).toBe(first);
  });

  it("takes no wait for true that only a clock set back can have made", () => {
    const store = queued();
    markFailed(store, "webhook", ids(store, "webhook")[0]!, { ...failed, nextAt: 10 * LONGEST_WAIT });
    expect(ids(store, "webhook", 0)).toHaveLength(3);
  });

  it("keeps an entry that was given up as dead, until somebody asks for another try", () => {
    const store = queued();
    const [first] = ids(store, "webhook");
    markFailed(store, "webhook", first!, { ...failed, strike: true, nextAt: null });
    expect(ids(store, "webhook")).not.toContain(first);
    expect(totals(store, "webhook")).toMatchObject({ pending: 2, dead: 1 });
    expect(totals(store, "console")).toMatchObject({ pending: 3, dead: 0 });
    expect(retryDead(store, "console")).toBe(0);
    expect(retryDead(store, "webhook")).toBe(1);
    expect(dueOutbox(store, "webhook", 0, 1)).toMatchObject([{ id: first, attempts: 0, strikes: 0 }]);
    expect(totals(store, "webhook")).toMatchObject({ pending: 3, dead: 0 });
  });

  it("removes only what was delivered before a time", () => {
    const store = queued();
    const [first, second] = ids(store, "console");
    markDelivered(store, "console", [first!], 100);
    markDelivered(store, "console", [second!], 200);
    expect(pruneOutbox(store, 200)).toBe(1);
    expect(totals(store, "console")).toMatchObject({ pending: 1, delivered: 2, dead: 0 });
  });

  it("shows the alert as it was when it changed, whatever became of it", () => {
    const store = queued();
    store.commit(0, () => batch({ alerts: [opened(alert({ id: "alert 1", count: 9 }), { change: null })] }));
    expect(dueOutbox(store, "console", 0, 1)[0]?.alert.count).toBe(1);
    expect(loadAlert(store, "alert 1")?.count).toBe(9);
  });

  it("gives up the oldest of the lowest level where there is no room, and then drops the lowest of the dead", () => {
    const store = freshStore();
    registerOutputs(store, [known("x", { maxPending: 2 })]);
    const add = (id: string, level: Level) =>
      store.commit(0, () => batch({ alerts: [opened(alert({ id, level }), { at: 1 })] }));
    add("a", "high");
    add("b", "low");
    add("c", "low");
    expect(dueOutbox(store, "x", 0, 9).map((entry) => entry.alert.id)).toEqual(["a", "c"]);
    add("d", "critical");
    expect(dueOutbox(store, "x", 0, 9).map((entry) => entry.alert.id)).toEqual(["a", "d"]);
    add("e", "informational");
    expect(dueOutbox(store, "x", 0, 9).map((entry) => entry.alert.id)).toEqual(["a", "d"]);
    expect(totals(store, "x")).toMatchObject({ pending: 2, dead: 2, shed: 3, dropped: 1 });
    retryDead(store, null);
    expect(dueOutbox(store, "x", 0, 9).map((entry) => entry.alert.id)).toEqual(["a", "b", "c", "d"]);
  });

  it("keeps what an output has pending that is no longer configured, and adds nothing to it", () => {
    const store = queued();
    registerOutputs(store, [known("console")]);
    store.commit(0, () => batch({ alerts: [opened(alert({ id: "later" }))] }));
    expect(totals(store, "webhook")).toMatchObject({ active: false, pending: 3 });
    expect(totals(store, "console")).toMatchObject({ active: true, pending: 4 });
  });

  it("counts every entry exactly once, whatever happens to them", () => {
    const step = fc.oneof(
      fc.record({ add: fc.constantFrom(...LEVELS) }),
      fc.record({ deliver: fc.nat(5) }),
      fc.record({ fail: fc.nat(5), nextAt: fc.constantFrom(null, 0, 50) }),
      fc.constant({ retry: true as const }),
      fc.constant({ prune: true as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        withStore((store) => {
          registerOutputs(store, [known("x", { maxPending: 4 })]);
          let added = 0;
          for (const one of steps) {
            const due = dueOutbox(store, "x", 100, 10);
            if ("add" in one) {
              const id = `alert ${++added}`;
              store.commit(0, () => batch({ alerts: [opened(alert({ id, level: one.add }))] }));
            } else if ("deliver" in one)
              markDelivered(
                store,
                "x",
                due.slice(0, one.deliver).map((entry) => entry.id),
                1,
              );
            else if ("fail" in one) {
              const entry = due[one.fail];
              if (entry !== undefined) markFailed(store, "x", entry.id, { ...failed, nextAt: one.nextAt });
            } else if ("retry" in one) retryDead(store, "x");
            else pruneOutbox(store, 2);
          }
          const recount = store.db
            .prepare(
              `SELECT count(*) FILTER (WHERE delivered_at IS NULL AND next_at IS NOT NULL) AS pending,
                 count(*) FILTER (WHERE delivered_at IS NULL AND next_at IS NULL) AS dead FROM outbox`,
            )
            .get();
          const { pending, dead, delivered, dropped } = totals(store, "x");
          expect({ pending, dead }).toEqual(recount);
          expect(pending + dead + delivered + dropped).toBe(added);
          expect(dead).toBeLessThanOrEqual(5);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("a route", () => {
  it.each([
    [{}, true],
    [{ minLevel: "critical" as const }, true],
    [{ advisories: ["another"] }, false],
    [{ advisories: ["another", alert().advisory] }, true],
    [{ rules: ["another"] }, false],
    [{ rules: [alert().rule] }, true],
    [{ changes: ["opened" as const] }, true],
    [{ changes: ["resolved" as const] }, false],
  ])("%j tells of an alert that opened: %s", (parts, told) => {
    expect(isTold({ ...EVERYTHING, ...parts }, alert(), "opened")).toBe(told);
  });

  it("knows a change of the status by the status, and lower levels", () => {
    const route = { ...EVERYTHING, minLevel: "high" as const, changes: ["opened" as const, "resolved" as const] };
    expect(isTold(route, alert({ status: "resolved" }), "status")).toBe(true);
    expect(isTold(route, alert({ status: "recovering" }), "status")).toBe(false);
    expect(isTold(route, alert({ level: "medium" }), "opened")).toBe(false);
  });
});
