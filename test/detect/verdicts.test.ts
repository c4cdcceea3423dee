/** Every row of the verdict tables, from the lines to the alert. */
import { describe, expect, test } from "vitest";
import { boot, callRejected, cpuHog, IPSEC_ROWS, mallocFail, packetMemory, reload } from "../support/lines.ts";
import { brief, HOUR, MINUTE, SECOND, Stage } from "../support/stage.ts";

const NETIO_ON_TOP: [string, number, number][] = [
  ["pkg/bin/netio", 110649, 9970],
  ["pkg/bin/ipsec_pp", 540912, 30],
];
const SMALL_LEAD: [string, number, number][] = [
  ["pkg/bin/ipsec_pp", 540912, 4000],
  ["pkg/bin/udp", 540892, 3500],
  ["pkg/bin/netio", 110649, 2500],
];
const without = (lines: string[], ...gone: number[]) => lines.filter((_, i) => !gone.includes(i));

describe("packet memory", () => {
  const critical = { verdict: "ipsec-pp-exhausts-pak-fsv", level: "critical", confidence: "high" };
  const high = { verdict: "ipsec-pp-exhausts-pak-fsv", level: "high", confidence: "medium" };
  const leads = { verdict: "ipsec-pp-leads", level: "medium", confidence: "medium" };
  const unreported = { verdict: "user-not-reported", level: "medium", confidence: "medium" };
  const unseen = { verdict: "depletion-not-seen", level: "low", confidence: "low" };
  const other = { verdict: "other-cause", level: "informational", confidence: "high" };

  test.each([
    ["the whole block at 100 percent", packetMemory(), critical],
    ["level 97", packetMemory({ level: 97 }), critical],
    ["level 90 exactly", packetMemory({ level: 90 }), critical],
    ["a full path", packetMemory({ rows: [["/opt/cisco/XR/packages/k9sec/rp/bin/ipsec_pp", 6055, 9991]] }), critical],
    ["a bare name", packetMemory({ rows: [["ipsec_pp", 6055, 9991]] }), critical],
    [
      "a share of one half exactly",
      packetMemory({
        rows: [
          ["ipsec_pp", 1, 50],
          ["udp", 2, 30],
          ["tcp", 3, 20],
        ],
      }),
      critical,
    ],
    [
      "five rows of a top five without a closing line",
      packetMemory({
        rows: [
          ["ipsec_pp", 1, 90],
          ["a", 2, 4],
          ["b", 3, 3],
          ["c", 4, 2],
          ["d", 5, 1],
        ],
        only: null,
      }),
      critical,
    ],
    ["no closing line, and no gap in the counters", packetMemory({ only: null }), critical],
    ["lost column heads", without(packetMemory(), 2), critical],
    ["lost head and column lines", without(packetMemory(), 1, 2), critical],
    ["a resource in another case and spacing", packetMemory({ resource: "Pak  Fsv" }), critical],
    ["a lost row", without(packetMemory(), 4), high],
    ["no counters and no closing line", packetMemory({ counter: null, only: null }), high],
    ["a smaller share at 100 percent", packetMemory({ rows: SMALL_LEAD }), leads],
    ["level 89", packetMemory({ level: 89 }), leads],
    ["level 70", packetMemory({ level: 70 }), leads],
    ["the depletion line alone", packetMemory().slice(0, 1), unreported],
    ["the lines around the table but no row", without(packetMemory(), 3, 4), unreported],
    ["a table but no depletion line", packetMemory({ depletion: false }), unseen],
    ["another process on top", packetMemory({ rows: NETIO_ON_TOP }), other],
    ["another process on top without a depletion line", packetMemory({ rows: NETIO_ON_TOP, depletion: false }), other],
    ["another resource", packetMemory({ resource: "PAK" }), other],
    ["a name that begins like ipsec_pp", packetMemory({ rows: [["pkg/bin/ipsec_ppx", 1, 99]] }), other],
    ["a name that ends like ipsec_pp", packetMemory({ rows: [["pkg/bin/notipsec_pp", 1, 99]] }), other],
    ["the management process", packetMemory({ rows: [["pkg/bin/ipsec_mp", 1, 99]] }), other],
    [
      "a router that prints like IOS",
      [
        "<186>9: r1: Mar  4 12:00:00.123: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC: Depletion level 100 percent for resource PAK FSV",
      ],
      other,
    ],
    [
      "NX-OS",
      [
        "<186>: 2020 Mar  4 12:00:00 UTC: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC: Depletion level 100 percent for resource PAK FSV",
      ],
      other,
    ],
  ])("%s", (_, lines, expected) => {
    const stage = new Stage().send(lines).wait(6 * SECOND);
    expect(brief(stage.alerts())).toEqual([{ rule: "packet-memory-exhausted", ...expected }]);
  });

  test.each([
    ["level 69", packetMemory({ level: 69 }), "below-watch"],
    ["level 0", packetMemory({ level: 0 }), "below-watch"],
    [
      "level 69 of another resource and process",
      packetMemory({ level: 69, resource: "PAK", rows: NETIO_ON_TOP }),
      "below-watch",
    ],
    ["level 75 without a table", packetMemory({ level: 75 }).slice(0, 1), "no-verdict"],
  ])("%s raises nothing and is counted", (_, lines, reason) => {
    const stage = new Stage().send(lines).wait(6 * SECOND);
    expect(stage.alerts()).toEqual([]);
    expect(Object.entries(stage.engine.ledger.ignored)).toEqual([[`packet-memory-exhausted: ${reason}`, 1]]);
  });

  test("the verdict says what it is based on", () => {
    const alert = new Stage().send(packetMemory()).alert();
    expect(alert.details).toEqual({
      level: 100,
      resource: "PAK FSV",
      process: "ipsec_pp",
      pid: 540912,
      share: 0.9984,
      rows: 2,
      missing: 0,
    });
    expect(alert.caveats).toEqual([]);
    expect(alert.evidence).toHaveLength(6);
    expect([alert.device, alert.node, alert.status, alert.count]).toEqual(["xr1", "RP/0/RSP0/CPU0", "open", 1]);
  });

  test("missing rows are told in a caveat", () => {
    const alert = new Stage()
      .send(without(packetMemory(), 4))
      .wait(6 * SECOND)
      .alert();
    expect(alert.caveats.map((caveat) => caveat.en)).toEqual(["1 message missing inside this block."]);
  });

  test("the strongest verdict of an episode stands when a later block has no table", () => {
    const stage = new Stage().send(packetMemory()).wait(MINUTE);
    stage.send(packetMemory({ counter: 4862, time: "Mar  4 12:01:00.000 UTC" }).slice(0, 1)).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ ...critical, count: 2, caveats: [] });
  });

  test("a stronger verdict raises the same alert", () => {
    const stage = new Stage().send(packetMemory().slice(0, 1)).wait(6 * SECOND);
    const { id } = stage.alert();
    stage.send(packetMemory({ counter: 4862, time: "Mar  4 12:00:09.000 UTC" }));
    expect(stage.alert()).toMatchObject({ ...critical, id, count: 2 });
  });

  test("evidence cut from a stream counts fully only where its counter follows on", () => {
    const cut = (before: string | null) => {
      const stage = new Stage();
      const accept = (line: string) =>
        stage.engine.accept({
          raw: Buffer.from(line),
          from: "192.0.2.1",
          transport: "tcp",
          at: ++stage.now,
          flags: ["split"],
          line: 0,
        });
      if (before !== null) accept(before);
      for (const line of packetMemory()) accept(line);
      return stage.alert().confidence;
    };
    const up =
      "RP/0/RSP0/CPU0:Mar  4 11:59:59.000 UTC: ifmgr[1]: %PKT_INFRA-LINK-3-UPDOWN : Interface Gi0, changed state to Up";
    expect(cut(null)).toBe("high");
    expect(cut(`<189>4855: xr1 ${up}`)).toBe("high");
    expect(cut(`<189>900: xr1 ${up}`)).toBe("medium");
    // Another router's name on a stream that another began may be text of the first one's messages.
    expect(cut(`<189>4855: other ${up}`)).toBe("medium");
  });

  test("a tie at the top does not depend on the order of arrival", () => {
    const rows: [string, number, number][] = [
      ["pkg/bin/ipsec_pp", 7, 500],
      ["pkg/bin/udp", 8, 500],
    ];
    const forward = new Stage().send(packetMemory({ rows })).alert();
    const [open, head, columns, a, b, end] = packetMemory({ rows });
    const backward = new Stage().send([open!, head!, columns!, b!, a!, end!]).alert();
    expect(brief([backward])).toEqual(brief([forward]));
  });

  test("two rows of one process count together", () => {
    const rows: [string, number, number][] = [
      ["pkg/bin/udp", 1, 400],
      ["pkg/bin/ipsec_pp", 2, 300],
      ["pkg/bin/ipsec_pp", 3, 300],
    ];
    expect(new Stage().send(packetMemory({ rows })).alert().details).toMatchObject({
      process: "ipsec_pp",
      share: 0.6,
      pid: 2,
    });
  });

  test("the constants of this table are the advisory's example", () => {
    expect(IPSEC_ROWS.reduce((sum, row) => sum + row[2], 0)).toBe(10_000);
  });
});

describe("SIP processes", () => {
  const anomaly = (stage: Stage) => brief(stage.alerts().filter((alert) => alert.rule === "sip-process-anomaly"));
  const one = { rule: "sip-process-anomaly", verdict: "sip-signal", level: "medium", confidence: "medium" };
  const two = { ...one, verdict: "repeated-sip-signals", level: "high" };
  const restarted = { ...one, verdict: "restart-after-sip-signal", level: "high" };
  const voice = { ...one, verdict: "voice-out-of-memory", confidence: "low" };

  test.each([
    ["a memory failure", mallocFail(10)],
    [
      "a memory failure with process and traceback on one line",
      [
        ...mallocFail(10).slice(0, 3),
        `<186>13:  -Process= "CCSIP_UDP_SOCKET", ipl= 0, pid= 149, -Traceback= 0x61488C44`,
      ],
    ],
    ["a CPU hog", [cpuHog(10)]],
    [
      "a CPU hog of an older release",
      [
        "<187>10: r1: *Nov  6 16:01:00.000: %SYS-3-CPUHOG: Task ran for 2040 msec (4/0), process = CCSIP_TCP_SOCKET, PC = 60B2C3D4.",
      ],
    ],
    [
      "a watchdog",
      [
        `<186>10: r1: *Nov  6 16:01:00.000: %SYS-2-WATCHDOG: Process aborted on watchdog timeout, process = CCSIP_SPI_CONTROL.`,
      ],
    ],
    ["a name cut at 16 characters", [cpuHog(10, "r1", "CCSIP_SPI_CONTRO")]],
  ])("%s of a SIP process is one signal", (_, lines) => {
    const stage = new Stage().send(lines).wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([one]);
  });

  test.each(["BGP Router", "PPP SIP", "DHCP SIP", "IP SIP Process", "Sip MPA", "SIP", "XCCSIP_X"])(
    "the process %s is no voice SIP process",
    (owner) => {
      const stage = new Stage().send([...mallocFail(10, "r1", owner), cpuHog(16, "r1", owner)]).wait(4 * SECOND);
      expect(stage.alerts()).toEqual([]);
    },
  );

  test("two signals within ten minutes raise the alert in place", () => {
    const stage = new Stage().send(cpuHog(10)).wait(4 * SECOND);
    const { id } = stage.alert();
    stage
      .wait(9 * MINUTE)
      .send(cpuHog(11))
      .wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([two]);
    expect(stage.alert()).toMatchObject({ id, count: 2, status: "open" });
  });

  test("two signals ten minutes and a little apart are one signal twice", () => {
    const stage = new Stage()
      .send(cpuHog(10))
      .wait(10 * MINUTE)
      .send(cpuHog(11))
      .wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([one]);
    expect(stage.alert().count).toBe(2);
  });

  test("two signals exactly ten minutes apart are within ten minutes", () => {
    const stage = new Stage()
      .send(cpuHog(10))
      .wait(10 * MINUTE - 1)
      .send(cpuHog(11))
      .wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([two]);
  });

  test("an unplanned restart within thirty minutes raises it", () => {
    const stage = new Stage()
      .send(cpuHog(1000))
      .wait(29 * MINUTE)
      .send(boot("15.1(4)M5"));
    expect(anomaly(stage)).toEqual([restarted]);
  });

  test("a restart later than thirty minutes does not", () => {
    const stage = new Stage()
      .send(cpuHog(1000))
      .wait(31 * MINUTE)
      .send(boot("15.1(4)M5"));
    expect(anomaly(stage)).toEqual([one]);
  });

  test("a planned restart does not", () => {
    const stage = new Stage()
      .send([cpuHog(1000), reload(1001)])
      .wait(5 * MINUTE)
      .send(boot("15.1(4)M5"));
    expect(brief(stage.alerts())).toEqual([one]);
  });

  test("a restart before the signal does not", () => {
    const stage = new Stage()
      .send(boot("15.1(4)M5"))
      .wait(5 * MINUTE)
      .send(cpuHog(40))
      .wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([one]);
  });

  test.each([
    ["far behind in the counters", 88],
    ["next in the counters, while the failures wait for their lines", 4],
  ])("three memory failures of any owner and a rejected call, %s", (_, counter) => {
    const failures = [1, 2, 3].map((n) => mallocFail(n)[0]!);
    const stage = new Stage().send([...failures, callRejected(counter)]).wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([voice]);
  });

  test("a rejected call before the third memory failure counts as well", () => {
    const stage = new Stage().send(callRejected(1)).wait(MINUTE);
    stage.send([20, 40, 60].map((n) => mallocFail(n)[0]!)).wait(4 * SECOND);
    expect(anomaly(stage)).toEqual([voice]);
  });

  test("two memory failures and a rejected call stay quiet", () => {
    const stage = new Stage().send([mallocFail(1)[0]!, mallocFail(20)[0]!, callRejected(40)]).wait(4 * SECOND);
    expect(stage.alerts()).toEqual([]);
  });

  test("no row has high confidence", () => {
    const stage = new Stage().send([...mallocFail(1), cpuHog(6), cpuHog(7), callRejected(8)]).wait(4 * SECOND);
    expect(stage.alerts().map((alert) => alert.confidence)).not.toContain("high");
  });

  test.each([
    ["15.1(4)M5", "C2900 Software (C2900-UNIVERSALK9-M)", "vulnerable", "high", false],
    ["15.1(4)M7", "C2900 Software (C2900-UNIVERSALK9-M)", "fixed", "medium", true],
    ["12.4(24)T", "C2900 Software (C2900-UNIVERSALK9-M)", "not-affected", "low", true],
    ["15.1(4)S2", "IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)", "not-affected", "low", true],
  ])("two signals on %s (%s)", (release, software, state, level, unexplained) => {
    const stage = new Stage().send([reload(100), ...boot(release, 27, "r1", software)]).wait(20 * MINUTE);
    stage.send([cpuHog(40), cpuHog(41)]).wait(4 * SECOND);
    const alert = stage.of("sip-process-anomaly")!;
    expect([alert.level, alert.confidence, alert.exposure.state]).toEqual([level, "medium", state]);
    expect(alert.caveats.some((caveat) => caveat.en.includes("not explained by this advisory"))).toBe(unexplained);
  });
});

describe("restarts and probes", () => {
  const restarts = (stage: Stage) => brief(stage.alerts().filter((alert) => alert.rule === "unexplained-restart"));

  test("one restart is informational", () => {
    const stage = new Stage().send(boot("15.1(4)M5"));
    expect(restarts(stage)).toMatchObject([{ verdict: "single-restart", level: "informational" }]);
  });

  test.each([
    ["15.1(4)M5", 59, "medium"],
    ["15.1(4)M5", 61, "informational"],
    ["15.1(4)M7", 59, "informational"],
  ])("two restarts of %s, %i minutes apart, are %s", (release, minutes, level) => {
    const stage = new Stage()
      .send(boot(release))
      .wait(minutes * MINUTE)
      .send(boot(release, 27));
    expect(restarts(stage)).toMatchObject([{ level }]);
    expect(stage.of("unexplained-restart")!.count).toBe(2);
  });

  test.each([
    [14, []],
    [16, ["unexplained-restart"]],
  ])("a reload request %i minutes before", (minutes, rules) => {
    const stage = new Stage()
      .send(reload(900))
      .wait(minutes * MINUTE)
      .send(boot("15.1(4)M5"));
    expect(stage.alerts().map((alert) => alert.rule)).toEqual(rules);
  });

  test("a request to reload is remembered after an alert was closed by hand", () => {
    const stage = new Stage().send(boot("15.1(4)M5")).wait(HOUR);
    const alert = stage.alert();
    stage.send(reload(900));
    stage.engine.act({
      at: stage.now,
      by: "noc",
      alert: alert.id,
      kind: "close",
      step: null,
      disposition: null,
      note: null,
    });
    stage.wait(MINUTE).send(boot("15.1(4)M5", 27));
    expect(stage.alert()).toMatchObject({ id: alert.id, status: "closed", count: 1 });
  });

  test("traffic to a disabled SIP port is informational", () => {
    const stage = new Stage().send(
      "<191>77: r1: *Nov  2 11:36:47.691: sip_udp_sock_process_read: SIP UDP Listener is DISABLED",
    );
    expect(brief(stage.alerts())).toMatchObject([{ rule: "sip-listener-disabled", level: "informational" }]);
  });
});
