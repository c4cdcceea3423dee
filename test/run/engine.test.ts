/** Laws of the engine: what must not change an alert, and what must not be lost. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { putGroup } from "../../src/detect/group.ts";
import type { DeviceState, GroupState } from "../../src/detect/state.ts";
import type { Alert, Frame } from "../../src/model.ts";
import type { Head } from "../../src/parse/join.ts";
import { Engine } from "../../src/run/engine.ts";
import { NOTHING_SET } from "../../src/store/device-settings.ts";
import { boot, callRejected, cpuHog, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";
import {
  frameOf,
  HOUR,
  MINUTE,
  NO_YEAR,
  NOON,
  RULES,
  replay,
  SECOND,
  Stage,
  sorted,
  timeless,
} from "../support/stage.ts";

interface Timed {
  line: string;
  at: number;
  from: string;
}

/** A router's day as short stories, each a few lines; the counters run through all of them. */
const STORIES = [
  "flood",
  "table",
  "half",
  "restart-mp",
  "restart-pp",
  "malloc",
  "hog",
  "boot",
  "reload",
  "voice",
  "link",
  "repeat",
] as const;
const story = fc.record({
  kind: fc.constantFrom(...STORIES),
  pause: fc.constantFrom(
    0,
    1,
    900,
    3 * SECOND,
    6 * SECOND,
    61 * SECOND,
    9 * MINUTE,
    16 * MINUTE,
    31 * MINUTE,
    23 * HOUR,
    25 * HOUR,
  ),
  swap: fc.boolean(),
});
const day = (host: string, from = "192.0.2.1", longest = 25 * HOUR) =>
  fc.array(story, { minLength: 1, maxLength: 14 }).map((stories) => {
    const sent: Timed[] = [];
    let counter = 100;
    let at = NOON;
    for (const { kind, pause, swap } of stories) {
      at += Math.min(pause, longest);
      let lines = linesOf(kind, counter, host);
      counter += lines.length;
      if (swap && lines.length > 2) lines = [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)];
      for (const line of lines) {
        at += 1;
        sent.push({ line, at, from });
      }
    }
    return sent;
  });

function linesOf(kind: (typeof STORIES)[number], counter: number, host: string): string[] {
  const time = `Mar  4 12:00:00.${String(counter % 1000).padStart(3, "0")} UTC`;
  switch (kind) {
    case "flood":
      return packetMemory({ host, counter, time });
    case "table":
      return packetMemory({ host, counter, time, depletion: false, node: "LC/0/1/CPU0" });
    case "half":
      return packetMemory({ host, counter, time, only: null, limit: null, columns: false });
    case "restart-mp":
      return [restartOf("ipsec_mp", counter, { host })];
    case "restart-pp":
      return [restartOf("ipsec_pp", counter, { host })];
    case "malloc":
      return mallocFail(counter, host);
    case "hog":
      return [cpuHog(counter, host)];
    case "boot":
      return boot("15.1(4)M5", counter, host);
    case "reload":
      return [reload(counter, host)];
    case "voice":
      return [callRejected(counter, host)];
    case "link":
      return [linkUp(counter, host)];
    case "repeat":
      return [
        `<189>${counter}: ${host}: Nov  6 16:00:00.${String(counter % 1000).padStart(3, "0")}: last message repeated 3 times`,
      ];
  }
}

function run(sent: Timed[], end = true): Stage {
  const stage = new Stage();
  for (const { line, at, from } of sent) stage.engine.accept(frameOf(line, at, from));
  return end ? stage.finish() : stage;
}

const interleave = (a: Timed[], b: Timed[]) => [...a, ...b].sort((x, y) => x.at - y.at);
const alertsOf = (stage: Stage, device: string) => stage.alerts().filter((alert) => alert.device === device);

describe("an alert does not change", () => {
  test("when another router's messages come in between, from the same address or another", () => {
    fc.assert(
      fc.property(day("r1"), day("xr7"), fc.boolean(), (ours, theirs, apart) => {
        const others = theirs.map((one) => ({ ...one, from: apart ? "198.51.100.9" : one.from }));
        // Continuation lines name no router: on one address only those of one router can be told.
        const plain = apart
          ? others
          : others.filter(({ line }) => !/^<\d+>\d+: (?:Pool|Alternate| -Process|-Traceback)/.test(line));
        const shifted = apart
          ? plain
          : plain.map((one) => ({ ...one, line: one.line.replace(/>(\d+):/, (_, n) => `>${Number(n) + 50_000}:`) }));
        // Time passes for both alike, whoever's message tells it.
        const end = Math.max(...ours.map(({ at }) => at), ...shifted.map(({ at }) => at));
        const until = (sent: Timed[]) => {
          const stage = run(sent, false);
          stage.engine.tick(end);
          return alertsOf(stage.finish(), "r1");
        };
        expect(until(interleave(ours, shifted))).toEqual(until(ours));
      }),
      { numRuns: 100 },
    );
  });

  test("when every datagram comes twice", () => {
    fc.assert(
      fc.property(day("r1"), fc.integer({ min: 1, max: 6 }), (sent, behind) => {
        const copies = sent.flatMap((_, i) => (i < behind || sent[i]!.at - sent[i - behind]!.at > SECOND ? [] : [i]));
        const twice = sent.flatMap((one, i) =>
          copies.includes(i) ? [one, { ...sent[i - behind]!, at: one.at }] : [one],
        );
        expect(run(twice).alerts()).toEqual(run(sent).alerts());
      }),
      { numRuns: 100 },
    );
  });

  test("when a block's lines come in another order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const lines = packetMemory();
        const verdict = ({ verdict, level, confidence, details, count, caveats }: Alert) => ({
          verdict,
          level,
          confidence,
          details,
          count,
          caveats,
        });
        const stage = new Stage()
          .send(
            order.map((i) => lines[i]!),
            { step: 700 },
          )
          .wait(6 * SECOND);
        expect(verdict(stage.alert())).toEqual(
          verdict(
            new Stage()
              .send(lines)
              .wait(6 * SECOND)
              .alert(),
          ),
        );
      }),
    );
  });

  test("when the same input is read again", () => {
    fc.assert(
      fc.property(day("r1"), day("xr1", "198.51.100.9"), (a, b) => {
        const sent = interleave(a, b);
        expect(JSON.stringify(run(sent).alerts())).toBe(JSON.stringify(run(sent).alerts()));
      }),
      { numRuns: 100 },
    );
  });

  test("but for id, address and times when a log is replayed from a file", () => {
    fc.assert(
      // A jump of more than 24 hours needs a second line to be believed; a socket needs none.
      fc.property(day("r1", "192.0.2.1", 23 * HOUR), (sent) => {
        const relayed = sent.map(({ line, at }) => `${new Date(at).toISOString()} 192.0.2.1 ${line}`);
        const lines = sent.map(({ line }) => line);
        const stage = replay(relayed);
        expect(stage.engine.counters.outcomes).toEqual(run(sent).engine.counters.outcomes);
        const told = (alert: Alert) => ({ ...(timeless(alert) as object), evidence: alert.evidence.length });
        expect(stage.alerts().map(told)).toEqual(run(sent).alerts().map(told));
        expect(lines).toHaveLength(relayed.length);
      }),
      { numRuns: 100 },
    );
  });

  test("in a capture, whose lines wait only for their own", () => {
    const [open, head, columns, ipsec, udp, end] = packetMemory({ counter: null });
    const at = (line: string, time: string) => line.slice(line.indexOf(">") + 1).replace("12:00:00.123", time);
    const lines = [
      at(open!, "12:00:00.000"),
      at(head!, "12:00:00.001"),
      at(columns!, "12:00:00.002"),
      at(udp!, "12:00:00.003"),
      at(ipsec!, "12:00:04.900"),
    ];
    const stage = replay([...lines, at(end!, "12:00:20.000")], { policy: { year: 2020, anchor: null, latest: null } });
    expect(stage.alert()).toMatchObject({ verdict: "ipsec-pp-exhausts-pak-fsv", details: { rows: 2 } });
  });

  test("when the engine stops and starts at any message", () => {
    fc.assert(
      fc.property(
        day("r1"),
        day("xr1", "198.51.100.9"),
        fc.array(fc.nat(200), { minLength: 1, maxLength: 3 }),
        (a, b, stops) => {
          const sent = interleave(a, b);
          const cuts = new Set(stops.map((stop) => stop % sent.length));
          const alerts = new Map<string, Alert>();
          let engine = newEngine();
          const collect = () => {
            for (const { alert } of engine.ledger.takeAlerts()) alerts.set(alert.id, structuredClone(alert));
          };
          for (const [i, { line, at, from }] of sent.entries()) {
            if (cuts.has(i)) {
              collect();
              engine = thaw(freeze(engine));
            }
            engine.accept(frameOf(line, at, from));
            collect();
          }
          engine.finish();
          collect();
          const whole = new Stage();
          for (const { line, at, from } of sent) {
            whole.engine.accept(frameOf(line, at, from));
            whole.alerts();
          }
          expect(sorted([...alerts.values()])).toEqual(whole.finish().alerts());
        },
      ),
      { numRuns: 100 },
    );
  });
});

function newEngine(): Engine {
  return new Engine({ rules: RULES, policy: NO_YEAR, maxDevices: 1_000 });
}

/** All that must be kept over a restart, as text. */
function freeze(engine: Engine): string {
  return JSON.stringify(
    {
      now: engine.session.now,
      groups: [...engine.state.groups],
      devices: [...engine.state.devices],
      heads: engine.held(),
    },
    (_, value) =>
      value instanceof Uint8Array
        ? { base64: Buffer.from(value).toString("base64") }
        : value?.type === "Buffer"
          ? { base64: Buffer.from(value.data).toString("base64") }
          : value,
  );
}

function thaw(text: string): Engine {
  const stored = JSON.parse(text, (_, value) =>
    typeof value?.base64 === "string" ? new Uint8Array(Buffer.from(value.base64, "base64")) : value,
  ) as {
    now: number | null;
    groups: [string, GroupState][];
    devices: [string, DeviceState][];
    heads: Head[];
  };
  const engine = newEngine();
  engine.session.now = stored.now;
  for (const [key, device] of stored.devices) engine.state.devices.set(key, device);
  for (const [key, group] of stored.groups) putGroup(engine.state, key, group);
  engine.restore(stored.heads);
  return engine;
}

describe("every frame", () => {
  const noise = fc.oneof(
    fc.constantFrom(
      "",
      "<189>: ",
      "<189>",
      "   ",
      "<999>x",
      "-Traceback= 0x1",
      "Pool: Processor  Free: 1",
      "last message repeated 3 times",
      "<14>1: ",
      "%",
      "\0",
    ),
    fc.string(),
    fc.string({ unit: "binary" }),
  );

  test("ends in exactly one outcome, live and from a file", () => {
    fc.assert(
      fc.property(
        day("r1"),
        fc.array(fc.tuple(fc.nat(200), noise), { maxLength: 30 }),
        fc.boolean(),
        (sent, garbage, live) => {
          const frames: Frame[] = sent.map(({ line, at, from }) => frameOf(line, live ? at : null, from));
          for (const [place, line] of garbage) {
            const at = frames[place % frames.length]!.at;
            frames.splice(place % frames.length, 0, frameOf(line, at));
          }
          const engine = newEngine();
          for (const frame of frames) engine.accept(frame);
          engine.finish();
          const total = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
          expect(total(engine.counters.outcomes)).toBe(frames.length);
          expect(total(engine.counters.received)).toBe(frames.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("of a flood costs bounded memory and raises one alert", () => {
    const stage = new Stage({ onEvent: () => {} });
    for (let i = 0; i < 2_000; i++) {
      const time = `Mar  4 12:${String(Math.floor(i / 60) % 60).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}.000 UTC`;
      stage.send(packetMemory({ counter: 1 + i * 6, time }));
    }
    expect(stage.alert().count).toBe(2_000);
    expect(stage.alert().evidence.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify([...stage.engine.state.groups, ...stage.engine.state.devices]).length).toBeLessThan(20_000);
  });
});

describe("devices", () => {
  test("are forgotten only without an open window or alert, however many come", () => {
    const stage = new Stage({ maxDevices: 100 });
    for (let i = 0; i < 80; i++) stage.send(packetMemory({ host: `xr${i}`, counter: 1 }));
    const alerts = stage.alerts().filter((alert) => alert.device !== "*").length;
    for (let i = 0; i < 2_000; i++) stage.send(linkUp(i, `forged${i}`));
    expect(alerts).toBe(80);
    expect(stage.engine.state.devices.size).toBeLessThanOrEqual(100 + 64);
    for (let i = 0; i < 80; i++) expect(stage.engine.state.devices.has(`xr${i}`)).toBe(true);
  });

  test("that were forgotten keep the release that they told", () => {
    const stage = new Stage({ maxDevices: 10 }).send([reload(1, "gw"), ...boot("15.1(4)M5", 1, "gw")]).wait(2 * HOUR);
    for (let i = 0; i < 50; i++) stage.send([1, 2, 3].map((counter) => linkUp(counter, `other${i}`)));
    expect(stage.engine.state.devices.has("gw")).toBe(false);
    expect(
      stage
        .send(cpuHog(40, "gw"))
        .wait(4 * SECOND)
        .alert().exposure,
    ).toMatchObject({ state: "vulnerable", release: "15.1(4)M5" });
  });

  test("that spoke once give way to others, and those that an operator knows never do", () => {
    const stage = new Stage({ maxDevices: 10 });
    stage.engine.know([{ ...NOTHING_SET, name: "known" }], NOON);
    for (let i = 1; i <= 3; i++) for (const host of ["quiet", "known"]) stage.send(linkUp(i, host));
    for (let i = 0; i < 500; i++) stage.send(linkUp(1, `made-up${i}`));
    expect([...stage.engine.state.devices.keys()].slice(0, 2).sort()).toEqual(["known", "quiet"]);
    for (let i = 0; i < 50; i++) stage.send([1, 2, 3].map((counter) => linkUp(counter, `router${i}`)));
    expect(stage.engine.state.devices.has("known")).toBe(true);
    expect(stage.engine.state.devices.has("quiet")).toBe(false);
    expect(stage.engine.state.devices.size).toBe(10);
  });

  test("that spoke once and make room by the thousand are not kept, and counted", () => {
    const stage = new Stage({ maxDevices: 10 }).send([1, 2, 3].map((i) => linkUp(i, "gw")));
    for (let i = 0; i < 5_000; i++) stage.send(linkUp(1, `other${i}`));
    const { evicted } = stage.engine.ledger;
    expect(evicted.size).toBe(1_000);
    expect(stage.engine.state.devices.has("gw")).toBe(true);
    expect(stage.engine.counters.shed).toEqual({ devices: 5_001 - 10 - 1_000 });
  });

  test("write a release that they tell later to their open alerts, and to those of no other", () => {
    const stage = new Stage().send([cpuHog(40, "gw"), cpuHog(40, "gx")]).wait(4 * SECOND);
    expect(stage.alerts().map((alert) => alert.exposure.state)).toEqual(["unknown", "unknown"]);
    stage.send(reload(41, "gw")).send(boot("15.1(4)M7", 1, "gw"));
    expect(stage.alerts().map((alert) => [alert.device, alert.level, alert.exposure.state])).toEqual([
      ["gw", "low", "fixed"],
      ["gx", "medium", "unknown"],
    ]);
  });

  test("do not write a release to an alert that was closed by hand", () => {
    const stage = new Stage().send(cpuHog(40, "gw")).wait(4 * SECOND);
    const alert = stage.alert();
    stage.engine.act({
      at: stage.now,
      by: "noc",
      alert: alert.id,
      kind: "close",
      step: null,
      disposition: "false-alarm",
      note: null,
    });
    expect(stage.alert().status).toBe("closed");
    stage.send(reload(41, "gw")).send(boot("15.1(4)M7", 1, "gw"));
    expect(stage.alert()).toMatchObject({
      status: "closed",
      disposition: "false-alarm",
      exposure: { state: "unknown" },
    });
  });
});

test("a repetition speaks of the message before it even while that waits for its lines", () => {
  const repeat = "<187>41: r1: *Nov  6 16:01:00.500: last message repeated 2 times";
  const stage = new Stage().send([cpuHog(40), repeat]).wait(4 * SECOND);
  expect(stage.alert()).toMatchObject({ verdict: "repeated-sip-signals", count: 3 });
});

describe("a repetition that waits counts for the message it speaks of", () => {
  const repeat = (counter: number) => `<187>${counter}: r1: *Nov  6 16:01:00.${counter}: last message repeated 5 times`;
  const countOf = (stage: Stage) => stage.wait(4 * SECOND).of("sip-process-anomaly")?.count;

  test("whatever the router says before that message is judged", () => {
    expect(countOf(new Stage().send([cpuHog(40), repeat(41), linkUp(42)]))).toBe(6);
    expect(countOf(new Stage().send([...mallocFail(40).slice(0, 4), repeat(45), linkUp(46)]))).toBe(6);
    expect(countOf(new Stage().send([cpuHog(40), repeat(41), linkUp(42), repeat(43)]))).toBe(6);
  });

  test("and not where another message came in between", () => {
    expect(countOf(new Stage().send([cpuHog(40), linkUp(41), repeat(42)]))).toBe(1);
  });

  test("over whichever of two relays it comes first", () => {
    const stage = new Stage();
    for (const [line, from] of [
      [linkUp(39), "192.0.2.1"],
      [cpuHog(40), "192.0.2.1"],
      [cpuHog(40), "192.0.2.2"],
      [repeat(41), "192.0.2.2"],
      [repeat(41), "192.0.2.1"],
    ] as const)
      stage.send(line, { from });
    expect(countOf(stage)).toBe(6);
  });
});

test("--until moves time on: an alert that would have resolved is resolved", () => {
  const stage = new Stage().send([...packetMemory(), restartOf("ipsec_mp", 4862), restartOf("ipsec_pp", 4863)]);
  expect(stage.alert().status).toBe("recovering");
  stage.engine.finish(stage.now + 15 * MINUTE);
  expect(stage.alert().status).toBe("resolved");
});

test("the end of the input closes open blocks but fires no later timer", () => {
  const stage = new Stage().send(packetMemory().slice(0, 1));
  expect(stage.alerts()).toEqual([]);
  expect(stage.finish().alert()).toMatchObject({
    verdict: "user-not-reported",
    status: "open",
    details: { level: 100 },
  });
  expect(stage.alert().details.quietSince).toBeUndefined();
});
