/** What is remembered for months: how it begins, what ends it, and that it costs little. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { Engine } from "../../src/run/engine.ts";
import { restore, takeBatch } from "../../src/run/persist.ts";
import { resume } from "../../src/store/commit.ts";
import { openStore } from "../../src/store/open.ts";
import { ruleFrom } from "../support/rule.ts";
import { frameOf, HOUR, NO_YEAR, NOON, ruleOf, Stage } from "../support/stage.ts";

const rule = ruleOf("mitigation-lost");
const DAY = 24 * HOUR;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

let counter = 1;
const line = (text: string, host = "pe1", node = "RP/0/RP0/CPU0") => {
  counter++;
  return `<188>${counter}: ${host} ${node}:Mar  4 12:00:00.${String(counter % 1000).padStart(3, "0")} UTC: x[1]: %${text}`;
};
const asked = (what: string, process: string, host?: string, at = "0/RP0/CPU0") =>
  line(`OS-SYSMGR-4-PROC_NAME : User noc (vty0) requested a ${what} of process ${process} at ${at}`, host);
const shutdown = (process = "ipsec_pp", host?: string, at?: string) => asked("shutdown", process, host, at);
const restored = (host?: string, at = "0/RP0/CPU0") =>
  line(`MGBL-CONFIG-6-OIR_RESTORE : Configuration for node '${at}' has been restored.`, host);
const ready = (process = "ipsec_pp", host?: string, node?: string) =>
  line(`SECURITY-IMP-6-PROC_READY : Process ${process} is ready`, host, node);
const stageOf = () => new Stage({ rules: [rule] });
const verdicts = (stage: Stage) => stage.alerts().map((alert) => alert.verdict);

describe("a shutdown", () => {
  test("is remembered for years", () => {
    const stage = stageOf()
      .send(shutdown())
      .wait(3_000 * DAY)
      .send(restored());
    expect(verdicts(stage)).toEqual(["reloaded-since-shutdown"]);
    expect(
      verdicts(
        stageOf()
          .send(shutdown())
          .wait(3_651 * DAY)
          .send(restored()),
      ),
    ).toEqual([]);
  });

  test("is taken back by a start, and by a restart, of the same process on the same node only, and told as such", () => {
    for (const what of ["start", "restart"]) {
      const stage = stageOf().send([shutdown(), asked(what, "ipsec_pp"), restored()]);
      expect(stage.alert()).toMatchObject({ verdict: "shutdown-was-taken-back", level: "low" });
      expect(
        stage.alert().evidence.map(({ raw }) => /requested a \w+|restored/.exec(String(Buffer.from(raw)))?.[0]),
      ).toEqual(["requested a shutdown", `requested a ${what}`, "restored"]);
    }
    const untouched = ["reloaded-since-shutdown"];
    expect(verdicts(stageOf().send([shutdown(), asked("start", "ipsec_mp"), restored()]))).toEqual(untouched);
    expect(verdicts(stageOf().send([shutdown(), asked("start", "ipsec_pp", "pe1", "0/1/CPU0"), restored()]))).toEqual(
      untouched,
    );
  });

  test("that was taken back in somebody's name silences nothing, and counts in full once it is done again", () => {
    const stage = stageOf()
      .send([shutdown(), asked("start", "ipsec_pp")])
      .wait(DAY)
      .send(ready());
    expect(stage.alert()).toMatchObject({ verdict: "shutdown-was-taken-back", level: "low", count: 1 });
    stage.send([shutdown(), ready()]);
    expect(stage.alert()).toMatchObject({ verdict: "shut-down-process-runs-again", level: "high", count: 2 });
  });

  test("is not taken back by a start that another address tells", () => {
    const stage = stageOf().send(shutdown());
    stage.send(asked("start", "ipsec_pp"), { from: "198.51.100.9" }).send(restored());
    expect(verdicts(stage)).toEqual(["reloaded-since-shutdown"]);
  });

  test("that was taken back and came again counts from then", () => {
    const stage = stageOf().send([shutdown(), restored(), asked("start", "ipsec_pp"), restored()]);
    expect(stage.alert()).toMatchObject({ verdict: "reloaded-since-shutdown", count: 2 });
    stage.send([shutdown(), restored()]);
    expect(stage.alert()).toMatchObject({ status: "recovering", count: 3 });
  });

  test("is forgotten when its alert is closed", () => {
    const stage = stageOf().send([shutdown(), restored()]);
    const act = { at: stage.now, by: "noc", alert: stage.alert().id, step: null, note: null };
    stage.engine.act({ ...act, kind: "close", disposition: "false-alarm" });
    stage.wait(DAY).send(restored());
    expect(stage.alert().status).toBe("closed");
    expect(stage.engine.state.groups.size).toBe(0);
  });

  test("is raised by the process that runs again, above a reload", () => {
    const stage = stageOf().send([shutdown(), restored()]);
    expect(stage.alert()).toMatchObject({ level: "medium", confidence: "medium" });
    expect(stage.send(ready()).alert()).toMatchObject({ level: "high", confidence: "high", count: 2 });
  });

  test("shows its own line as evidence, once", () => {
    const stage = stageOf().send(shutdown()).wait(DAY).send([restored(), restored()]);
    const lines = stage.alert().evidence.map(({ raw }) => Buffer.from(raw).toString());
    expect(lines.map((text) => text.includes("requested a shutdown"))).toEqual([true, false, false]);
    expect(stage.alert().firstSeen).toBeGreaterThan(NOON + DAY);
  });
});

describe("memory", () => {
  test("is taken by shutdowns only, not by reloads nor starts", () => {
    const stage = stageOf();
    for (let i = 0; i < 500; i++)
      stage.send([restored(`pe${i}`), ready("ipsec_mp", `pe${i}`), asked("start", "ipsec_mp", `pe${i}`)]);
    expect(stage.engine.state.groups.size).toBe(0);
    stage.send(shutdown());
    expect(stage.engine.state.groups.size).toBe(1);
    stage.send(asked("start", "ipsec_pp"));
    expect(stage.engine.state.memories.size).toBe(1);
  });

  test("has room for ten thousand; the oldest goes first", () => {
    const stage = new Stage({ rules: [rule], maxDevices: 20_000 });
    for (let i = 0; i <= 10_000; i++) stage.send(shutdown("ipsec_pp", `forged${i}`));
    expect(stage.engine.state.memories.size).toBe(10_000);
    stage.send([restored("forged0"), restored("forged1")]);
    expect(stage.alerts().map((alert) => alert.device)).toEqual(["forged1"]);
  }, 60_000);

  test("outlasts a restart and a new version of the rule; its alert is opened anew", () => {
    const folder = mkdtempSync(join(tmpdir(), "telltale-memory-"));
    folders.push(folder);
    const store = openStore(join(folder, "t.db"));
    const options = { policy: NO_YEAR, maxDevices: 10 };
    const before = new Engine({ ...options, rules: [rule] });
    before.accept(frameOf(shutdown(), NOON));
    store.commit(0, () => takeBatch(before, true, {}));
    const after = new Engine({ ...options, rules: [{ ...rule, stateVersion: "another" }] });
    restore(after, resume(store));
    store.commit(0, () => takeBatch(after, true, {}));
    const again = new Engine({ ...options, rules: [{ ...rule, stateVersion: "another" }] });
    restore(again, resume(store));
    again.accept(frameOf(restored(), NOON + 100 * DAY));
    expect(again.ledger.takeAlerts().map(({ change, alert }) => [change, alert.verdict])).toEqual([
      ["opened", "reloaded-since-shutdown"],
    ]);
    store.close();
  });
});

test("a rule that changes while the engine runs goes on remembering", () => {
  const stage = stageOf().send([shutdown(), shutdown("ipsec_mp", "pe2"), restored("pe2")]);
  stage.send([shutdown("ipsec_pp", "pe3"), asked("start", "ipsec_pp", "pe3")]);
  stage.engine.swap([{ ...rule, stateVersion: "another" }]);
  stage.wait(DAY).send([restored(), restored("pe2"), restored("pe3")]);
  expect(stage.alerts().map((alert) => [alert.device, alert.notes.length, alert.verdict])).toEqual([
    ["pe2", 1, "reloaded-since-shutdown"],
    ["pe1", 0, "reloaded-since-shutdown"],
    ["pe2", 0, "reloaded-since-shutdown"],
    ["pe3", 0, "shutdown-was-taken-back"],
  ]);
});

test("which memory was renewed longest ago is known after a change of the rule, too", () => {
  const stage = stageOf().send([shutdown("ipsec_pp", "pe1"), shutdown("ipsec_pp", "pe2"), shutdown("ipsec_pp", "pe1")]);
  const before = [...stage.engine.state.memories];
  stage.engine.swap([{ ...rule, stateVersion: "another" }]);
  expect([...stage.engine.state.memories]).toEqual(before);
  expect(before[0]).toContain("pe2");
});

/** Each step on one of two nodes: S shutdown, X start, R reload, Y ready. */
const steps = fc.array(
  fc.record({ what: fc.constantFrom("S", "X", "R", "Y"), node: fc.constantFrom("0/RP0/CPU0", "0/1/CPU0") }),
  {
    maxLength: 14,
  },
);

test("a reload or a process that is ready counts after a shutdown, in full when that was the last word on that node", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const stage = stageOf();
      const last = new Map<string, string>();
      const counted = new Map<string, { count: number; full: boolean }>();
      for (const { what, node } of list) {
        if (what === "S" || (what === "X" && last.has(node))) last.set(node, what);
        if ((what === "R" || what === "Y") && last.has(node)) {
          const before = counted.get(node) ?? { count: 0, full: false };
          counted.set(node, { count: before.count + 1, full: before.full || last.get(node) === "S" });
        }
        if (what === "S") stage.send(shutdown("ipsec_pp", "pe1", node));
        else if (what === "X") stage.send(asked("start", "ipsec_pp", "pe1", node));
        else if (what === "R") stage.send(restored("pe1", node));
        else stage.send(ready("ipsec_pp", "pe1", node === "0/1/CPU0" ? "LC/0/1/CPU0" : "RP/0/RP0/CPU0"));
      }
      const got = stage
        .alerts()
        .map(({ node, count, verdict }): [string, { count: number; full: boolean }] => [
          node!.replace(/^(RP|LC)\//, ""),
          { count, full: verdict !== "shutdown-was-taken-back" },
        ]);
      expect(new Map(got)).toEqual(counted);
    }),
    { numRuns: 300 },
  );
});

test("what is remembered of several values stays apart when the rule changes", () => {
  const by = ruleFrom(`signals:
  down: { tag: SYS-5-DOWN, text|re: '^(?P<process>\\w+)' }
  up: { tag: SYS-5-UP, text|re: '^(?P<process>\\w+)' }
  start: { tag: SYS-5-START, text|re: '^(?P<process>\\w+)' }
group-by: [device, process]
correlations: { back: { type: temporal_ordered, signals: [down, up], cancelled-by: start, timespan: 3650d } }
reports: [up]
verdicts: [{ name: back, when: { back: true } }]
`);
  const stage = new Stage({ rules: [by] }).send([line("SYS-5-DOWN: one"), line("SYS-5-DOWN: two")]);
  stage.engine.swap([{ ...by, stateVersion: "another" }]);
  expect(stage.send([line("SYS-5-UP: one"), line("SYS-5-UP: two")], { step: 0 }).alerts()).toHaveLength(2);
});
