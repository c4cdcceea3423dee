/** What has fooled log detectors of these two advisories, each as a log and what must come of it. */
import { describe, expect, test } from "vitest";
import { boot, callRejected, cpuHog, linkUp, mallocFail, packetMemory, reload } from "../support/lines.ts";
import { brief, MINUTE, replay, SECOND, Stage } from "../support/stage.ts";

const DEPLETION = "%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV";
const XR = "RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: pakwatch[123]:";
const alertsOf = (lines: string[]) =>
  new Stage()
    .send(lines)
    .wait(6 * SECOND)
    .alerts();

describe("the words of a depletion line raise nothing", () => {
  test.each([
    [
      "in a login's user name",
      `<188>30: r9: Mar  4 12:00:00.000: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ${DEPLETION}] [Source: 198.51.100.9]`,
    ],
    ["behind free text", `<188>31: r9: login by ${DEPLETION}`],
    [
      "in a user's own log line",
      `<189>32: r9: Mar  4 12:00:00.000: %SYS-5-USERLOG_NOTICE: Message from tty3(user id: x): ${DEPLETION}`,
    ],
    [
      "in a second line of a datagram",
      `<189>33: r9: Mar  4 12:00:00.000: %SYS-5-CONFIG_I: Configured by x\n<186>34: xr1 ${XR} ${DEPLETION}`,
    ],
    [
      "folded behind another message",
      `<189>33: r9: Mar  4 12:00:00.000: %SYS-5-CONFIG_I: Configured by x#012<186>34: xr1 ${XR} ${DEPLETION}`,
    ],
    [
      "in a command echo",
      `<189>35: r9: Mar  4 12:00:00.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:x  logged command:banner ${DEPLETION}`,
    ],
    ["without a tag", "<189>36: r9: Depletion level 100 percent for resource PAK FSV"],
    [
      "in a restart request that names another text",
      `<188>37: xr1 ${XR} %OS-SYSMGR-4-PROC_RESTART_NAME : User ${DEPLETION} requested a restart of process netio`,
    ],
  ])("%s", (_, line) => {
    expect(alertsOf([line])).toEqual([]);
  });
});

describe("a packet memory block is read", () => {
  const critical = [
    { rule: "packet-memory-exhausted", verdict: "ipsec-pp-exhausts-pak-fsv", level: "critical", confidence: "high" },
  ];

  test.each<[string, (line: string) => string | Uint8Array]>([
    [
      "with a space before the colon of the tag and without",
      (line) => line.replace(/ : (Only|Depl|Top|pkg|PROC)/, ": $1"),
    ],
    ["with tabs for columns", (line) => line.replace(/(?<=_pp|udp|\d) {2,}(?=\d)/g, "\t")],
    ["with spaces, CR, LF and NUL at the end", (line) => `${line}  \r\n\0`],
    ["behind a BOM", (line) => `\uFEFF${line}`],
    [
      "with bytes that are no UTF-8 at its end",
      (line) =>
        line.includes("DEPLETION") || line.includes("INFO_HEAD")
          ? line
          : Buffer.concat([Buffer.from(line), Buffer.from([0x0d])]),
    ],
    [
      "with a bare name of a 64-bit system",
      (line) => line.replace("pkg/bin/ipsec_pp", "/opt/cisco/install-iosxr/base/bin/ipsec_pp"),
    ],
    ["with the year first", (line) => line.replace("Mar  4", "2020 Mar  4")],
    ["without a zone", (line) => line.replace(" UTC", " ")],
  ])("%s", (_, change) => {
    const stage = new Stage();
    for (const line of packetMemory())
      stage.engine.accept({
        raw: Buffer.from(change(line)),
        from: "192.0.2.1",
        transport: "udp",
        at: ++stage.now,
        flags: [],
        line: 0,
      });
    expect(brief(stage.wait(6 * SECOND).alerts())).toEqual(critical);
  });

  test("from a file that a relay wrote, without PRI and to the second", () => {
    const lines = packetMemory({ host: "", time: "Mar  4 12:00:00 " }).map(
      (line) => `Mar  4 21:00:00 192.0.2.7 ${line.replace(/^<\d+>/, "")}`,
    );
    const stage = replay(lines, { policy: { year: 2020, anchor: null, latest: null } });
    expect(brief(stage.alerts())).toEqual(critical);
    expect(stage.alert()).toMatchObject({ device: "192.0.2.7", address: "192.0.2.7" });
  });

  test("from a `show logging` capture whose first line was cut and that has prompts, CRLF and --More--", () => {
    const lines = packetMemory({ host: "", counter: null }).map((line) => line.replace(/^<\d+>/, ""));
    const capture = [
      "pt_by x on vty0",
      "RP/0/RSP0/CPU0:xr1#show logging",
      ...lines.slice(0, 3),
      ` --More-- ${lines[3]}`,
      ...lines.slice(4),
      "RP/0/RSP0/CPU0:xr1#",
    ];
    const stage = replay(
      capture.map((line) => `${line}\r`),
      { policy: { year: 2020, anchor: null, latest: null } },
    );
    expect(brief(stage.alerts())).toEqual(critical);
    expect(stage.alert().device).toBe("xr1");
  });

  test("by the time it came, not by a clock that was never set", () => {
    const stage = new Stage().send(packetMemory({ time: "*Mar  1 00:00:27.307 UTC" }));
    expect(stage.alert().firstSeen).toBe(stage.now - 5);
  });
});

describe("SIP", () => {
  test.each([
    [
      "a line card",
      "<190>51: asr1: Nov  6 16:00:00.000: %FMANFP-6-IPACCESSLOGP:  SIP0: fman_fp_image:  list ACL denied udp 192.0.2.1(52361) -> 198.51.100.2(5060), 1 packet",
    ],
    ["a SIP-200", "<187>52: r1: Nov  6 16:00:00.000: %SIP200-3-ERROR: slot 3: process = CCSIP_SPI_CONTROL"],
    [
      "call admission",
      "<187>53: r1: Nov  6 16:00:00.000: %SIP-3-MAXCONNCAC: Call rejected due to CAC based on maximum number of connections on dial-peer 1, sent response 503",
    ],
    [
      "an ordinary call error",
      "<187>54: r1: Nov  6 16:00:00.000: %VOICE_IEC-3-GW: SIP: Internal Error (DNS query fail): IEC=10.1.128.7.47.0 on callID 6 GUID=0",
    ],
    ["a rejected call alone", callRejected(55)],
    ["another process out of memory", mallocFail(60, "r1", "BGP Router").join("\n")],
  ])("is not %s", (_, line) => {
    expect(alertsOf([line])).toEqual([]);
  });

  test("a restart after a reload request is planned; without one it may be a crash or a loss of power", () => {
    expect(
      new Stage()
        .send(reload(900))
        .wait(4 * MINUTE)
        .send(boot("15.1(4)M5"))
        .alerts(),
    ).toEqual([]);
    const [alert] = new Stage().send(boot("15.1(4)M5")).alerts();
    expect(alert!.caveats[0]!.en).toContain("loss of power");
  });

  test("the release is the banner's, not that of the boot loader", () => {
    const [restart, ...banner] = boot("15.1(4)M7");
    const stage = new Stage().send([
      restart!,
      "<189>28: r1: ROM: System Bootstrap, Version 15.1(4)M4, RELEASE SOFTWARE (fc1)",
      ...banner.map((line, i) => line.replace(/>\d+/, `>${29 + i}`)),
    ]);
    expect(stage.wait(4 * SECOND).alert().exposure).toMatchObject({ state: "fixed", release: "15.1(4)M7" });
  });

  test.each([
    ["15.1(4)M10", "fixed"],
    ["15.1(4)M7", "fixed"],
    ["15.1(4)M6", "vulnerable"],
    ["15.1(3)MR", "not-affected"],
    ["15.1(4)GC1", "vulnerable"],
  ])("a router that boots %s is %s", (release, state) => {
    expect(new Stage().send(boot(release)).of("unexplained-restart")!.exposure.state).toBe(state);
  });

  test("IOS XE with an IOS inside that would be affected is not", () => {
    const stage = new Stage().send(boot("15.1(4)M5", 27, "r1", "IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"));
    expect(stage.alert().exposure.state).toBe("not-affected");
  });

  test("no release that a log tells silences a router", () => {
    const stage = new Stage().send([reload(1), ...boot("15.1(4)M7", 2)]).wait(20 * MINUTE);
    expect(
      stage
        .send(cpuHog(40))
        .wait(4 * SECOND)
        .alert(),
    ).toMatchObject({ rule: "sip-process-anomaly", level: "low" });
  });
});

test("a flood of other messages between the lines of a block takes nothing from it", () => {
  const lines = packetMemory({ counter: null }).flatMap((line, i) => [
    line,
    ...Array.from({ length: 200 }, (_, n) => linkUp(1 + i * 200 + n, "xr1")),
  ]);
  expect(new Stage().send(lines).alert()).toMatchObject({ level: "critical", count: 1 });
});

test("a process that the log shows as restarted or ready is a node's event and raises nothing", () => {
  expect(
    alertsOf([
      `<190>1: xr1 ${XR.replace("pakwatch[123]", "ipsec_mp[385]")} %SECURITY-IMP-6-PROC_READY : Process ipsec_mp is ready`,
    ]),
  ).toEqual([]);
});
