/** A database that cannot be written for a while: detection goes on, alerts are told, and nothing is lost afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../src/run/clock.ts";
import type { FromEngine } from "../../src/run/messages.ts";
import { restore } from "../../src/run/persist.ts";
import { MOST_ALERTS, Unwritten } from "../../src/run/unwritten.ts";
import { Writer } from "../../src/run/writer.ts";
import { resume } from "../../src/store/commit.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { registerOutputs } from "../../src/store/outputs.ts";
import { listAlerts } from "../../src/store/queries.ts";
import { alert, batch, known, opened } from "../store/support.ts";
import { packetMemory } from "../support/lines.ts";
import { Stage } from "../support/stage.ts";

let folder = "";
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-writer-"));
  store = openStore(join(folder, "t.db"), { exclusive: true });
  registerOutputs(store, [known("console")]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A clock that stands still until it is told to go on. */
function handClock(): Clock & { pass(millis: number): void } {
  let passed = 0;
  return {
    now: () => Date.UTC(2026, 0, 1) + passed,
    mono: () => 10_000_000 + passed,
    sleep: async () => {},
    pass(millis) {
      passed += millis;
    },
  };
}

function writing() {
  const stage = new Stage();
  const clock = handClock();
  const said: FromEngine[] = [];
  const writer = new Writer(stage.engine, store, resume(store), (message) => said.push(message), { clock });
  /** What a running thread does ten times a second. */
  const pass = (millis: number) => {
    for (let left = millis; left > 0; left -= 100) {
      clock.pass(100);
      writer.commitIfDue();
      writer.upkeep();
    }
  };
  const told = (kind: "outbox" | "unstored") => {
    const entries =
      kind === "outbox"
        ? dueOutbox(store, "console", clock.now(), 100)
        : said.flatMap((message) => (message.kind === "unstored" ? message.entries : []));
    return entries.map((entry) => entry.alert.device).filter(isRouter);
  };
  return { stage, clock, said, writer, pass, told };
}

/** So many routers at once are a fleet besides. */
const isRouter = (device: string) => device !== "*";

/** Runs `work` while another connection holds the lock of writers. */
function whileLocked(work: () => void): void {
  const other = new Database(store.path);
  other.exec("BEGIN IMMEDIATE");
  try {
    work();
  } finally {
    other.close();
  }
}

/** Runs `work` while the file may not grow by a page. */
function whileFull(work: () => void): void {
  const most = store.db.pragma("max_page_count", { simple: true });
  store.db.exec("VACUUM");
  store.db.pragma(`max_page_count = ${store.db.pragma("page_count", { simple: true })}`);
  try {
    work();
  } finally {
    store.db.pragma(`max_page_count = ${most}`);
  }
}

describe.each([
  ["locked", whileLocked, "is locked by another process"],
  ["full", whileFull, "found no room on the disk"],
])("while the database is %s", (_, during, problem) => {
  test("alerts are told all the same, in order, and what is wrong is said once a minute", () => {
    const { stage, said, writer, pass, told } = writing();
    during(() => {
      for (let i = 0; i < 30; i++) {
        stage.send(packetMemory({ host: `xr${i}` }));
        pass(i < 3 ? 100 : 1_000);
        if (told("unstored").length > 0) writer.unstoredTold();
      }
      pass(1_000);
      expect(told("unstored")).toEqual(Array.from({ length: 30 }, (_, i) => `xr${i}`));
      expect(told("outbox")).toEqual([]);
      expect(writer.state().degraded?.reason).toContain(problem);
      const warnings = said.flatMap((message) => (message.kind === "warning" ? [message.text] : []));
      expect(warnings).toEqual([expect.stringContaining("detection goes on")]);
    });
  });

  test("nothing is lost: all of it is written within a second of the end, and told from the outbox", () => {
    const { stage, writer, pass, told } = writing();
    stage.send(packetMemory({ host: "before" }));
    pass(300);
    during(() => {
      for (let i = 0; i < 40; i++) {
        stage.send(packetMemory({ host: `xr${i}` }));
        pass(300);
      }
      expect(listAlerts(store).map((one) => one.device)).toEqual(["before"]);
    });
    pass(1_100);
    expect(writer.state().degraded).toBeNull();
    expect(listAlerts(store, {}, 100).filter(({ device }) => isRouter(device))).toHaveLength(41);
    expect(told("outbox")).toEqual(["before", ...Array.from({ length: 40 }, (_, i) => `xr${i}`)]);
    expect(stage.engine.counters.shed).toEqual({});
  });

  test("a try is made once a second, so that waiting for a lock takes a tenth of the time at most", () => {
    const { stage, writer, pass, clock } = writing();
    during(() => {
      stage.send(packetMemory());
      pass(100);
      const since = writer.state().degraded!.since;
      let tries = 0;
      const { commit } = store;
      store.commit = (...args) => {
        tries++;
        return commit(...args);
      };
      pass(10_000);
      expect(tries).toBeLessThanOrEqual(10);
      expect(tries).toBeGreaterThanOrEqual(9);
      expect(writer.state().degraded!.since).toBe(since);
      expect(clock.now() - since).toBeGreaterThanOrEqual(10_000);
    });
  });
});

describe("what could not be written", () => {
  const many = (level: "low" | "critical", count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => opened(alert({ id: `${level} ${from + i}`, level })));

  test("is bounded: the lowest level goes first, the oldest first, and is counted", () => {
    const shed: Record<string, number> = {};
    const unwritten = new Unwritten(handClock(), shed, () => {});
    const failed = (alerts: ReturnType<typeof many>) =>
      unwritten.failed("full", unwritten.with(batch({ alerts })), alerts);
    failed(many("low", 8_000));
    failed(many("critical", 6_000));
    failed(many("critical", 1_000, 6_000));
    const kept = unwritten.with(batch()).alerts.map(({ alert: { id } }) => id);
    expect(kept).toHaveLength(MOST_ALERTS);
    expect(kept[0]).toBe("low 5000");
    expect(kept.filter((id) => id.startsWith("critical"))).toHaveLength(7_000);
    expect(shed).toEqual({ unwritten: 5_000, untold: 5_000 });
  });

  test("keeps every moment of an alert when its changes are brought into one", () => {
    const unwritten = new Unwritten(handClock(), {}, () => {});
    const one = alert();
    const moments = (["opened", "raised", "status"] as const).map((change, at) => ({
      ...opened({ ...one, status: change === "status" ? "recovering" : "open" }),
      change,
      at,
    }));
    const filler = Array.from({ length: MOST_ALERTS }, (_, at) => ({ ...opened(one), change: "updated" as const, at }));
    unwritten.failed("full", batch({ alerts: [...moments, ...filler] }), []);
    store.commit(0, () => unwritten.with(batch()));
    const rows = (sql: string) => store.db.prepare(sql).raw().all();
    expect(rows("SELECT change, at, status FROM alert_history ORDER BY id")).toEqual([
      ["opened", 0, "open"],
      ["raised", 1, "open"],
      ["status", 2, "recovering"],
    ]);
    expect(rows("SELECT change FROM outbox")).toEqual([["opened"]]);
  });
});

describe("a process that dies right after an alert was committed", () => {
  test("has stored the router with it, however many others wait to be written", () => {
    const { stage, writer } = writing();
    for (let i = 0; i < 500; i++) stage.send(`<189>1: r${i}: *Mar  4 12:00:00.123: %SYS-5-CONFIG_I: Configured`);
    for (const line of packetMemory({ host: "xr1" })) stage.send(line);
    writer.commitIfDue();
    expect(listAlerts(store).map(({ device }) => device)).toContain("xr1");
    expect(resume(store).devices.map(({ facts }) => facts.name)).toEqual(["xr1"]);
  });

  test("starts again also where a router's row is missing, and writes what becomes of its alert", () => {
    const { stage, writer } = writing();
    for (const line of packetMemory({ host: "xr1" })) stage.send(line);
    writer.commitIfDue();
    store.db.exec("DELETE FROM devices");
    const next = writing();
    const stored = resume(store);
    restore(next.stage.engine, stored);
    next.stage.engine.tick(Date.UTC(2030, 0, 1));
    next.pass(1_000);
    expect(listAlerts(store)).toMatchObject([{ device: "xr1" }]);
  });
});
