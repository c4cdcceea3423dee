/** A recovery that stops half done: what the alert says, and that its outputs hear of it once more. */
import { describe, expect, test } from "vitest";
import { alertBrief, alertCard } from "../../src/output/card.ts";
import { packetMemory, restartOf } from "../support/lines.ts";
import { MINUTE, Stage } from "../support/stage.ts";

const flood = (counter: number) => packetMemory({ counter, time: `Mar  4 12:00:00.${counter} UTC` });
const ready = (process: string, counter: number, node = "RP/0/RSP0/CPU0") =>
  `<190>${counter}: xr1 ${node}:Mar  4 12:05:09.000 UTC: ${process}[385]: %SECURITY-IMP-6-PROC_READY : Process ${process} is ready`;
const mp = (counter: number, at?: string) => restartOf("ipsec_mp", counter, at === undefined ? {} : { at });
const pp = (counter: number, at?: string) => restartOf("ipsec_pp", counter, at === undefined ? {} : { at });
const opened = () => new Stage().send(flood(100));
const caveats = (stage: Stage) => stage.alert().caveats.map((caveat) => caveat.en);
/** What the outputs were told since this was last asked. */
const told = (stage: Stage) =>
  stage.engine.ledger
    .takeAlerts()
    .map(({ change }) => change)
    .filter((change) => change !== "updated");
const LOOK = { color: false, width: 200, lang: "en" } as const;

describe("a half-done recovery", () => {
  test("says what was seen, what is left, and the command for it, in both languages", () => {
    const [caveat] = opened().send(mp(110)).alert().caveats;
    expect(caveat).toEqual({
      en: "Recovery is half done. Seen: restart-ipsec_mp (2020-03-04T12:00:00Z, noc). Still to do on RP/0/RSP0/CPU0: process restart ipsec_pp.",
      ja: "復旧は途中です。確認済み: restart-ipsec_mp (2020-03-04T12:00:00Z, noc)。RP/0/RSP0/CPU0 で残っている作業: process restart ipsec_pp。",
    });
  });

  test("puts what is left in front of everything else that is to do", () => {
    const alert = opened().send(mp(110)).alert();
    expect(alert.details.stepsLeft).toBe("restart-ipsec_pp");
    expect(alertBrief(alert, LOOK)).toContain("Next: restart-ipsec_pp\n    process restart ipsec_pp\n");
  });

  test("says nothing of it before the first step, after the last, and once the alert is over", () => {
    expect(caveats(opened())).toEqual([]);
    expect(caveats(opened().send([mp(110), pp(111)]))).toEqual([]);
    const closed = opened().send(mp(110));
    const act = { at: closed.now, by: "noc", alert: closed.alert().id, step: null, note: null };
    closed.engine.act({ ...act, kind: "close", disposition: "confirmed" });
    expect(closed.alert().details.stepsLeft).toBeUndefined();
  });

  test("still says it when the flood comes back before the second step", () => {
    const alert = opened()
      .send(mp(110))
      .wait(2 * MINUTE)
      .send(flood(120))
      .alert();
    expect(alert).toMatchObject({ status: "recurring", details: { stepsLeft: "restart-ipsec_pp" } });
    expect(alert.caveats[0]!.en).toContain("Still to do on RP/0/RSP0/CPU0: process restart ipsec_pp.");
  });
});

describe("a second step that was done first", () => {
  const again = () =>
    opened()
      .send(pp(110))
      .wait(2 * MINUTE)
      .send(flood(120));

  test("did not help when the flood comes back, and has to be done again", () => {
    const stage = again();
    expect(stage.alert()).toMatchObject({ status: "recurring", caveats: [] });
    expect(stage.send(mp(130)).alert().details.stepsLeft).toBe("restart-ipsec_pp");
    expect(stage.wait(60 * MINUTE).alert().status).toBe("recovering");
    expect(
      stage
        .send(pp(131))
        .wait(15 * MINUTE)
        .alert(),
    ).toMatchObject({ status: "resolved", caveats: [] });
  });

  test("counts when no flood comes in between", () => {
    const stage = opened()
      .send(pp(110))
      .wait(MINUTE)
      .send(mp(111))
      .wait(15 * MINUTE);
    expect(stage.alert().status).toBe("resolved");
    expect(caveats(stage)[0]).toContain("in another order");
  });
});

describe("a step on the wrong node", () => {
  test("is not ticked, names both nodes, and holds nothing up", () => {
    const stage = opened().send([mp(110, "0/RSP1/CPU0"), pp(111, "0/RSP1/CPU0")]);
    expect(caveats(stage)).toEqual([
      "restart-ipsec_mp was done on 0/RSP1/CPU0, but this alert is about RP/0/RSP0/CPU0: still to do there: process restart ipsec_mp.",
      "restart-ipsec_pp was done on 0/RSP1/CPU0, but this alert is about RP/0/RSP0/CPU0: still to do there: process restart ipsec_pp.",
    ]);
    const card = alertCard(stage.alert(), LOOK);
    expect(card).toContain("[ ] restart-ipsec_mp  2020-03-04T12:00:00Z noc, on 0/RSP1/CPU0, not here");
    expect(stage.wait(15 * MINUTE).alert().status).toBe("resolved");
    expect(caveats(stage)).toHaveLength(2);
  });

  test("is one that was typed on another node without a location", () => {
    const local = (process: string, counter: number) => restartOf(process, counter).replace(/ at \S+$/, "");
    const lineCard = new Stage().send(packetMemory({ node: "LC/0/5/CPU0" }));
    expect(caveats(lineCard.send([local("ipsec_mp", 110), local("ipsec_pp", 111)]))).toEqual([
      "restart-ipsec_mp was done on RP/0/RSP0/CPU0, but this alert is about LC/0/5/CPU0: still to do there: process restart ipsec_mp.",
      "restart-ipsec_pp was done on RP/0/RSP0/CPU0, but this alert is about LC/0/5/CPU0: still to do there: process restart ipsec_pp.",
    ]);
    expect(caveats(opened().send([local("ipsec_mp", 110), local("ipsec_pp", 111)]))).toEqual([]);
  });

  test("does not undo the same step on the right node", () => {
    const stage = opened().send([mp(110), mp(111, "0/RSP1/CPU0"), pp(112)]);
    expect(stage.alert()).toMatchObject({ status: "recovering", caveats: [] });
  });
});

describe("a reminder", () => {
  test("comes once, ten minutes after the step that was the last", () => {
    const stage = opened().send(mp(110));
    expect(told(stage)).toEqual(["opened", "status"]);
    expect(told(stage.wait(10 * MINUTE - 1))).toEqual([]);
    expect(told(stage.wait(1))).toEqual(["reminded"]);
    expect(told(stage.wait(60 * MINUTE))).toEqual([]);
  });

  test("does not come once the second step was seen", () => {
    const stage = opened()
      .send(mp(110))
      .wait(9 * MINUTE)
      .send(pp(111));
    told(stage);
    expect(told(stage.wait(10 * MINUTE))).toEqual([]);
  });

  test("comes for steps on the wrong node too", () => {
    const stage = opened().send([mp(110, "0/RSP1/CPU0"), pp(111, "0/RSP1/CPU0")]);
    told(stage);
    expect(told(stage.wait(10 * MINUTE))).toEqual(["reminded"]);
  });

  test("is not put off by the step that was seen already", () => {
    const stage = opened()
      .send(mp(110))
      .wait(10 * MINUTE);
    told(stage);
    expect(told(stage.send(mp(111)).wait(30 * MINUTE))).toEqual([]);
  });
});

describe("a process that is ready again", () => {
  test("ticks its step where nobody was seen doing it", () => {
    const stage = opened().send(ready("ipsec_mp", 110));
    const [, , item] = stage.alert().runbook.recover;
    expect(item).toMatchObject({ id: "restart-ipsec_mp", done: { by: "router log" } });
  });

  test("adds nothing where an operator was seen, and comes from the node itself", () => {
    const stage = opened().send([mp(110), ready("ipsec_mp", 111), ready("ipsec_pp", 112, "LC/0/1/CPU0")]);
    const [, , item, other] = stage.alert().runbook.recover;
    expect(item!.done!.by).toBe("noc");
    expect(other!.done).toBeNull();
  });

  test("shows that the right node followed", () => {
    const stage = opened().send([mp(110, "0/RSP1/CPU0"), ready("ipsec_mp", 111)]);
    expect(caveats(stage)).toEqual([expect.stringContaining("Recovery is half done")]);
  });

  test("is no step while no alert is open", () => {
    expect(new Stage().send([ready("ipsec_mp", 90), ...flood(100)]).alert().status).toBe("open");
  });
});
