/** The store against a model in memory, whatever is done to it and in whatever order: told, failed, opened anew, copied, pruned. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LEVELS, type Level } from "../../src/model.ts";
import { copyStore } from "../../src/store/backup.ts";
import { findDamage } from "../../src/store/integrity.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { dueOutbox, markDelivered, markFailed, pruneOutbox, retryDead } from "../../src/store/outbox.ts";
import { outputTotals, registerOutputs } from "../../src/store/outputs.ts";
import { alertStats, listAlerts } from "../../src/store/queries.ts";
import { prune, removedAny } from "../../src/store/retention.ts";
import { alert, batch, folder, known, opened } from "./support.ts";

interface Entry {
  alert: string;
  device: string;
  state: "pending" | "dead" | "delivered";
}

/** What must be known: alerts by id, and entries of the one output in the order of the commits. */
interface Model {
  alerts: Map<string, { level: Level; status: "open" | "closed"; lastSeen: number }>;
  entries: Entry[];
  next: number;
}

interface Real {
  path: string;
  store: Store;
}

/** Entries that may be told now: none behind another that waits cannot happen here, since a failure is dead or due at once. */
const due = (model: Model) => model.entries.filter(({ state }) => state === "pending").map((one) => one.alert);

function check(model: Model, { store }: Real): void {
  expect(dueOutbox(store, "x", 100, 1_000).map((entry) => entry.alert.id)).toEqual(due(model));
  const count = (state: Entry["state"]) => model.entries.filter((one) => one.state === state).length;
  const total = outputTotals(store).find(({ name }) => name === "x")!;
  expect([total.pending, total.dead]).toEqual([count("pending"), count("dead")]);
  expect(
    listAlerts(store, {}, 1_000)
      .map(({ id, level, status }) => `${id} ${level} ${status}`)
      .sort(),
  ).toEqual([...model.alerts].map(([id, { level, status }]) => `${id} ${level} ${status}`).sort());
  expect(alertStats(store).total).toBe(model.alerts.size);
}

class Step implements fc.Command<Model, Real> {
  readonly name: string;
  readonly work: (model: Model, real: Real) => void;
  constructor(name: string, work: (model: Model, real: Real) => void) {
    this.name = name;
    this.work = work;
  }
  check = () => true;
  run(model: Model, real: Real): void {
    this.work(model, real);
    check(model, real);
  }
  toString = () => this.name;
}

const commit = (level: Level, device: string, isOver: boolean, age: number) =>
  new Step(`commit ${level} ${device} ${isOver ? "over" : "open"} ${age}`, (model, { store }) => {
    const id = `alert-${String(model.next++).padStart(6, "0")}`;
    const status = isOver ? "closed" : "open";
    store.commit(0, () =>
      batch({ alerts: [opened(alert({ id, level, device, status, firstSeen: age, lastSeen: age }), { at: age })] }),
    );
    model.alerts.set(id, { level, status, lastSeen: age });
    model.entries.push({ alert: id, device, state: "pending" });
  });

const deliver = (count: number) =>
  new Step(`deliver ${count}`, (model, { store }) => {
    const entries = dueOutbox(store, "x", 100, count);
    markDelivered(
      store,
      "x",
      entries.map(({ id }) => id),
      50,
    );
    for (const { alert: told } of entries) model.entries.find((one) => one.alert === told.id)!.state = "delivered";
  });

const fail = (n: number, gives: boolean) =>
  new Step(`fail ${n}${gives ? " for good" : ""}`, (model, { store }) => {
    const entry = dueOutbox(store, "x", 100, 10)[n];
    if (entry === undefined) return;
    markFailed(store, "x", entry.id, { at: 5, error: "down", strike: gives, nextAt: gives ? null : 0 });
    if (gives) model.entries.find((one) => one.alert === entry.alert.id)!.state = "dead";
  });

const others = [
  new Step("retry", (model, { store }) => {
    retryDead(store, "x");
    for (const one of model.entries) if (one.state === "dead") one.state = "pending";
  }),
  new Step("a commit that fails half way", (_, { store }) => {
    expect(() =>
      store.commit(0, () => {
        throw new Error("half way");
      }),
    ).toThrow("half way");
    const broken = alert({ id: "alert-broken", notes: [{ at: 0.5, by: "x", text: "no time" }] });
    expect(() =>
      store.commit(0, () => batch({ alerts: [opened(alert({ id: "alert-before" })), opened(broken)] })),
    ).toThrow();
  }),
  new Step("reopen", (_, real) => {
    real.store.close();
    real.store = openStore(real.path);
  }),
  new Step("copy", (_, real) => {
    const copy = `${real.path}-copy`;
    rmSync(copy, { force: true });
    copyStore(real.store, copy);
    const copied = openStore(copy);
    try {
      expect(findDamage(copied)).toEqual([]);
      expect(alertStats(copied).total).toBe(alertStats(real.store).total);
    } finally {
      copied.close();
    }
  }),
  new Step("forget what was told", (model, { store }) => {
    while (pruneOutbox(store, 60) > 0);
    model.entries = model.entries.filter(({ state }) => state !== "delivered");
  }),
  new Step("give up what is over and old", (model, { store }) => {
    while (removedAny(prune(store, { age: 0, bytes: Number.MAX_SAFE_INTEGER }, 500)));
    // Nothing goes that is open, or that the output has not heard.
    const unheard = new Set(model.entries.filter(({ state }) => state === "pending").map((one) => one.alert));
    for (const [id, { status, lastSeen }] of model.alerts)
      if (status === "closed" && lastSeen < 500 && !unheard.has(id)) {
        model.alerts.delete(id);
        model.entries = model.entries.filter((one) => one.alert !== id);
      }
  }),
  new Step("check", (_, { store }) => expect(findDamage(store)).toEqual([])),
];

it("knows what a model in memory knows, after any steps", () => {
  const device = fc.constantFrom("r1", "r2", "R1");
  const steps = fc.commands(
    [
      fc
        .tuple(fc.constantFrom(...LEVELS), device, fc.boolean(), fc.constantFrom(1, 400, 1_000))
        .map((parts) => commit(...parts)),
      fc.integer({ min: 1, max: 4 }).map(deliver),
      fc.tuple(fc.nat(3), fc.boolean()).map((parts) => fail(...parts)),
      ...others.map((one) => fc.constant(one)),
    ],
    { maxCommands: 30, size: "max" },
  );
  fc.assert(
    fc.property(steps, (commands) => {
      const path = join(folder(), "t.db");
      const store = openStore(path);
      registerOutputs(store, [known("x")]);
      const real: Real = { path, store };
      try {
        fc.modelRun(() => ({ model: { alerts: new Map(), entries: [], next: 0 } as Model, real }), commands);
      } finally {
        real.store.close();
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
