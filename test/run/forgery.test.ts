/** One forged line cannot silence a router: each story is told with and without it, from elsewhere and with the router's own address. */
import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/model.ts";
import { boot, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";
import { HOUR, MINUTE, SECOND, Stage } from "../support/stage.ts";

const HERE = "192.0.2.1";
const ELSEWHERE = "198.51.100.9";
const XR = "xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC:";

/** A router's flood: some calm, a block, another block, and calm again. */
const FLOOD: string[][] = [
  [1, 2, 3].map((counter) => linkUpXr(counter)),
  packetMemory({ counter: 4 }),
  packetMemory({ counter: 10, time: "Mar  4 12:02:00.123 UTC" }),
  [16, 17, 18].map((counter) => linkUpXr(counter)),
];

function linkUpXr(counter: number): string {
  return `<189>${counter}: ${XR} ifmgr[${counter}]: %PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/${counter}, changed state to Up`;
}

/** The flood with forged lines before its line number `place` (null: without them). */
function flood(forged: readonly string[], place: number | null, from: string): Stage {
  const stage = new Stage();
  let number = 0;
  for (const lines of FLOOD) {
    for (const line of lines) {
      if (number++ === place) stage.send(forged, { from });
      stage.send(line);
    }
    stage.wait(10 * SECOND);
  }
  if (number === place) stage.send(forged, { from });
  return stage.wait(MINUTE);
}

/** What an operator is told of the real trouble. */
function told(alerts: Alert[]) {
  const [alert] = alerts
    .filter(({ rule, node }) => rule === "packet-memory-exhausted" && node === "RP/0/RSP0/CPU0")
    .sort((a, b) => b.count - a.count);
  return alert && { verdict: alert.verdict, level: alert.level, count: alert.count, process: alert.details.process };
}

const FORGED: [string, string[]][] = [
  ["a boot banner of another system", [boot("15.1(4)M8", 27, "xr1").join("\n")]],
  [
    "a boot banner that names a fixed release",
    [`<189>27: ${XR} init[1]: %SYS-5-RESTART : System restarted --\nCisco IOS XR Software, Version 7.9.2[Default]`],
  ],
  ["a reload", [reload(27, "xr1")]],
  ["a line in the style of IOS XE", ["<190>51: xr1: Nov  6 16:00:00.000: %IOSXE-6-PLATFORM:  R0/0: cpp_cp: nothing"]],
  [
    "a line in the style of NX-OS",
    ["<189>51: xr1: 2020 Mar  4 12:00:00.000 UTC: %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up"],
  ],
  ["a counter far ahead", [linkUpXr(4_000)]],
  ["a counter out of reach", [linkUpXr(4_000_000_000)]],
  ["a counter that is only near", [linkUpXr(40)]],
  ["a repetition", ["<190>51: xr1: last message repeated 900000 times"]],
  [
    "text that talks of closing",
    [
      `<189>51: ${XR} telltale[1]: %TELLTALE-5-CLOSE : alert closed as false-alarm; telltale alerts close packet-memory-exhausted`,
    ],
  ],
  [
    "lines that continue nothing",
    ["<190>5: ", '<190>6:  -Process= "udp", ipl= 0, pid= 1', "<190>7: Compiled by nobody"],
  ],
];

describe("a flood of packet memory is told as if nobody had forged", () => {
  const places = Array.from({ length: FLOOD.flat().length + 1 }, (_, i) => i);
  const honest = told(flood([], null, HERE).alerts());

  test("at all", () => {
    expect(honest).toEqual({ verdict: "ipsec-pp-exhausts-pak-fsv", level: "critical", count: 2, process: "ipsec_pp" });
  });

  test.each(FORGED)("%s, wherever it comes", (_, lines) => {
    for (const from of [ELSEWHERE, HERE]) {
      for (const place of places) {
        const stage = flood(lines, place, from);
        const now = told(stage.alerts());
        // What is believed to be fixed is told one level lower, with the reason.
        const alert = stage.of("packet-memory-exhausted")!;
        if (alert.exposure.state === "fixed") {
          expect([alert.level, alert.caveats.map((one) => one.en).join()]).toEqual([
            "high",
            expect.stringContaining("TAC case"),
          ]);
          now!.level = "critical";
        }
        // A repetition is believed to speak of the message before it: more reports, nothing else.
        expect({ ...now, count: 2 }, `from ${from} before line ${place}`).toEqual(honest);
        expect(now!.count).toBeGreaterThanOrEqual(2);
      }
    }
  });

  const ROWS: [string, string[]][] = [
    ["a row of another process", packetMemory({ counter: null, rows: [["pkg/bin/netio", 7, 99_999]] }).slice(3, 4)],
    [
      "a first line of a pool that is only busy",
      packetMemory({ counter: null, level: 5, rows: [], only: null, limit: null, columns: false }),
    ],
    [
      "an end without rows",
      packetMemory({ counter: null, rows: [], only: 1, limit: null, columns: false, depletion: false }),
    ],
  ];

  test.each(ROWS)("%s from another address, even within a block", (_, lines) => {
    for (const place of places) expect(told(flood(lines, place, ELSEWHERE).alerts()), `${place}`).toEqual(honest);
  });

  test("a row of another process with the router's own address clears nothing and is told", () => {
    for (const counter of [null, 6, 8, 900]) {
      const [row] = packetMemory({ counter, rows: [["pkg/bin/netio", 7, 99_999]] }).slice(3, 4);
      const forged = counter === null ? row! : row!.replace(/^<190>\d+/, `<190>${counter}`);
      // The first report alone, for the strongest of an episode stands.
      for (let place = 0; place <= 6; place++) {
        const block = packetMemory({ counter: 4 });
        const stage = new Stage().send([1, 2, 3].map((number) => linkUpXr(number)));
        stage.send([...block.slice(0, place), forged, ...block.slice(place)]).wait(10 * SECOND);
        const alert = stage.alert();
        if (alert.level === "critical") continue;
        expect(alert, `${counter} before line ${place}`).toMatchObject({
          level: "medium",
          verdict: "user-not-reported",
        });
        expect(alert.caveats.map((one) => one.en).join()).toContain("A row may be forged");
      }
    }
  });

  test("nor does it with a forged end whose number fits its own", () => {
    for (const only of [1, 2, 3]) {
      const forged = packetMemory({ counter: 900, rows: [["pkg/bin/netio", 7, 99_999]], only }).slice(3);
      for (let place = 0; place <= 6; place++) {
        const block = packetMemory({ counter: 4 });
        const stage = new Stage().send([1, 2, 3].map((number) => linkUpXr(number)));
        stage.send([...block.slice(0, place), ...forged, ...block.slice(place)]).wait(10 * SECOND);
        expect(stage.alert().verdict, `${only} before line ${place}`).not.toBe("other-cause");
      }
    }
  });

  test("and the system is that of its messages, whatever a banner says", () => {
    const stage = flood(boot("15.1(4)M8", 27, "xr1"), 3, HERE);
    expect(stage.of("packet-memory-exhausted")!.exposure).toMatchObject({ state: "unknown", release: null });
    const events = stage.engine.ledger.takeDeviceEvents().filter(({ kind }) => kind === "conflict");
    expect(events.map(({ note }) => note)).toEqual(["not believed: ios 15.1(4)M8"]);
  });

  test("a restart of the process: the state moves, the next report brings it back", () => {
    const stage = new Stage().send(packetMemory({ counter: 4 })).wait(10 * SECOND);
    stage.send([restartOf("ipsec_mp", 900), restartOf("ipsec_pp", 901)], { from: ELSEWHERE }).wait(MINUTE);
    expect(stage.of("packet-memory-exhausted")!.caveats.map((one) => one.en)).toContainEqual(
      `That restart-ipsec_mp was done was told by ${ELSEWHERE}, another address than the alert's: it may be forged. Check on the router itself.`,
    );
    expect(stage.alert().status).toBe("recovering");
    stage.send(packetMemory({ counter: 10, time: "Mar  4 12:02:00.123 UTC" })).wait(10 * SECOND);
    expect(stage.alert()).toMatchObject({ status: "recurring", level: "critical", count: 2 });
    expect(stage.alert().caveats[0]!.en).toContain(`Two addresses claim this name: ${HERE}, ${ELSEWHERE}`);
  });
});

test("a restart that a stranger tells, who speaks for several names as a relay does, is said to be doubtful", () => {
  const stage = new Stage().send([1, 2, 3].map((number) => linkUpXr(number))).send(packetMemory({ counter: 4 }));
  stage.wait(10 * SECOND).send(
    [1, 2, 3].map((number) => linkUp(number, `other${number}`)),
    { from: ELSEWHERE },
  );
  stage.send(restartOf("ipsec_mp", 900), { from: ELSEWHERE });
  expect(
    stage
      .of("packet-memory-exhausted")!
      .caveats.map((one) => one.en)
      .join(),
  ).toContain(`That restart-ipsec_mp was done was told by ${ELSEWHERE}, another address than the alert's`);
});

test("a process that a stranger says is ready is said to be doubtful, until the router says so itself", () => {
  const ready = (counter: number) =>
    `<190>${counter}: ${XR} ipsec_mp[385]: %SECURITY-IMP-6-PROC_READY : Process ipsec_mp is ready`;
  const stage = new Stage().send([1, 2, 3].map((number) => linkUpXr(number))).send(packetMemory({ counter: 4 }));
  stage.wait(10 * SECOND).send(ready(10), { from: ELSEWHERE });
  const caveats = () =>
    stage
      .of("packet-memory-exhausted")!
      .caveats.map((one) => one.en)
      .join();
  expect(caveats()).toContain(`That restart-ipsec_mp was done was told by ${ELSEWHERE}`);
  stage.send(ready(11));
  expect(caveats()).not.toContain("That restart-ipsec_mp was done was told by");
});

test("a restart that one of a router's two relays tells, which both spoke for it before, is not", () => {
  const stage = new Stage();
  for (const [place, from] of [HERE, ELSEWHERE].entries())
    stage
      .send(
        [1, 2, 3].map((number) => linkUp(number, `other${number}`)),
        { from },
      )
      .send(linkUpXr(1 + place), { from });
  stage
    .send(packetMemory({ counter: 4 }))
    .wait(10 * SECOND)
    .send(restartOf("ipsec_mp", 10), { from: ELSEWHERE });
  const { caveats, status } = stage.of("packet-memory-exhausted")!;
  expect(status).toBe("recovering");
  expect(caveats.map((one) => one.en).join()).not.toContain("told by");
});

describe("nodes that nobody has", () => {
  const forged = (i: number) => packetMemory({ counter: null, node: `RP/0/${i}/CPU7` });

  test("do not keep a card's alert from being recorded, once the card was heard", () => {
    const stage = new Stage().send(linkUpXr(1));
    for (let i = 0; i < 1_000; i++) stage.send(forged(i)).wait(6 * SECOND);
    stage.send(packetMemory({ counter: 2 })).wait(6 * SECOND);
    expect(told(stage.alerts())).toMatchObject({ level: "critical" });
    expect(stage.engine.state.groupsByDevice.get("xr1")!.size).toBeLessThanOrEqual(256);
  });

  test("do not even when the card was never heard before, unless they come for hours", () => {
    const stage = new Stage();
    for (let i = 0; i < 300; i++) stage.send(forged(i)).wait(10);
    stage.send(packetMemory({ counter: 2 })).wait(6 * SECOND);
    expect(told(stage.alerts())).toMatchObject({ level: "critical" });
  });

  test("fill the history at a bounded rate", () => {
    const stage = new Stage();
    for (let i = 0; i < 2_000; i++) stage.send(forged(i)).wait(10);
    stage.wait(6 * SECOND);
    expect(stage.alerts().length).toBeLessThan(256 + 64 + 10);
    expect(stage.engine.counters.ignored["packet-memory-exhausted: too-many-groups"]).toBeGreaterThan(1_000);
  });

  test("leave the alert of a card alone that was reported before", () => {
    const stage = new Stage().send(packetMemory({ counter: 2 })).wait(6 * SECOND);
    const { id } = stage.alert();
    for (let i = 0; i < 1_000; i++) stage.send(forged(i)).wait(100);
    stage.send(packetMemory({ counter: 20, time: "Mar  4 12:09:00.123 UTC" })).wait(6 * SECOND);
    expect(stage.alerts().find((alert) => alert.id === id)).toMatchObject({ count: 2 });
  });
});

describe("a SIP anomaly", () => {
  const story = (forged: readonly string[], from: string) => {
    const stage = new Stage();
    for (let i = 1; i < 6; i++) stage.send(linkUp(i));
    stage.send(boot("15.1(4)M5", 100)).wait(HOUR);
    return stage
      .send(forged, { from })
      .send(mallocFail(200))
      .wait(10 * SECOND)
      .of("sip-process-anomaly")!;
  };

  test.each([ELSEWHERE, HERE])(
    "stays when a fixed release is forged from %s: at most one level lower, and said",
    (from) => {
      expect(story([], HERE)).toMatchObject({ level: "medium", exposure: { state: "vulnerable" } });
      const alert = story(boot("15.1(4)M8", 300), from);
      if (from === ELSEWHERE) {
        expect(alert).toMatchObject({ level: "medium", exposure: { state: "vulnerable", release: "15.1(4)M5" } });
        expect(alert.caveats[0]!.en).toContain("Two addresses claim this name");
      } else {
        expect(alert).toMatchObject({ level: "low", exposure: { state: "fixed" } });
        expect(alert.caveats.map((one) => one.en).join()).toContain("not explained by this advisory");
      }
    },
  );

  test("stays with its level when one line says that this is IOS XE or NX-OS", () => {
    for (const [, lines] of FORGED.slice(3, 5)) {
      const stage = new Stage();
      for (let i = 1; i < 6; i++) stage.send(linkUp(i));
      stage
        .send(lines[0]!.replace("xr1", "r1"))
        .send(mallocFail(200))
        .wait(10 * SECOND);
      expect(stage.of("sip-process-anomaly")).toMatchObject({ level: "medium", exposure: { state: "unknown" } });
    }
  });

  test("is read whole when a forged line of another process comes within it", () => {
    const [head, ...lines] = mallocFail(200);
    for (const forged of [
      '<186>201:  -Process= "BGP Router", ipl= 0, pid= 84',
      '<186>203:  -Process= "BGP Router", ipl= 0, pid= 84',
      "last message repeated 2 times",
      "<186>: r1: *Nov  6 16:00:00.203: last message repeated 2 times",
      "<186>202: r1: *Nov  6 16:00:00.203: last message repeated 2 times",
      ...[199, 200, 201, 202, 203].flatMap((counter) => {
        const other = mallocFail(counter, "r1", "BGP Router").map((line) => line.replace("65536", "1024"));
        return [other[0]!, other.slice(0, 4).join("\n"), other.join("\n")];
      }),
    ]) {
      for (const from of [ELSEWHERE, HERE]) {
        for (let place = 0; place <= lines.length; place++) {
          const stage = new Stage().send(linkUp(1)).send(head!);
          stage
            .send(lines.slice(0, place))
            .send(forged, { from })
            .send(lines.slice(place))
            .wait(10 * SECOND);
          // A repetition behind the last line is believed: more reports, nothing else.
          const raised = stage.of("sip-process-anomaly")?.level === "high" && forged.includes("repeated");
          expect(stage.of("sip-process-anomaly"), `${forged} from ${from} at ${place}`).toMatchObject({
            level: raised ? "high" : "medium",
          });
        }
      }
    }
  });
});

describe("a reload that was asked for", () => {
  const restarts = (stage: Stage) => stage.of("unexplained-restart")?.count ?? 0;

  test("explains the boot that follows, with both of its lines, and no other", () => {
    const stage = new Stage()
      .send(reload(900))
      .wait(3 * MINUTE)
      .send(boot("15.1(4)M5"))
      .wait(5 * SECOND);
    stage.send("<189>40: r1: *Jan  2 00:01:40.100: %SYS-SP-5-RESTART: System restarted --").wait(5 * SECOND);
    expect(restarts(stage)).toBe(0);
    stage
      .wait(4 * MINUTE)
      .send(boot("15.1(4)M5", 28))
      .wait(5 * SECOND);
    expect(restarts(stage)).toBe(1);
  });

  test("explains nothing when it came from another address than the boot", () => {
    const stage = new Stage()
      .send(linkUp(1))
      .send(reload(900), { from: ELSEWHERE })
      .wait(3 * MINUTE);
    stage.send(boot("15.1(4)M5")).wait(5 * SECOND);
    expect(restarts(stage)).toBe(1);
  });
});

describe("Telltale's own messages that a relay sends back", () => {
  const own = (text: string) =>
    `<130>1 2026-11-27T14:10:02.319Z collector telltale - opened [telltale@32473 id="a" device="xr1"] ${text}`;

  test("make no router, and so nobody whose silence is told", () => {
    const stage = new Stage().send(Array.from({ length: 30 }, () => own("critical: xr1 is in trouble")));
    expect([...stage.engine.state.devices.keys()]).toEqual([]);
    expect(stage.engine.counters.outcomes).toMatchObject({ foreign: 30 });
  });

  test.each([
    `<187>1 2026-11-27T14:10:02.319Z r1 - - - - %SYS-2-MALLOCFAIL: Login failed ${own("x")}`,
    `<130>1 2026-11-27T14:10:02.319Z r1 sshd - - - user ${own("x")}`,
    `<187>1: r1: *Nov  6 16:00:00.123: %SYS-5-CONFIG_I: ${own("x")}`,
  ])("are not what a router quotes: %s", (line) => {
    expect([...new Stage().send(line).engine.state.devices.keys()]).toEqual(["r1"]);
  });
});
