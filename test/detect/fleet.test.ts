/** One attacker, many routers: when several alerts are one trouble, which it names, and how they are linked. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert, Millis } from "../../src/model.ts";
import { alertJson } from "../../src/output/alert-json.ts";
import { alertCard } from "../../src/output/card.ts";
import { Engine } from "../../src/run/engine.ts";
import { cpuHog, packetMemory } from "../support/lines.ts";
import { frameOf, HOUR, MINUTE, NO_YEAR, NOON, replay, ruleOf, Stage } from "../support/stage.ts";

const flood = (host: string, counter: number, node?: string) =>
  packetMemory({
    host,
    counter,
    time: `Mar  4 12:00:00.${counter % 1000} UTC`,
    ...(node === undefined ? {} : { node }),
  });
const fleetOf = (stage: Stage) => stage.alerts().filter((alert) => alert.device === "*");
const opened = (gap = MINUTE) =>
  ["xr1", "xr2", "xr3"].reduce((stage, host) => stage.wait(gap).send(flood(host, 100)), new Stage());
const told = (stage: Stage) =>
  stage.engine.ledger
    .takeAlerts()
    .filter(({ change }) => change !== "updated")
    .map(({ alert, change }) => [alert.device, change]);

describe("three routers within ten minutes", () => {
  test("are one alert more, which names them, their lines and their alerts", () => {
    const stage = opened();
    const [fleet, ...none] = fleetOf(stage);
    const singles = stage.alerts().filter((alert) => alert.device !== "*");
    expect(none).toEqual([]);
    expect(fleet).toMatchObject({
      rule: "packet-memory-exhausted",
      verdict: "fleet-packet-memory-exhausted",
      level: "critical",
      device: "*",
      node: null,
      address: null,
      status: "open",
      count: 3,
      lead: "mitigate",
      details: { devices: "xr1, xr2, xr3" },
      caveats: [],
      firstSeen: singles[0]!.lastSeen,
      lastSeen: singles[2]!.lastSeen,
    });
    expect(fleet!.title.en).toBe("IPsec packet memory exhausted on 3 routers");
    expect(fleet!.evidence.map(({ raw }) => Buffer.from(raw).toString().split(" ")[1])).toEqual(["xr1", "xr2", "xr3"]);
    expect(fleet!.related).toEqual(singles.map((alert) => alert.id));
    expect(singles.map((alert) => alert.related)).toEqual(singles.map(() => [fleet!.id]));
  });

  test("are told after the alert of the third, which is told with its link", () => {
    const stage = new Stage().send([...flood("xr1", 100), ...flood("xr2", 100), ...flood("xr3", 100)]);
    const entries = stage.engine.ledger.takeAlerts().filter(({ change }) => change === "opened");
    expect(entries.map(({ alert }) => [alert.device, alert.related.length])).toEqual([
      ["xr1", 0],
      ["xr2", 0],
      ["xr3", 1],
      ["*", 3],
    ]);
  });

  test("are none in eleven, nor two routers however often, nor two nodes of one", () => {
    expect(fleetOf(opened(5 * MINUTE + 1))).toEqual([]);
    const two = new Stage();
    for (let i = 0; i < 20; i++) two.wait(1_000).send(flood(i % 2 === 0 ? "xr1" : "XR2", 100 + i * 10));
    expect(fleetOf(two)).toEqual([]);
    const nodes = new Stage().send([...flood("xr1", 100), ...flood("xr2", 100), ...flood("xr2", 200, "LC/0/1/CPU0")]);
    expect(fleetOf(nodes)).toEqual([]);
  });

  test("count while they go on, not only when they begin", () => {
    const stage = new Stage().send(flood("xr1", 100));
    for (let i = 1; i < 8; i++) stage.wait(8 * MINUTE).send(flood("xr1", 100 + i * 10));
    stage.send([...flood("xr2", 100), ...flood("xr3", 100)]);
    const [fleet] = fleetOf(stage);
    expect(fleet).toMatchObject({ count: 3, firstSeen: stage.alerts()[0]!.firstSeen + 5 });
  });

  test("do not count where the verdict is another cause, nor where the report is weaker than asked", () => {
    const rows: [string, number, number][] = [["pkg/bin/netio", 1, 99]];
    const other = ["xr1", "xr2", "xr3"].flatMap((host) => packetMemory({ host, counter: 100, rows }));
    expect(fleetOf(new Stage().send(other).wait(6_000))).toEqual([]);
    const tables = ["xr1", "xr2", "xr3"].flatMap((host) => packetMemory({ host, counter: 100, depletion: false }));
    const stage = new Stage().send(tables).wait(6_000);
    expect(stage.alerts().map((alert) => alert.level)).toEqual(["low", "low", "low"]);
  });

  test("links both alerts of a router whose nodes both flood", () => {
    const stage = new Stage().send([...flood("xr1", 100), ...flood("xr1", 200, "LC/0/1/CPU0"), ...flood("xr2", 100)]);
    stage.send(flood("xr3", 100));
    expect(fleetOf(stage)[0]).toMatchObject({ count: 3 });
    expect(fleetOf(stage)[0]!.related).toHaveLength(4);
    expect(stage.alerts().every((alert) => alert.related.length > 0)).toBe(true);
  });
});

describe("a fleet's alert", () => {
  test("takes in routers that come later, and is told anew when it has doubled", () => {
    const stage = opened();
    told(stage);
    stage.wait(HOUR).send(flood("xr4", 100));
    expect(fleetOf(stage)).toEqual([expect.objectContaining({ count: 4, details: { devices: "xr1, xr2, xr3, xr4" } })]);
    const { title, runbook } = fleetOf(stage)[0]!;
    expect([title, ...runbook.mitigate.map(({ why }) => why)].map(({ en }) => en).join()).not.toMatch(/same time/);
    stage.send(flood("xr5", 100));
    expect(told(stage)).toEqual([["xr5", "opened"]]);
    stage.send(flood("xr6", 100));
    expect(told(stage)).toContainEqual(["*", "raised"]);
  });

  test("is quiet after fifteen minutes, the same within a day, and a new one after", () => {
    const stage = opened();
    const [first] = fleetOf(stage);
    expect(fleetOf(stage.wait(15 * MINUTE))[0]!.details.quietSince).toBe(new Date(first!.lastSeen).toISOString());
    stage.wait(23 * HOUR).send(flood("xr1", 500));
    expect(fleetOf(stage)).toEqual([expect.objectContaining({ id: first!.id, count: 3 })]);
    stage.wait(25 * HOUR);
    for (const host of ["xr1", "xr8", "xr9"]) stage.send(flood(host, 700));
    const [again, second, ...none] = fleetOf(stage);
    expect(again).toMatchObject({ id: first!.id, details: { devices: "xr1, xr2, xr3" } });
    expect(second).toMatchObject({ count: 3, details: { devices: "xr1, xr8, xr9" } });
    expect(none).toEqual([]);
  });

  test("that was closed needs three routers again", () => {
    const stage = opened();
    const act = { at: stage.now, by: "noc", step: null, note: null, kind: "close", disposition: "confirmed" } as const;
    stage.engine.act({ ...act, alert: fleetOf(stage)[0]!.id });
    stage.wait(1_000).send([...flood("xr1", 500), ...flood("xr2", 500)]);
    expect(fleetOf(stage).map((alert) => alert.status)).toEqual(["closed"]);
    stage.send(flood("xr3", 500));
    expect(fleetOf(stage).map((alert) => alert.status)).toEqual(["closed", "open"]);
  });

  test("names twenty routers and keeps twenty lines, whatever comes, in bounded memory", () => {
    const stage = new Stage({ maxDevices: 5_000 });
    for (let i = 0; i < 1_200; i++) stage.send(cpuHog(1, `gw${String(i).padStart(4, "0")}`));
    const [fleet] = fleetOf(stage.wait(5_000));
    expect(fleet).toMatchObject({ count: 1_000, verdict: "fleet-sip-process-anomaly" });
    expect(fleet!.details.devices).toMatch(/^gw0000, .*, gw0019 \+980$/);
    expect(fleet!.evidence).toHaveLength(20);
    expect(fleet!.related).toHaveLength(256);
    const group = [...stage.engine.state.groups.values()].find((one) => one.device === "*");
    expect(JSON.stringify(group).length).toBeLessThan(250_000);
    expect(told(stage).length).toBe(0);
  });

  test("leads with mitigation and does not say that it came back", () => {
    const card = alertCard(fleetOf(opened())[0]!, { color: false, width: 100, lang: "en" });
    expect(card.indexOf("Mitigate\n")).toBeLessThan(card.indexOf("Recover\n"));
    expect(card).not.toContain("came back");
    expect(card).toMatch(/Related +[a-z2-7]{26} [a-z2-7]{26}/);
  });
});

describe("clocks", () => {
  const line = (host: string, time: string, mark = "", relay = "") =>
    `${relay}<187>1: ${host}: ${mark}Nov  6 2013 ${time}.000: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`;

  test("of routers that say they are set bring a capture together, with a caveat", () => {
    const stage = replay([line("gw1", "16:00:00"), line("gw2", "16:04:00"), line("gw3", "16:09:00")]);
    expect(fleetOf(stage)[0]!.caveats[0]!.en).toContain("by their own clocks");
    expect(fleetOf(replay([line("gw1", "16:00:00"), line("gw2", "16:04:00"), line("gw3", "16:11:00")]))).toEqual([]);
  });

  test("that were never set, or lost their source, or stamp nothing, bring nothing together", () => {
    for (const mark of ["*", "."]) {
      const lines = ["gw1", "gw2", "gw3"].map((host) => line(host, "16:00:00", mark));
      expect(fleetOf(replay(lines))).toEqual([]);
    }
    const bare = ["gw1", "gw2", "gw3"].map((host) => line(host, "", "").replace("Nov  6 2013 .000: ", ""));
    const stage = new Stage();
    stage.engine.session.beginFile(NO_YEAR, "capture.log");
    for (const one of bare) stage.engine.accept(frameOf(one, null, "capture.log"));
    stage.finish();
    expect(stage.alerts()).toHaveLength(3);
    expect(fleetOf(stage)).toEqual([]);
  });

  test("of a relay bring together what the routers stamped wrongly", () => {
    const relayed = (host: string, minute: number) =>
      line(host, "03:00:00", "*", `2013-11-06T16:0${minute}:00.000000+00:00 192.0.2.1 `);
    const [fleet] = fleetOf(replay([relayed("gw1", 0), relayed("gw2", 4), relayed("gw3", 9)]));
    expect(fleet).toMatchObject({ count: 3, caveats: [], firstSeen: Date.UTC(2013, 10, 6, 16) });
  });

  test("of routers whose files are read one after another bring together what was at the same time", () => {
    const file = (host: string, minute: number) => [
      line(host, `16:0${minute}:00`),
      // A jump of days is believed when the next line agrees.
      ...["22:00:00", "22:00:01"].map((time) => line(host, time).replace("Nov  6", "Nov 12")),
    ];
    const stage = replay([...file("gw1", 0), ...file("gw2", 4), ...file("gw3", 9)]);
    expect(fleetOf(stage).map(({ firstSeen, details }) => [firstSeen, details.devices])).toEqual([
      [Date.UTC(2013, 10, 6, 16), "gw1, gw2, gw3"],
      [Date.UTC(2013, 10, 12, 22), "gw1, gw2, gw3"],
    ]);
  });
});

/** What a router does at some time: the SIP rule's one-line report. */
type Report = { device: number; at: Millis };
const sip = ruleOf("sip-process-anomaly");

function play(reports: Report[]): Alert[] {
  const engine = new Engine({ rules: [sip], policy: NO_YEAR, maxDevices: 100 });
  for (const [i, { device, at }] of reports.entries()) {
    engine.accept(frameOf(cpuHog(1 + i, `gw${device}`), at, `192.0.2.${device}`));
  }
  engine.tick(reports.at(-1)!.at + 10_000);
  engine.finish();
  const alerts = new Map(engine.ledger.takeAlerts().map(({ alert }) => [alert.id, alert]));
  return [...alerts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const reports = fc
  .array(
    fc.record({ device: fc.integer({ min: 1, max: 5 }), wait: fc.constantFrom(0, 1_000, 150_000, 300_000, 601_000) }),
    {
      minLength: 3,
      maxLength: 25,
    },
  )
  .map((steps) => {
    let at = NOON;
    return steps.map(({ device, wait }): Report => {
      at += wait;
      return { device, at };
    });
  });

describe("a law", () => {
  test("the alert opens with the first window of ten minutes that holds three routers, and takes in whoever follows", () => {
    fc.assert(
      fc.property(reports, (list) => {
        const inWindow = (end: Millis) =>
          new Set(list.filter(({ at }) => at >= end - 10 * MINUTE && at <= end).map(({ device }) => device));
        const first = list.find(({ at }) => inWindow(at).size >= 3);
        const fleets = play(list).filter((alert) => alert.device === "*");
        expect(fleets).toHaveLength(first === undefined ? 0 : 1);
        if (first === undefined) return;
        const members = new Set([
          ...inWindow(first.at),
          ...list.filter(({ at }) => at > first.at).map(({ device }) => device),
        ]);
        const names = [...members].sort().map((device) => `gw${device}`);
        expect(fleets[0]).toMatchObject({ count: names.length, details: { devices: names.join(", ") } });
        expect(fleets[0]!.lastSeen).toBe(list.at(-1)!.at);
      }),
      { numRuns: 300 },
    );
  });

  test("the order of routers with equal times changes nothing", () => {
    fc.assert(
      fc.property(reports, fc.infiniteStream(fc.nat()), (list, ranks) => {
        const shuffled = list
          .map((report) => ({ ...report, rank: ranks.next().value as number }))
          .sort((a, b) => a.at - b.at || a.rank - b.rank);
        const shown = (alerts: Alert[]) =>
          alerts.map((alert) => ({ ...alertJson(alert), evidence: alert.evidence.map((line) => line.at) }));
        expect(shown(play(shuffled))).toEqual(shown(play(list)));
      }),
      { numRuns: 150 },
    );
  });
});
