/** Whole captures whose judgement is easy to get wrong. */
import { describe, expect, test } from "vitest";
import { packetMemory } from "../support/lines.ts";
import { replay, Stage } from "../support/stage.ts";

const XR = "RP/0/RSP0/CPU0:Mar  4 12:00:00";

describe("a table with a lost row", () => {
  const rows = packetMemory();

  test("names no other cause when the lost row may be the one that matters", () => {
    const lost = rows.filter((line) => !line.includes("ipsec_pp"));
    const alert = new Stage().send(lost).wait(6_000).alert();
    expect(alert).toMatchObject({ verdict: "user-not-reported", level: "medium", confidence: "medium" });
    expect(alert.caveats.map((caveat) => caveat.en)).toContain(
      "A row of the process table was lost; it may be the one of the process that holds the memory.",
    );
  });

  test("names another cause when ipsec_pp is there with little", () => {
    const small = packetMemory({
      rows: [
        ["pkg/bin/netio", 7, 9970],
        ["pkg/bin/ipsec_pp", 8, 30],
        ["pkg/bin/udp", 9, 5],
      ],
    });
    const lost = small.filter((line) => !line.includes("pkg/bin/udp"));
    expect(new Stage().send(lost).wait(6_000).alert()).toMatchObject({
      verdict: "other-cause",
      level: "informational",
    });
  });

  test("a tie at the top does not hang on the neighbour's name", () => {
    for (const neighbour of ["aaa", "udp", "zebra"]) {
      const tie = packetMemory({
        rows: [
          ["pkg/bin/ipsec_pp", 7, 5000],
          [`pkg/bin/${neighbour}`, 8, 5000],
        ],
      });
      expect(new Stage().send(tie).alert().level).toBe("critical");
    }
  });
});

describe("a restart that the log shows", () => {
  test.each([
    "User EXAMPLE\\ops (vty0) requested a restart of process ipsec_mp at 0/RSP0/CPU0",
    "User ops+night (con0_RP0_CPU0) requested a restart of process ipsec_mp (jid 312) at 0/RSP0/CPU0",
    "User ops (vty1) requested a restart of process ipsec_mp at 0/RSP0/CPU0 via CLI",
  ])("is seen whoever did it: %s", (text) => {
    const stage = new Stage().send(packetMemory());
    stage.send([`<188>4999: xr1 ${XR}.900 UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : ${text}`]);
    expect(stage.alert().status).toBe("recovering");
  });

  test("is not taken from a user's name", () => {
    const text =
      "User x requested a restart of process ipsec_mp (vty0) requested a restart of process nfsvr at 0/RSP0/CPU0";
    const stage = new Stage().send(packetMemory());
    stage.send([`<188>4999: xr1 ${XR}.900 UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : ${text}`]);
    expect(stage.alert().status).toBe("open");
  });
});

describe("lines of one message behind RFC 5424 fields", () => {
  const relayed = (host: string, body: string) => `<186>1 2013-11-06T16:00:01Z ${host} - - - - ${body}`;
  const failure = (counter: number) => [
    `${counter}: *Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6080A1B4, alignment 0`,
    `${counter + 1}: Pool: Processor  Free: 79840  Cause: Not enough free memory`,
    `${counter + 2}:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263`,
    `${counter + 3}: -Traceback= 0x61488C44 0x60015E58`,
  ];

  test("join, also when two routers' lines come mixed through one relay", () => {
    const a = failure(1231).map((body) => relayed("192.0.2.9", body));
    const b = failure(1232).map((body) => relayed("192.0.2.10", body));
    const alerts = new Stage().send(a.flatMap((line, i) => [line, b[i]!])).alerts();
    expect(alerts.map((alert) => [alert.device, alert.verdict])).toEqual([
      ["192.0.2.9", "sip-signal"],
      ["192.0.2.10", "sip-signal"],
    ]);
  });

  test("a relay may wrap the datagram with its PRI", () => {
    const wrapped = packetMemory().map((line) => `<14>1 2020-03-04T12:00:00Z 192.0.2.7 - - - - ${line}`);
    expect(new Stage().send(wrapped).alert()).toMatchObject({ level: "critical", node: "RP/0/RSP0/CPU0" });
  });
});

describe("a clock that was never set", () => {
  const lines = [
    "<189>900: r1: Nov  6 2013 16:00:00.000: %SYS-5-RELOAD: Reload requested by admin on vty0 (192.0.2.10). Reload Reason: Reload Command.",
    "<189>27: r1: *Mar  1 00:00:43.000: %SYS-5-RESTART: System restarted --",
    "<189>31: r1: Compiled Tue 04-Sep-12 20:14 by prod_rel_team",
    "<189>32: r1: *Mar  1 00:00:44.000: %SNMP-5-COLDSTART: SNMP agent on host r1 is undergoing a cold start",
    "<189>33: r1: Nov  6 2013 16:05:00.000: %SYS-5-CONFIG_I: Configured from console by noc",
  ];

  test("does not bring in another year, nor hide that a reload was planned", () => {
    for (const year of ["", " 2013"]) {
      const stage = replay(
        lines.map((line) => line.replace(" 2013", year)),
        { policy: { year: 2013, anchor: null, latest: null } },
      );
      expect(stage.alerts()).toEqual([]);
      expect(new Date(stage.engine.session.latest!).toISOString()).toBe("2013-11-06T16:05:00.000Z");
    }
  });
});

describe("a planned reload", () => {
  const restart = [
    "<189>27: 000029: *Jan  2 00:01:01.924: %SYS-5-RESTART: System restarted --",
    "<189>31: Compiled Tue 04-Sep-12 20:14 by prod_rel_team",
  ];
  const reload =
    "<189>900: r1: Nov  6 15:55:00.000: %SYS-5-RELOAD: Reload requested by admin on vty0 (192.0.2.10). Reload Reason: Reload Command.";

  test("explains the boot that comes from its address without a name, live and in a capture", () => {
    expect(
      new Stage()
        .send([reload, ...restart])
        .wait(4_000)
        .alerts(),
    ).toEqual([]);
    expect(replay([reload, ...restart]).alerts()).toEqual([]);
    expect(new Stage().send(restart).wait(4_000).alerts()).toHaveLength(1);
  });

  test("explains nothing where several routers share the address", () => {
    const others = ["r2", "r3"].map(
      (name) => `<189>5: ${name}: Nov  6 15:54:00.000: %SYS-5-CONFIG_I: Configured from console by noc`,
    );
    expect(
      new Stage()
        .send([...others, reload, ...restart])
        .wait(4_000)
        .alerts(),
    ).toHaveLength(1);
  });
});

describe("a repetition that a relay folds", () => {
  test("counts although it quotes the whole message", () => {
    const depletion = packetMemory()[0]!;
    const relayed = (text: string) => `Mar  4 21:00:03 192.0.2.7 ${text}`;
    const stage = new Stage()
      .send([relayed(depletion), relayed(`message repeated 12 times: [ ${depletion}]`)])
      .wait(6_000);
    expect(stage.alert().count).toBe(13);
  });
});

describe("the line of a disabled SIP listener", () => {
  test("counts only as debug output, not as text behind a tag", () => {
    const text = "sip_udp_sock_process_read: SIP UDP Listener is DISABLED";
    expect(new Stage().send([`<191>5: r1: Nov  2 11:36:47.691: %SYS-5-USERLOG_NOTICE: ${text}`]).alerts()).toEqual([]);
    expect(new Stage().send([`<191>5: r1: *Nov  2 11:36:47.691: ${text}`]).alert().rule).toBe("sip-listener-disabled");
  });
});
