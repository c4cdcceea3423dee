/** Whoever looks on sees where each frame ends and what judgement works with, and changes nothing. */
import { expect, test } from "vitest";
import type { Outcome } from "../../src/model.ts";
import { boot, cpuHog, mallocFail, packetMemory, reload } from "../support/lines.ts";
import { MINUTE, SECOND, Stage } from "../support/stage.ts";

function play(stage: Stage): Stage {
  return stage
    .send([...packetMemory(), ...mallocFail(1231), cpuHog(1240), cpuHog(1240)])
    .send(["", "???", reload(1241)])
    .wait(4 * MINUTE)
    .send(boot("15.1(4)M5"))
    .wait(6 * SECOND);
}

function watched() {
  const ended: [number, Outcome, number | null][] = [];
  const matched: string[] = [];
  const reported: string[] = [];
  const stage = new Stage({
    watcher: {
      ended: (_timed, order, outcome, head) => ended.push([order, outcome, head]),
      matched: (_event, { rule }, _key, counted) => matched.push(`${rule.id}: ${[...counted].join(", ")}`),
      reported: (rule, _key, _group, facts, judged) => reported.push(`${rule.id}: ${facts.level} ${judged.outcome}`),
    },
  });
  return { stage: play(stage), ended, matched, reported };
}

test("each frame ends once, under the outcome that is counted", () => {
  const { stage, ended } = watched();
  const sums: Record<string, number> = {};
  for (const [, outcome] of ended) sums[outcome] = (sums[outcome] ?? 0) + 1;
  expect(stage.engine.counters.outcomes).toMatchObject(sums);
  expect(ended.map(([order]) => order)).toEqual(ended.map((_, i) => i + 1));
});

test("a line that continues another names it", () => {
  expect(watched().ended.filter(([, outcome]) => outcome === "joined")).toEqual([
    ...[8, 9, 10, 11].map((order) => [order, "joined", 7]),
    ...[18, 19, 20, 21].map((order) => [order, "joined", 17]),
  ]);
});

test("a signal that another excuses is matched and does not count", () => {
  expect(watched().matched).toContain("unexplained-restart: ");
  expect(watched().matched).toContain("unexplained-restart: reload");
});

test("a report is told with its facts", () => {
  expect(watched().reported).toContain("packet-memory-exhausted: 100 alert");
});

test("nothing is judged otherwise", () => {
  expect(watched().stage.alerts()).toEqual(play(new Stage()).alerts());
});
