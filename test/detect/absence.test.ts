/** A message that another must follow, and does not. */
import { describe, expect, test } from "vitest";
import { compileRule } from "../../src/rule/compile.ts";
import { readDocument } from "../../src/rule/document.ts";
import { rule as ruleSchema } from "../../src/rule/schema.ts";
import { frameOf, MINUTE, ruleOf, Stage } from "../support/stage.ts";

const SOURCE = `id: link-stays-down
title: A link went down and did not come back
status: experimental
level: low
signals:
  down: { tag: LINEPROTO-5-UPDOWN, text|contains: "to down" }
  up: { tag: LINEPROTO-5-UPDOWN, text|contains: "to up" }
correlations:
  gone: { type: absence, signals: [down, up], timespan: 5m }
verdicts:
  - { name: stays-down, when: { gone: true } }
`;
const document = readDocument(ruleSchema, "link-stays-down.yaml", SOURCE);
const RULE = document.locate(() =>
  compileRule(document, ruleOf("unexplained-restart").advisory, "link-stays-down.yaml", SOURCE),
);
const stage = () => new Stage({ rules: [RULE], policy: { year: 2020, anchor: null, latest: null } });
let counter = 0;
const line = (to: "up" | "down") => {
  counter += 1;
  return `<189>${counter}: r1: Mar  4 12:00:00.${counter}: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to ${to}`;
};

describe("an absence", () => {
  test("is judged when its time is over, not before", () => {
    const one = stage().send(line("down"));
    expect(one.wait(5 * MINUTE - 1).alerts()).toEqual([]);
    expect(one.wait(1).alert()).toMatchObject({ verdict: "stays-down", firstSeen: one.now - 5 * MINUTE });
  });

  test("is none when the other message follows", () => {
    expect(
      stage()
        .send([line("down"), line("up")])
        .wait(6 * MINUTE)
        .alerts(),
    ).toEqual([]);
    expect(
      stage()
        .send([line("up"), line("down")])
        .wait(6 * MINUTE)
        .alerts(),
    ).toHaveLength(1);
  });

  test("is not judged at the end of a capture whose time has not come", () => {
    expect(stage().send(line("down")).finish().alerts()).toEqual([]);
  });

  test("is judged also after an alert of the same group was closed by hand", () => {
    const one = stage()
      .send(line("down"))
      .wait(5 * MINUTE);
    const { id } = one.alert();
    one.send(line("down"));
    one.engine.act({ at: one.now, by: "noc", alert: id, kind: "close", step: null, disposition: null, note: null });
    one.wait(5 * MINUTE);
    expect(one.alerts().map((alert) => alert.status)).toEqual(["closed", "open"]);
  });

  test("in a flood waits for a bounded number of messages", () => {
    const one = stage();
    for (let i = 0; i < 5_000; i++) one.send(line("down"));
    expect([...one.engine.state.groups.values()][0]!.absences.length).toBeLessThanOrEqual(64);
    expect(one.wait(6 * MINUTE).alerts()).toHaveLength(1);
  });

  test("runs on the clock that still runs when a relay's stamps give way to the router's own", () => {
    const text = "%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to";
    const one = stage();
    for (const raw of [
      `Mar  4 12:00:00 192.0.2.9 1: r1: Mar  4 12:00:00: ${text} down`,
      `r1: Mar  4 12:00:01: ${text} down`,
      "r1: Mar  4 12:20:00: %SYS-5-CONFIG_I: Configured from console by noc",
    ])
      one.engine.accept(frameOf(raw, null, "capture.log"));
    expect(one.alerts()).toHaveLength(1);
  });
});
