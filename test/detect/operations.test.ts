/** Alerts about the routers' logging itself: routers that go silent, clocks that jump, losses, and what is none of these. */
import { describe, expect, test } from "vitest";
import type { Alert, Millis } from "../../src/model.ts";
import { collectorDropped, collectorStarted } from "../../src/run/collector.ts";
import { DEFAULT_OPERATIONS } from "../../src/run/operations.ts";
import { linkUp } from "../support/lines.ts";
import { frameOf, HOUR, MINUTE, NOON, SECOND, Stage } from "../support/stage.ts";

const DAY = 24 * HOUR;
const stageOf = () => new Stage({ operations: DEFAULT_OPERATIONS });
const line = (host: string) => `<189>${host}: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.10)`;

/** Every router sends each `every` for so long. */
function chatter(stage: Stage, hosts: string[], long: Millis, every = 5 * MINUTE): Stage {
  for (const end = stage.now + long; stage.now < end; ) stage.send(hosts.map(line)).wait(every - hosts.length);
  return stage;
}
const silent = (stage: Stage) => stage.alerts().filter((alert) => alert.rule === "device-silent");
const brief = (alerts: Alert[]) => alerts.map(({ device, verdict, status }) => `${device} ${verdict} ${status}`);
const routers = (n: number) => Array.from({ length: n }, (_, i) => `r${i + 1}`);

describe("a router that logs regularly", () => {
  test("goes silent, speaks again and goes silent again: one alert, which recurs", () => {
    const stage = chatter(stageOf(), ["r1", "r2"], 25 * HOUR);
    const since = stage.now - 5 * MINUTE + 2;
    chatter(stage, ["r1"], 2 * HOUR);
    expect(silent(stage)).toMatchObject([
      {
        device: "r2",
        level: "low",
        status: "open",
        count: 1,
        firstSeen: since,
        evidence: [],
        details: { together: 1 },
      },
    ]);
    chatter(stage, ["r1", "r2"], HOUR);
    expect(brief(silent(stage))).toEqual(["r2 device-silent resolved"]);
    chatter(stage, ["r1"], 2 * HOUR);
    expect(silent(stage)).toMatchObject([{ device: "r2", status: "recurring", count: 2 }]);
  });

  test("may pause at night as it did the night before", () => {
    const stage = stageOf();
    for (let day = 0; day < 10; day++) {
      chatter(stage, ["r1", "r2"], 10 * HOUR);
      chatter(stage, ["r2"], 14 * HOUR);
    }
    expect(silent(stage)).toEqual([]);
  });

  test("is taken for slower when it has become so, after few alerts", () => {
    const stage = chatter(stageOf(), ["r1", "r2"], 2 * DAY);
    for (let day = 0; day < 21; day++) {
      for (let hour = 0; hour < 24; hour += 2) {
        stage.send(line("r1"));
        chatter(stage, ["r2"], 2 * HOUR);
      }
    }
    const reports = silent(stage).reduce((sum, alert) => sum + alert.count, 0);
    expect(reports).toBeGreaterThan(0);
    expect(reports).toBeLessThan(40);
    expect(silent(stage).at(-1)!.lastSeen).toBeLessThan(stage.now - 7 * DAY);
  });

  test("that logs in bursts is judged by the time between them", () => {
    const stage = stageOf();
    for (let burst = 0; burst < 40; burst++) {
      stage.send(Array.from({ length: 50 }, () => line("r1")));
      chatter(stage, ["r2"], HOUR);
    }
    expect(silent(stage)).toEqual([]);
    chatter(stage, ["r2"], 4 * HOUR);
    expect(brief(silent(stage))).toEqual(["r1 device-silent open"]);
  });
});

describe("silence that is nobody's", () => {
  test("when no router is heard, one alert stands for all, and their waits begin anew", () => {
    const hosts = routers(50);
    const stage = chatter(stageOf(), hosts, 25 * HOUR);
    stage.wait(6 * HOUR);
    expect(silent(stage)).toHaveLength(1);
    expect(silent(stage)[0]).toMatchObject({ verdict: "nothing-heard", level: "medium", status: "open" });
    expect(silent(stage)[0]!.caveats[0]!.en).toContain("look at this machine");
    stage.send(hosts.map(line));
    chatter(stage, hosts, HOUR);
    expect(brief(silent(stage))).toEqual(["r1 nothing-heard resolved"]);
    // One that stays away is missed in its own name.
    stage.wait(6 * HOUR);
    chatter(stage, hosts.slice(1), 2 * HOUR);
    expect(silent(stage).filter(({ status }) => status === "recurring")).toHaveLength(1);
  });

  test("when a thousand of them share a relay that stops, ten are told, and the number of the others is kept", () => {
    const hosts = routers(60);
    const stage = chatter(stageOf(), [...hosts, "near"], 25 * HOUR, 10 * MINUTE);
    chatter(stage, ["near"], 6 * HOUR);
    expect(silent(stage)).toHaveLength(10);
    expect(silent(stage).at(-1)!.caveats[0]!.en).toContain("10 routers went silent within 15 minutes");
    expect(stage.engine.counters.ignored["device-silent: many-at-once"]).toBe(50);
  });

  test("when the listener was stopped, silence counts from its start", () => {
    const stage = chatter(stageOf(), ["r1", "r2"], 25 * HOUR);
    stage.now += 8 * HOUR;
    collectorStarted(stage.engine, stage.now);
    chatter(stage.wait(1), ["r1"], 10 * MINUTE);
    expect(silent(stage)).toEqual([]);
    chatter(stage, ["r1"], 2 * HOUR);
    expect(silent(stage)).toMatchObject([{ device: "r2", firstSeen: NOON + 25 * HOUR + 8 * HOUR }]);
  });
});

describe("what is not watched", () => {
  test.each<[string, (stage: Stage) => Stage]>([
    ["a router that was heard for less than a day", (stage) => chatter(stage, ["r1", "r2"], 23 * HOUR)],
    ["a router that sent less than twenty messages", (stage) => chatter(stage, ["r1", "r2"], 30 * HOUR, 2 * HOUR)],
    ["anything when it is switched off", (_) => chatter(new Stage(), ["r1", "r2"], 25 * HOUR)],
  ])("is %s", (_, prepare) => {
    const stage = prepare(stageOf());
    stage.wait(5 * HOUR);
    expect(silent(stage)).toEqual([]);
  });

  test("is a router that logs once in three days", () => {
    const stage = stageOf();
    for (let i = 0; i < 30; i++) chatter(stage.send(line("rare")), ["r2"], 3 * DAY, 6 * HOUR);
    chatter(stage, ["r2"], 10 * DAY, 6 * HOUR);
    expect(silent(stage)).toEqual([]);
  });
});

test("a million names cost no more memory than their records, and no timers", () => {
  const stage = new Stage({ operations: DEFAULT_OPERATIONS, maxDevices: 2_000 });
  for (let i = 0; i < 50_000; i++) stage.engine.accept(frameOf(line(`n${i}`), stage.now + i));
  expect(stage.engine.state.devices.size).toBeLessThanOrEqual(2_000);
  const watches = [...stage.engine.state.devices.values()].filter((device) => device.watch !== null);
  expect(watches).toEqual([]);
});

describe("a clock", () => {
  const at = (counter: number, stamp: string, host = "r1") =>
    `<189>${counter}: ${host}: ${stamp}: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.10)`;
  const jumps = (stage: Stage) => stage.alerts().filter((alert) => alert.rule === "clock-jump");

  test("that jumps back and forth is one alert however often it does", () => {
    const stage = stageOf();
    for (let i = 0; i < 20; i++) stage.send([at(2 * i, "Mar  4 12:00:00.000"), at(2 * i + 1, "Mar  4 05:00:00.000")]);
    expect(jumps(stage)).toMatchObject([{ verdict: "clock-went-back", count: 39, status: "open" }]);
  });

  test("in another zone, drifting or a little out of order does not jump", () => {
    const stage = stageOf().send(at(1, "Mar  4 21:00:00.000"));
    for (let i = 2; i < 200; i++) {
      const drifted = new Date(NOON + 9 * HOUR + (i - 1) * 5 * MINUTE + i * 3 * SECOND).toISOString();
      const [, month, day, time] = /^\d+-(\d+)-(\d+)T(.*)Z$/.exec(drifted)!;
      stage
        .wait(5 * MINUTE - 1)
        .send(at(i, `${["Jan", "Feb", "Mar"][Number(month) - 1]} ${day!.replace(/^0/, " ")} ${time}`));
    }
    expect(jumps(stage)).toEqual([]);
  });

  test("that is lost in a boot is told in the router's history instead", () => {
    const stage = stageOf().send([
      at(1, "Mar  4 12:00:00.000"),
      at(2, "*Mar  1 00:00:09.000"),
      at(3, "Mar  4 12:00:01.000"),
    ]);
    expect(jumps(stage)).toEqual([]);
    const told = stage.engine.ledger.takeDeviceEvents().filter((event) => event.kind === "observation");
    expect(told).toMatchObject([
      { kind: "observation", note: "the clock is not set: stamps begin with *, as after a boot" },
    ]);
  });
});

describe("losses", () => {
  const losing = (stage: Stage, by: number, count: number, from: number) => {
    for (let i = 0; i < count; i++) stage.send(linkUp(from + i * by)).wait(10 * SECOND);
    return from + count * by;
  };
  const rises = (stage: Stage) => stage.alerts().filter((alert) => alert.rule === "loss-rising");

  test("that this machine shares in are said to begin here", () => {
    const stage = stageOf();
    const next = losing(stage, 1, 400, 1);
    losing(stage, 4, 40, next);
    collectorDropped(stage.engine, { kernel: 77, shed: 0 }, stage.now);
    losing(stage, 4, 60, next + 160);
    expect(rises(stage)[0]).toMatchObject({ verdict: "most-are-lost", details: { dropped: 77 } });
    expect(rises(stage)[0]!.caveats[0]!.en).toContain("This machine itself lost 77 datagrams");
  });

  test("that go on for days are told once, also after the alert was closed by hand", () => {
    const stage = stageOf();
    let next = losing(stage, 1, 400, 1);
    next = losing(stage, 3, 500, next);
    const [alert] = rises(stage);
    stage.engine.act({
      at: stage.now,
      by: "ops",
      alert: alert!.id,
      kind: "close",
      step: null,
      disposition: null,
      note: null,
    });
    losing(stage, 3, 2_000, next);
    expect(rises(stage)).toMatchObject([{ count: 1, status: "closed" }]);
  });
});
