/** Messages that raise nothing alone stand in the evidence of the alert that they raise together. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Alert } from "../../src/model.ts";
import { Engine } from "../../src/run/engine.ts";
import { restore, takeBatch } from "../../src/run/persist.ts";
import { resume } from "../../src/store/commit.ts";
import { openStore } from "../../src/store/open.ts";
import { ruleFrom } from "../support/rule.ts";
import { frameOf, HOUR, MINUTE, NO_YEAR, NOON, ruleOf, Stage } from "../support/stage.ts";

const rule = ruleFrom(`signals:
  failed: { tag: SEC_LOGIN-4-LOGIN_FAILED }
  success: { tag: SEC_LOGIN-5-LOGIN_SUCCESS }
correlations:
  many: { type: event_count, signals: [failed], timespan: 10m, condition: { gte: 3 } }
  guessed: { type: temporal_ordered, signals: [failed, success], timespan: 30m }
reports: [failed, success]
verdicts: [{ name: guessed, when: { success: true, guessed: true } }, { name: guessing, when: { many: true } }]
`);
const failed = (counter: number, host = "r1") =>
  `<188>${counter}: ${host}: Mar  4 12:00:00.${counter}: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: noc] [Source: 192.0.2.77] [localport: 22] [Reason: Login Authentication Failed]`;
const success = (counter: number) =>
  `<189>${counter}: r1: Mar  4 12:00:00.${counter}: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: noc] [Source: 192.0.2.77] [localport: 22]`;
const countersOf = ({ evidence }: Alert) =>
  evidence.map(({ raw }) => Number(/>(\d+):/.exec(String(Buffer.from(raw)))?.[1]));

test("all that a correlation counted are shown, oldest first, and are one report", () => {
  const stage = new Stage({ rules: [rule] }).send([failed(1), failed(2), failed(3)], { step: MINUTE });
  expect(countersOf(stage.alert())).toEqual([1, 2, 3]);
  expect(stage.alert()).toMatchObject({ count: 1, firstSeen: stage.alert().lastSeen });
});

test("what lies before the window is not shown", () => {
  const stage = new Stage({ rules: [rule] }).send([failed(1)]).wait(11 * MINUTE);
  expect(countersOf(stage.send([failed(2), failed(3), failed(4)]).alert())).toEqual([2, 3, 4]);
});

test("an ordered correlation shows what came first, as far as it counts it", () => {
  const stage = new Stage({ rules: [rule] }).send([failed(1), failed(2)]).wait(20 * MINUTE);
  expect(countersOf(stage.send(success(3)).alert())).toEqual([1, 2, 3]);
});

test("a failure of any process that a voice gateway's rejection makes doubtful is shown with it", () => {
  const fail = (counter: number) =>
    `<186>${counter}: r1: Nov  6 16:00:00.${counter}: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6080A1B4, alignment 0`;
  const rejected =
    "<187>203: r1: Nov  6 16:00:05.000: %IVR-3-LOW_MEMORY_RESOURCE: IVR: System running low on memory (99/100 in use). Call (callID=1) is rejected.";
  const stage = new Stage({ rules: [ruleOf("sip-process-anomaly")] }).send([fail(200), fail(201), fail(202)]);
  expect(countersOf(stage.wait(MINUTE).send(rejected).wait(MINUTE).alert())).toEqual([200, 201, 202, 203]);
});

test("nothing is kept once there is an alert, and nothing for longer than a window", () => {
  const stage = new Stage({ rules: [rule] }).send([failed(1), failed(2), failed(3), failed(4)]);
  const prior = () => [...stage.engine.state.groups.values()].map((group) => group.prior);
  expect(prior()).toEqual([undefined]);
  expect(countersOf(stage.alert())).toEqual([1, 2, 3, 4]);
  const quiet = new Stage({ rules: [rule] }).send(failed(1)).wait(HOUR).send(failed(2, "r2"));
  expect([...quiet.engine.state.groups.values()].map((group) => [group.device, group.prior?.length])).toEqual([
    ["r2", 1],
  ]);
});

test("the lines outlast a restart", () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-prior-"));
  const store = openStore(join(folder, "t.db"));
  const options = { policy: NO_YEAR, maxDevices: 10, rules: [rule] };
  const before = new Engine(options);
  before.accept(frameOf(failed(1), NOON));
  before.accept(frameOf(failed(2), NOON + 1));
  store.commit(0, () => takeBatch(before, true, {}));
  const after = new Engine(options);
  restore(after, resume(store));
  after.accept(frameOf(failed(3), NOON + 2));
  expect(after.ledger.takeAlerts().map(({ alert }) => countersOf(alert))).toEqual([[1, 2, 3]]);
  expect(after.state.priors.size).toBe(0);
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("ten thousand groups keep lines; the one that was added to longest ago goes first, and its alert comes all the same", () => {
  const stage = new Stage({ rules: [rule], maxDevices: 20_000 });
  for (let i = 0; i <= 10_000; i++) stage.send([failed(1, `forged${i}`), failed(2, `forged${i}`)]);
  expect(stage.engine.state.priors.size).toBe(10_000);
  const kept = [...stage.engine.state.groups.values()].filter((group) => group.prior !== undefined);
  expect(kept).toHaveLength(10_000);
  expect(
    stage
      .send([failed(3, "forged0"), failed(3, "forged9")])
      .alerts()
      .map((alert) => [alert.device, countersOf(alert)]),
  ).toEqual([
    ["forged0", [3]],
    ["forged9", [1, 2, 3]],
  ]);
}, 60_000);

test("who lost them stays without them over a restart, too", () => {
  const stage = new Stage({ rules: [rule], maxDevices: 20_000 });
  for (let i = 0; i < 10_000; i++) stage.send(failed(1, `forged${i}`));
  takeBatch(stage.engine, true, {});
  stage.send(failed(1, "one-more"));
  const stored = takeBatch(stage.engine, true, {}).states.find(({ group }) => group.includes("forged0"));
  expect(JSON.parse(stored!.data)).not.toHaveProperty("prior");
}, 60_000);

test("a window that may hold only so much shows what it held", () => {
  const few = ruleFrom(`signals: { failed: { tag: SEC_LOGIN-4-LOGIN_FAILED } }
correlations: { few: { type: event_count, signals: [failed], timespan: 10m, condition: { gte: 2, lte: 3 } } }
verdicts: [{ name: few, when: { few: true } }]
`);
  const stage = new Stage({ rules: [few] }).send([failed(1), failed(2), failed(3)]).wait(HOUR);
  expect(countersOf(stage.alert())).toEqual([1, 2, 3]);
});

test("the message that was judged is always among them, however much is remembered", () => {
  const names = [1, 2, 3, 4, 5].map((n) => `s${n}`);
  const many = ruleFrom(`signals:
${names.map((name) => `  ${name}: { tag: SYS-5-ONE, text|contains: "${name}" }`).join("\n")}
  start: { tag: SYS-5-START }
  lost: { tag: SYS-5-LOST }
correlations:
${names.map((name) => `  ${name}-lost: { type: temporal_ordered, signals: [${name}, lost], cancelled-by: start, cancelled: true, timespan: 30d }`).join("\n")}
reports: [lost]
verdicts: [{ name: lost, when: { s1-lost: true } }]
`);
  const line = (counter: number, text: string) => `<189>${counter}: r1: Mar  4 12:00:00.${counter}: %SYS-5-${text}`;
  const stage = new Stage({ rules: [many] }).send(names.map((name, i) => line(i + 1, `ONE: ${name}`)));
  expect(countersOf(stage.send([line(6, "START: all"), line(7, "LOST: all")]).alert()).at(-1)).toBe(7);
});

test("a fleet shows of each router the message that raised its alert, and not what came before", () => {
  const fleet = ruleFrom(`signals: { failed: { tag: SEC_LOGIN-4-LOGIN_FAILED } }
correlations: { many: { type: event_count, signals: [failed], timespan: 10m, condition: { gte: 3 } } }
reports: [failed]
verdicts: [{ name: guessing, when: { many: true } }]
fleet:
  type: value_count
  timespan: 10m
  condition: { field: device, gte: 2 }
  from: medium
  verdict: fleet-guessing
  level: high
  title: Guessing on several
  runbook: { recover: [{ id: look, do: Look., why: Look., source: telltale }] }
`);
  const stage = new Stage({ rules: [fleet] });
  for (const host of ["r1", "r2"]) stage.send([1, 2, 3].map((counter) => failed(counter, host)));
  expect(countersOf(stage.alerts().find(({ device }) => device === "*")!)).toEqual([3, 3]);
});
