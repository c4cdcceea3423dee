/** What operators say of routers: names joined, addresses expected, releases that outrank the log's; and claims that conflict. */
import { describe, expect, test } from "vitest";
import type { DeviceSettings } from "../../src/model.ts";
import { boot, cpuHog, linkUp, mallocFail, packetMemory, restartOf } from "../support/lines.ts";
import { frameOf, HOUR, MINUTE, NOON, replay, SECOND, Stage } from "../support/stage.ts";

const HERE = "192.0.2.1";
const ELSEWHERE = "198.51.100.9";

function settings(name: string, parts: Partial<DeviceSettings> = {}): DeviceSettings {
  return {
    name,
    aliases: [],
    addresses: [],
    certificates: [],
    os: null,
    release: null,
    platform: null,
    smus: [],
    processes: null,
    source: "operator",
    at: NOON,
    by: "ops",
    ...parts,
  };
}

function known(...all: DeviceSettings[]): Stage {
  const stage = new Stage();
  stage.engine.know(all, NOON);
  return stage;
}

const conflicts = (stage: Stage) =>
  stage.engine.ledger
    .takeDeviceEvents()
    .filter((event) => event.kind === "conflict")
    .map(({ device, note }) => `${device}: ${note}`);

describe("names that are joined", () => {
  test("make one device of what logs under either, shown under the name as set", () => {
    const stage = known(settings("edge1.fra", { aliases: ["xr1"] }));
    stage.send(packetMemory({ host: "XR1" })).wait(6 * SECOND);
    stage.send(restartOf("ipsec_mp", 4900, { host: "edge1.FRA" }));
    expect(stage.alert()).toMatchObject({ device: "edge1.fra", status: "recovering", confidence: "high" });
    expect([...stage.engine.state.devices.keys()]).toEqual(["edge1.fra"]);
  });

  test("bring continuation lines and copies to the one device", () => {
    const stage = known(settings("edge1", { aliases: ["r1"] }));
    const [head, ...lines] = mallocFail(100, "r1");
    stage.send([head!, ...lines.map((line) => line.replace(/: {0,1}/, ": r1: "))]);
    stage.send(cpuHog(120, "r1")).send(cpuHog(120, "edge1"));
    expect(stage.finish().alert()).toMatchObject({ device: "edge1", count: 2 });
    expect(stage.engine.counters.outcomes).toMatchObject({ joined: 4, duplicate: 1 });
  });

  test("tick the steps of an alert that was open under the other name before", () => {
    const stage = new Stage();
    stage.send(packetMemory({ host: "xr1" })).wait(6 * SECOND);
    stage.engine.know([settings("edge1.fra", { aliases: ["xr1"] })], stage.now);
    stage.send(restartOf("ipsec_mp", 4900, { host: "edge1.fra" }));
    expect(stage.alert()).toMatchObject({ device: "xr1", status: "recovering" });
  });

  test("are the file's name or a prompt's too", () => {
    const lines = packetMemory({ host: "" });
    const stage = new Stage();
    stage.engine.know([settings("edge1.fra", { aliases: ["capture"] })], NOON);
    for (const line of lines) stage.engine.accept(frameOf(line, null, "capture.log"));
    expect(stage.finish().alert().device).toBe("edge1.fra");
  });

  test("part again when the alias is taken away", () => {
    const stage = known(settings("edge1.fra", { aliases: ["xr1"] }));
    stage.engine.know([settings("edge1.fra")], NOON);
    stage.send(linkUp(7, "xr1"));
    expect([...stage.engine.state.devices.keys()]).toEqual(["xr1"]);
  });
});

describe("an address that is expected", () => {
  const mapped = () => known(settings("xr1", { addresses: ["192.0.2.0/24"] }));

  test("is said of the alert, and takes nothing from it", () => {
    const alert = mapped()
      .send(packetMemory())
      .wait(6 * SECOND)
      .alert();
    expect(alert).toMatchObject({ level: "critical", confidence: "high", sourceAuth: "address", caveats: [] });
  });

  test("apart, what comes from another one is judged, with its address and less confidence", () => {
    const stage = mapped()
      .send(packetMemory(), { from: ELSEWHERE })
      .wait(6 * SECOND);
    const alert = stage.alert();
    expect(alert).toMatchObject({ device: "xr1", level: "critical", confidence: "medium", sourceAuth: "none" });
    expect(alert.caveats[0]!.en).toContain(`came from ${ELSEWHERE}, which is not an address of xr1 (192.0.2.0/24)`);
    expect(alert.caveats[0]!.ja).toContain(ELSEWHERE);
    expect(conflicts(stage)).toEqual([`xr1: ${ELSEWHERE} uses this name; expected 192.0.2.0/24`]);
  });

  test("keeps the recovery of the real alert out of the hands of others", () => {
    const stage = mapped()
      .send(packetMemory())
      .wait(6 * SECOND);
    stage.send([restartOf("ipsec_mp", 4900), restartOf("ipsec_pp", 4901)], { from: ELSEWHERE }).wait(HOUR);
    expect(stage.alert().status).toBe("open");
    expect(conflicts(stage)).toEqual([
      `xr1: ${ELSEWHERE} uses this name; expected 192.0.2.0/24`,
      expect.stringContaining(`xr1: from ${ELSEWHERE}: User noc (vty0) requested a restart of process ipsec_mp`),
      expect.stringContaining(`xr1: from ${ELSEWHERE}: User noc (vty0) requested a restart of process ipsec_pp`),
    ]);
  });

  test("is told once an hour of one stranger, however much it sends", () => {
    const stage = mapped();
    for (let i = 0; i < 50; i++) stage.send(linkUp(i, "xr1"), { from: ELSEWHERE }).wait(5 * MINUTE);
    expect(conflicts(stage)).toHaveLength(5);
  });

  test("is the relay's where a relay brings the messages, and in a capture what the relay wrote", () => {
    const line =
      "Mar  4 12:00:00 192.0.2.7 4711: xr1: Mar  4 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by a on vty0";
    const devices = (from: string) => {
      const stage = known(settings("xr1", { addresses: [from] }));
      stage.engine.accept(frameOf(line, null, "relay.log"));
      return [...stage.finish().engine.state.devices.keys()];
    };
    expect(devices("192.0.2.7")).toEqual(["xr1"]);
    expect(devices("192.0.2.8")).toEqual(["xr1@192.0.2.7"]);
    const live = known(settings("xr1", { addresses: ["192.0.2.8"] })).send(line, { from: "192.0.2.8" });
    expect([...live.engine.state.devices.keys()]).toEqual(["xr1"]);
  });
});

describe("two addresses that use one name", () => {
  test("are told on the device and on its alerts, which keep their level", () => {
    const stage = new Stage().send(packetMemory()).wait(6 * SECOND);
    const before = stage.alert();
    stage.send(linkUp(5000, "xr1"), { from: ELSEWHERE });
    const alert = stage.alert();
    expect(alert).toMatchObject({ level: before.level, confidence: before.confidence, status: "open" });
    expect(before.caveats).toEqual([]);
    expect(alert.caveats[0]!.en).toContain(`Two addresses claim this name: ${HERE}, ${ELSEWHERE}.`);
    expect(conflicts(stage)).toEqual([`xr1: addresses ${HERE}, ${ELSEWHERE} claim this name`]);
  });

  test("are two ways of one router when they bring the same messages", () => {
    const stage = new Stage();
    for (let i = 1; i < 20; i++) stage.send(linkUp(i)).send(linkUp(i), { from: ELSEWHERE });
    stage.send(linkUp(20), { from: ELSEWHERE });
    expect(conflicts(stage)).toEqual([]);
  });

  test("are not made two ways of one router by a stranger who says the same twice", () => {
    const stage = new Stage().send(linkUp(1)).send(linkUp(70), { from: ELSEWHERE });
    stage
      .send(linkUp(2))
      .send(linkUp(70), { from: ELSEWHERE })
      .wait(25 * HOUR);
    stage.send(linkUp(3)).send(linkUp(71), { from: ELSEWHERE });
    expect(conflicts(stage)).toHaveLength(2);
  });

  test("are normal where they are relays, which carry many names", () => {
    const stage = new Stage();
    for (const relay of ["192.0.2.20", "192.0.2.21"])
      for (const host of ["r1", "r2", "r3"]) stage.send(linkUp(1, host), { from: relay });
    stage.engine.ledger.takeDeviceEvents();
    stage.send(linkUp(1, "r4"), { from: "192.0.2.20" }).send(linkUp(2, "r4"), { from: "192.0.2.21" });
    expect(conflicts(stage)).toEqual([]);
  });

  test("are one after another when a router has moved", () => {
    const stage = new Stage()
      .send(linkUp(1))
      .wait(25 * HOUR)
      .send(linkUp(2), { from: ELSEWHERE });
    expect(conflicts(stage)).toEqual([]);
  });

  test("are settled when the operator names the right one", () => {
    const stage = new Stage()
      .send(packetMemory())
      .send(linkUp(5000, "xr1"), { from: ELSEWHERE })
      .wait(6 * SECOND);
    expect(stage.alert().caveats).toHaveLength(1);
    stage.engine.know([settings("xr1", { addresses: [HERE] })], stage.now);
    expect(stage.alert().caveats).toEqual([]);
  });

  test("take a bounded memory, whoever else speaks", () => {
    const stage = new Stage();
    for (let i = 0; i < 300; i++) stage.send(linkUp(i), { from: `198.51.100.${i % 256}` });
    const device = stage.engine.state.devices.get("r1")!;
    expect(device.claims).toHaveLength(4);
    expect(device.conflict?.addresses).toHaveLength(4);
  });
});

describe("a system and a release that are set", () => {
  test("outrank the banner, and the alert says that the log contradicts", () => {
    const stage = known(settings("r1", { os: "ios", release: "15.1(4)M5", source: "show-version.txt" }));
    stage
      .send(boot("15.1(4)M8"))
      .wait(HOUR)
      .send(cpuHog(40))
      .wait(4 * SECOND);
    const alert = stage.of("sip-process-anomaly")!;
    expect(alert).toMatchObject({ level: "medium", exposure: { state: "vulnerable", release: "15.1(4)M5" } });
    expect(alert.caveats.map((one) => one.en)).toContainEqual(
      "The log names ios 15.1(4)M8, but ios 15.1(4)M5 is set (show-version.txt). What is set counts; check `show version`.",
    );
  });

  test("are written to the alerts that are open when they are set", () => {
    const stage = new Stage().send(cpuHog(40)).wait(4 * SECOND);
    expect(stage.alert()).toMatchObject({ level: "medium", exposure: { state: "unknown" } });
    stage.engine.know([settings("r1", { os: "ios", release: "15.1(4)M8" })], stage.now);
    expect(stage.alert()).toMatchObject({ level: "low", exposure: { state: "fixed" } });
    stage.engine.know([settings("r1", { os: "ios", release: "15.1(4)M4" })], stage.now);
    expect(stage.alert()).toMatchObject({ level: "medium", exposure: { state: "vulnerable" } });
  });

  test("bring platform, upgrades and processes into the judgement", () => {
    const exposure = (parts: Partial<DeviceSettings>) =>
      known(settings("xr1", { os: "ios-xr", release: "6.4.2", ...parts }))
        .send(packetMemory())
        .wait(6 * SECOND)
        .alert().exposure.state;
    expect(exposure({})).toBe("vulnerable");
    expect(exposure({ platform: "asr9k-px", smus: ["CSCvr75998"] })).toBe("fixed");
    const checked = ["ipsec_mp", "ipsec_pp"];
    expect(exposure({ processes: { checked, running: [] } })).toBe("not-affected");
    expect(exposure({ processes: { checked, running: ["ipsec_pp"] } })).toBe("vulnerable");
    expect(exposure({ processes: { checked: ["ipsec_mp"], running: [] } })).toBe("vulnerable");
  });

  test("leave the release of another system than theirs out", () => {
    const stage = known(settings("r1", { os: "ios-xr" }));
    stage
      .send(boot("15.1(4)M5"))
      .wait(HOUR)
      .send(cpuHog(40))
      .wait(4 * SECOND);
    expect(stage.of("sip-process-anomaly")!.exposure).toMatchObject({ state: "not-affected", release: null });
  });

  test("hold in a replay as they do live", () => {
    const stage = replay([]);
    stage.engine.know([settings("xr1", { os: "ios-xr", release: "6.4.2" })], 0);
    for (const line of packetMemory()) stage.engine.accept(frameOf(line, null, "c.log"));
    expect(stage.finish().alert().exposure).toMatchObject({ state: "vulnerable", release: "6.4.2" });
  });
});
