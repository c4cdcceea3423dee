/** The life of an alert: each way from one status to another, and the ways there are not. */
import { describe, expect, test } from "vitest";
import type { Act } from "../../src/model.ts";
import { cpuHog, packetMemory, restartOf } from "../support/lines.ts";
import { HOUR, MINUTE, SECOND, Stage } from "../support/stage.ts";

let counter = 10_000;
const flood = () => {
  counter += 10;
  const time = `Mar  4 12:00:00.${String(counter % 997).padStart(3, "0")} UTC`;
  return packetMemory({ counter, time });
};
const mp = (at?: string) => restartOf("ipsec_mp", counter++ + 6, at === undefined ? {} : { at });
const pp = (at?: string) => restartOf("ipsec_pp", counter++ + 6, at === undefined ? {} : { at });
const act = (stage: Stage, kind: Act["kind"], step: string | null = null, alert = stage.alert().id) =>
  stage.engine.act({ at: stage.now, by: "noc", alert, kind, step, disposition: null, note: null });
const done = (stage: Stage) =>
  Object.values(stage.alert().runbook).flatMap((items) =>
    items.filter((item) => item.done !== null).map((item) => item.id),
  );
const opened = () => new Stage().send(flood());
const recovering = () => opened().wait(MINUTE).send([mp(), pp()]);
const resolved = () => recovering().wait(15 * MINUTE);

describe("a flood of packet memory", () => {
  test("opens one alert", () => {
    expect(opened().alert()).toMatchObject({ status: "open", count: 1, lead: "recover" });
  });

  test("is recovering once a step was seen", () => {
    const stage = opened().send(mp());
    expect(stage.alert().status).toBe("recovering");
    expect(done(stage)).toEqual(["restart-ipsec_mp"]);
  });

  test("stays recovering when only half of the steps were seen", () => {
    expect(
      opened()
        .send(mp())
        .wait(23 * HOUR)
        .alert().status,
    ).toBe("recovering");
  });

  test("is resolved 15 minutes after the last step, not before", () => {
    expect(
      recovering()
        .wait(15 * MINUTE - 1)
        .alert().status,
    ).toBe("recovering");
    expect(resolved().alert().status).toBe("resolved");
  });

  test("is resolved by the last step's time when the steps lie apart", () => {
    const stage = opened()
      .send(mp())
      .wait(10 * MINUTE)
      .send(pp());
    expect(stage.wait(15 * MINUTE - 1).alert().status).toBe("recovering");
    expect(stage.wait(1).alert().status).toBe("resolved");
  });

  test("may report for 60 more seconds while it recovers", () => {
    const stage = recovering()
      .wait(59 * SECOND)
      .send(flood());
    expect(stage.alert()).toMatchObject({ status: "recovering", count: 2 });
    expect(stage.wait(15 * MINUTE).alert().status).toBe("resolved");
  });

  test("recurs when it reports later than that", () => {
    const stage = recovering()
      .wait(61 * SECOND)
      .send(flood());
    expect(stage.alert()).toMatchObject({ status: "recurring", count: 2, lead: "mitigate" });
    expect(done(stage)).toEqual([]);
    expect(stage.wait(HOUR).alert().status).toBe("recurring");
  });

  test("recurs as well when only half of the steps were seen, and keeps the tick", () => {
    const stage = opened()
      .send(mp())
      .wait(61 * SECOND)
      .send(flood());
    expect(stage.alert().status).toBe("recurring");
    expect(done(stage)).toEqual(["restart-ipsec_mp"]);
  });

  test("recurs in the same alert within 24 hours of being resolved", () => {
    const stage = resolved();
    const { id } = stage.alert();
    stage.wait(24 * HOUR - 7).send(flood());
    expect(stage.alert()).toMatchObject({ id, status: "recurring", count: 2 });
  });

  test("is a new alert later than that", () => {
    const stage = resolved()
      .wait(24 * HOUR + 1)
      .send(flood());
    expect(stage.alerts().map((alert) => [alert.status, alert.count])).toEqual([
      ["resolved", 1],
      ["open", 1],
    ]);
  });

  test("recovers again when the steps are seen again, and resolves again", () => {
    const stage = resolved().wait(HOUR).send(flood()).wait(MINUTE).send([mp(), pp()]);
    expect(stage.alert().status).toBe("recovering");
    expect(stage.wait(15 * MINUTE).alert()).toMatchObject({ status: "resolved", count: 2 });
  });

  test("stays open when it stops with no step seen, and says since when it is quiet", () => {
    const stage = opened();
    const last = stage.alert().lastSeen;
    expect(stage.wait(15 * MINUTE - 7).alert().details.quietSince).toBeUndefined();
    stage.wait(7);
    expect(stage.alert()).toMatchObject({ status: "open", details: { quietSince: new Date(last).toISOString() } });
    stage.send(flood());
    expect(stage.alert()).toMatchObject({ status: "open", count: 2 });
    expect(stage.alert().details.quietSince).toBeUndefined();
  });

  test("belongs to the same alert within 24 hours of silence, and to a new one later", () => {
    const near = opened();
    near.wait(24 * HOUR - 7).send(flood());
    expect(near.alert().count).toBe(2);
    const far = opened();
    far.wait(24 * HOUR + 1).send(flood());
    expect(far.alerts().map((alert) => alert.count)).toEqual([1, 1]);
  });

  test("takes the steps in another order, with a caveat", () => {
    const stage = opened().send([pp(), mp()]);
    expect(stage.alert().status).toBe("recovering");
    expect(stage.alert().caveats.map((caveat) => caveat.en)).toEqual([expect.stringContaining("another order")]);
    expect(stage.wait(15 * MINUTE).alert().status).toBe("resolved");
  });

  test("takes a step on another node, with a caveat that goes away when the right node follows", () => {
    const stage = opened().send(mp("0/5/CPU0"));
    expect(stage.alert().status).toBe("recovering");
    expect(stage.alert().caveats[0]!.en).toContain("0/5/CPU0");
    expect(stage.send([mp(), pp()]).alert().caveats).toEqual([]);
  });

  test("takes a step that names no node", () => {
    const stage = opened().send([mp(), pp()].map((line) => line.replace(" at 0/RSP0/CPU0", "")));
    expect(stage.alert()).toMatchObject({ status: "recovering", caveats: [] });
  });

  test("takes a step only for the node it was done on where two nodes flood", () => {
    const stage = opened()
      .send(packetMemory({ counter: 20_000, node: "LC/0/1/CPU0" }))
      .send(mp("0/1/CPU0"));
    expect(stage.alerts().map((alert) => [alert.node, alert.status])).toEqual([
      ["RP/0/RSP0/CPU0", "open"],
      ["LC/0/1/CPU0", "recovering"],
    ]);
  });

  test("does not take another router's step, nor one before the flood, nor of another process", () => {
    const other = restartOf("ipsec_mp", 1, { host: "xr9" });
    expect(opened().send(other).alert().status).toBe("open");
    expect(new Stage().send(mp()).send(flood()).alert().status).toBe("open");
    expect(opened().send(restartOf("netio", 1)).alert().status).toBe("open");
  });

  test("is not recovering for a block that another process explains", () => {
    const rows: [string, number, number][] = [["pkg/bin/netio", 1, 99]];
    const stage = new Stage().send(packetMemory({ counter: 30_000, rows })).send(mp());
    expect(stage.alert()).toMatchObject({ verdict: "other-cause", status: "open" });
  });

  test("says who took the step, when, and in which line", () => {
    const item = opened()
      .send(mp())
      .alert()
      .runbook.recover.find(({ id }) => id === "restart-ipsec_mp")!;
    expect(item.done).toMatchObject({
      by: "noc",
      line: expect.stringContaining("requested a restart of process ipsec_mp"),
    });
  });

  test("counts `last message repeated` as reports, one line or the whole block", () => {
    const repeated = (n: number) =>
      `<190>${counter++ + 60}: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:01.5 UTC: syslogd[1]: last message repeated ${n} times`;
    const [depletion] = packetMemory({ counter: 40_000 });
    expect(
      new Stage()
        .send([depletion!, repeated(3)])
        .wait(6 * SECOND)
        .alert().count,
    ).toBe(4);
    expect(
      new Stage()
        .send(depletion!)
        .wait(6 * SECOND)
        .send(repeated(3))
        .alert().count,
    ).toBe(4);
    expect(opened().send(repeated(3)).alert().count).toBe(1);
  });
});

describe("an operator", () => {
  test("ticks the steps by hand", () => {
    const stage = opened();
    act(stage, "done", "restart-ipsec_mp");
    act(stage, "done", "restart-ipsec_pp");
    expect(stage.alert().status).toBe("recovering");
    expect(stage.wait(15 * MINUTE).alert().status).toBe("resolved");
  });

  test("ticks a step that is not part of the life cycle without changing the status", () => {
    const stage = opened();
    act(stage, "done", "check-packet-memory");
    expect(stage.alert().status).toBe("open");
    expect(done(stage)).toEqual(["check-packet-memory"]);
  });

  test("ticks a step of a resolved alert without opening it again", () => {
    const stage = resolved();
    act(stage, "done", "restart-ipsec_pp");
    expect(stage.alert().status).toBe("resolved");
    expect(stage.alert().runbook.recover.find(({ id }) => id === "restart-ipsec_pp")!.done?.line).toBeNull();
  });

  test("closes an alert for good: the next report opens another, steps change nothing", () => {
    const stage = opened();
    const { id } = stage.alert();
    act(stage, "close");
    expect(stage.send(mp()).alert().status).toBe("closed");
    stage.wait(SECOND).send(flood());
    const alerts = stage.alerts();
    expect(alerts.map((alert) => alert.status)).toEqual(["closed", "open"]);
    expect(alerts[1]!.id).not.toBe(id);
  });

  test("acknowledges once", () => {
    const stage = opened();
    act(stage, "ack");
    const first = stage.alert().acknowledged;
    stage.wait(MINUTE);
    act(stage, "ack");
    expect(first).toMatchObject({ by: "noc" });
    expect(stage.alert().acknowledged).toEqual(first);
  });

  test("is the only way out of open for a rule without steps", () => {
    const stage = new Stage()
      .send(cpuHog(1))
      .wait(4 * SECOND)
      .wait(23 * HOUR);
    expect(stage.alert().status).toBe("open");
    act(stage, "close");
    expect(stage.alert().status).toBe("closed");
  });
});

test("at most 20 lines of evidence are kept, the first report's among them", () => {
  const stage = new Stage();
  const rows = Array.from({ length: 30 }, (_, i): [string, number, number] => [`pkg/bin/p${i}`, i, 1]);
  stage.send(packetMemory({ counter: 1, rows, limit: 30 })).wait(MINUTE);
  for (let i = 0; i < 20; i++) stage.send(flood()).wait(MINUTE);
  const alert = stage.alert();
  expect(alert.evidence).toHaveLength(20);
  expect(Buffer.from(alert.evidence[0]!.raw).toString()).toContain("<186>1:");
});
