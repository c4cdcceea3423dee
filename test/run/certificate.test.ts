/** Who a message is from when its sender showed a certificate: proof, claims of other names, and what takes proof away. */
import { describe, expect, test } from "vitest";
import type { Certificate, DeviceSettings, Frame } from "../../src/model.ts";
import { BatchReader, BatchWriter } from "../../src/run/batch.ts";
import { NOTHING_SET } from "../../src/store/device-settings.ts";
import { linkUp, packetMemory, restartOf } from "../support/lines.ts";
import { frameOf, HOUR, MINUTE, NOON, SECOND, Stage } from "../support/stage.ts";

const certificate = (name: string, digit = "a"): Certificate => ({ names: [name], fingerprint: digit.repeat(64) });
const XR1 = certificate("xr1");
const OTHER = certificate("edge2.example.net", "b");

/** Sends over TLS; null is a plain datagram from the same address. */
function send(stage: Stage, lines: string | string[], shown: Certificate | null, from = "192.0.2.1"): Stage {
  for (const line of [lines].flat()) {
    stage.now++;
    const frame = frameOf(line, stage.now, from);
    stage.engine.accept(shown === null ? frame : { ...frame, transport: "tls", certificate: shown });
  }
  return stage;
}

const settings = (name: string, parts: Partial<DeviceSettings> = {}): DeviceSettings => ({
  ...NOTHING_SET,
  name,
  ...parts,
});
const known = (...all: DeviceSettings[]): Stage => {
  const stage = new Stage();
  stage.engine.know(all, NOON);
  return stage;
};
const devices = (stage: Stage) => [...stage.engine.state.devices.keys()];

describe("a certificate that bears the router's name", () => {
  test("proves its messages and the alert that they raise", () => {
    const stage = send(new Stage(), packetMemory(), XR1).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ device: "xr1", level: "critical", confidence: "high", sourceAuth: "tls" });
    expect(stage.events.every((event) => event.sourceAuth === "tls")).toBe(true);
  });

  test("proves it in any case of letters, and by an alias", () => {
    const upper = send(new Stage(), packetMemory(), certificate("XR1")).wait(6 * SECOND);
    expect(upper.alert().sourceAuth).toBe("tls");
    const stage = known(settings("xr1", { aliases: ["xr1.example.net"] }));
    expect(
      send(stage, packetMemory(), certificate("xr1.example.net"))
        .wait(6 * SECOND)
        .alert().sourceAuth,
    ).toBe("tls");
  });

  test("names the router where the message does not", () => {
    const stage = send(
      new Stage(),
      "<189>1: *Nov  6 16:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up",
      certificate("edge7.example.net"),
    );
    expect(devices(stage)).toEqual(["edge7.example.net"]);
    expect(stage.events[0]).toMatchObject({ device: "edge7.example.net", sourceAuth: "tls" });
  });

  test("of another router proves nothing: a relay's, as long as nobody says whose it is", () => {
    const stage = send(new Stage(), packetMemory(), OTHER).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ device: "xr1", sourceAuth: "none" });
  });
});

describe("one message without proof", () => {
  const block = packetMemory();

  test.each([
    ["the first line", 0],
    ["a row of the table", 3],
    ["the last line", block.length - 1],
  ])("as %s takes the proof from the alert", (_, at) => {
    const stage = new Stage();
    for (const [i, line] of block.entries()) send(stage, line, i === at ? null : XR1);
    expect(stage.wait(6 * SECOND).alert().sourceAuth).toBe("none");
  });

  test("takes it away when a later report has none, and a later proof does not give it back", () => {
    const stage = send(new Stage(), block, XR1).wait(6 * SECOND);
    expect(stage.alert().sourceAuth).toBe("tls");
    send(stage, packetMemory({ counter: 5000 }), null).wait(6 * SECOND);
    expect(stage.alert().sourceAuth).toBe("none");
    send(stage, packetMemory({ counter: 5100 }), XR1).wait(6 * SECOND);
    expect(stage.alert().sourceAuth).toBe("none");
  });

  test("is not held against what is proved after it", () => {
    const stage = send(new Stage(), packetMemory({ level: 50 }), null).wait(MINUTE);
    send(stage, packetMemory({ counter: 5000 }), XR1).wait(6 * SECOND);
    expect(stage.alert().sourceAuth).toBe("tls");
  });

  test("takes it away when it tells of a step of recovery", () => {
    const stage = send(new Stage(), block, XR1).wait(6 * SECOND);
    send(stage, restartOf("ipsec_mp", 4900), XR1);
    expect(stage.alert()).toMatchObject({ status: "recovering", sourceAuth: "tls" });
    send(stage, restartOf("ipsec_pp", 4901), null);
    expect(stage.alert()).toMatchObject({ status: "recovering", sourceAuth: "none" });
  });

  test("continues nothing that is proved, though it comes from the same address", () => {
    const stage = new Stage();
    const head =
      "<186>40: xr1: *Nov  6 16:00:00.123: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6080A1B4, alignment 0";
    send(stage, head, XR1);
    send(stage, '<186>41:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263', null);
    stage.wait(6 * SECOND);
    expect(stage.events.find((event) => event.counter === 40)!.text).not.toContain("CCSIP");
  });
});

describe("a certificate that is set of a router", () => {
  const mine = () => known(settings("xr1", { certificates: ["edge1.example.net"] }));

  test.each([
    ["by name", certificate("edge1.example.net")],
    ["by name, in any case", certificate("Edge1.Example.net")],
  ])("proves it %s", (_, shown) => {
    expect(
      send(mine(), packetMemory(), shown)
        .wait(6 * SECOND)
        .alert(),
    ).toMatchObject({ device: "xr1", sourceAuth: "tls", caveats: [] });
  });

  test("proves it by fingerprint", () => {
    const stage = known(settings("xr1", { certificates: [`sha256:${"c".repeat(64)}`] }));
    send(stage, packetMemory(), certificate("whatever", "c")).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ device: "xr1", sourceAuth: "tls" });
  });

  test("is the only proof: one that bears its name is none any more", () => {
    const stage = send(mine(), packetMemory(), XR1).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ device: "xr1", confidence: "medium", sourceAuth: "none" });
    expect(devices(stage)).toEqual(["xr1@xr1"]);
  });

  test.each([
    ["a datagram from its own address", null, "192.0.2.1"],
    ["another router's certificate", OTHER, "edge2.example.net"],
  ])("keeps %s apart, which changes nothing of what is proved", (_, shown, who) => {
    const stage = send(mine(), packetMemory(), certificate("edge1.example.net")).wait(6 * SECOND);
    send(stage, [restartOf("ipsec_mp", 4900), restartOf("ipsec_pp", 4901)], shown).wait(HOUR);
    expect(stage.alert()).toMatchObject({ status: "open", sourceAuth: "tls" });
    expect(devices(stage)).toEqual(["xr1", `xr1@${who}`]);
    const told = stage.engine.ledger.takeDeviceEvents().filter(({ kind }) => kind === "conflict");
    expect(told[0]!.note).toBe(`${who} uses this name; expected edge1.example.net`);
  });

  test("is asked for in what a forged alert says of its sender", () => {
    const alert = send(mine(), packetMemory(), null)
      .wait(6 * SECOND)
      .alert();
    expect(alert.caveats[0]!.en).toContain("came from 192.0.2.1 without the certificate of xr1 (edge1.example.net)");
    expect(alert).toMatchObject({ confidence: "medium", sourceAuth: "none" });
  });

  test("lets it not speak in the name of another router that has settings", () => {
    const stage = known(settings("xr1", { certificates: ["edge1.example.net"] }), settings("xr2"));
    send(stage, packetMemory({ host: "xr2" }), certificate("edge1.example.net")).wait(6 * SECOND);
    expect(devices(stage)).toEqual(["xr2@edge1.example.net"]);
    expect(stage.alert()).toMatchObject({ device: "xr2", confidence: "medium", sourceAuth: "none" });
  });

  test("may be its relay's, which then speaks for it", () => {
    const stage = known(...["xr1", "xr2"].map((name) => settings(name, { certificates: ["relay.example.net"] })));
    for (const host of ["xr1", "xr2"]) send(stage, packetMemory({ host }), certificate("relay.example.net"));
    expect(
      stage
        .wait(6 * SECOND)
        .alerts()
        .map(({ device, sourceAuth }) => [device, sourceAuth]),
    ).toEqual([
      ["xr1", "tls"],
      ["xr2", "tls"],
    ]);
  });

  test("is not asked for in a capture, which shows none", () => {
    const stage = mine();
    for (const line of packetMemory()) stage.engine.accept(frameOf(line, null, "capture.log"));
    expect(stage.finish().alert()).toMatchObject({ device: "xr1", sourceAuth: "none", caveats: [] });
  });

  test("is forgotten when it is taken away", () => {
    const stage = mine();
    stage.engine.know([settings("xr1")], NOON);
    expect(devices(send(stage, linkUp(1, "xr1"), null))).toEqual(["xr1"]);
  });
});

describe("batches", () => {
  test("carry certificates with the frames that came with them", () => {
    const writer = new BatchWriter();
    const many = { names: Array.from({ length: 40 }, (_, i) => `name${i}.example.net`), fingerprint: "d".repeat(64) };
    const sent: Frame[] = [
      frameOf("<189>1: a", NOON),
      { ...frameOf("<189>2: b", NOON), transport: "tls", certificate: XR1 },
      { ...frameOf("<189>3: c", NOON), transport: "tls", certificate: { names: [], fingerprint: "e".repeat(64) } },
      { ...frameOf("<189>4: d", NOON), transport: "tls", certificate: many },
      { ...frameOf("<189>5: e", NOON), transport: "tls" },
    ];
    for (const frame of sent) writer.add(frame);
    const read: Frame[] = [];
    const taker = { beginRun: () => {}, offerReceived: () => false };
    new BatchReader().read(writer.take(), taker, (frame) => read.push(frame));
    const limited = sent.with(3, { ...sent[3]!, certificate: { ...many, names: many.names.slice(0, 16) } });
    expect(read.map((frame) => ({ ...frame, raw: Buffer.from(frame.raw) }))).toEqual(limited);
  });

  test("keep senders of one address apart by certificate, on the quick path too", () => {
    const stage = new Stage({ onEvent: undefined as never });
    const writer = new BatchWriter();
    const reader = new BatchReader();
    const ordinary = (counter: number) =>
      `<189>${counter}: *Nov  6 16:00:${String(counter).padStart(2, "0")}.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up`;
    for (let i = 1; i <= 20; i++) {
      for (const [name, digit] of [
        ["edge1", "a"],
        ["edge2", "b"],
      ] as const)
        writer.add({ ...frameOf(ordinary(i), NOON + i), transport: "tls", certificate: certificate(name, digit) });
    }
    reader.read(writer.take(), stage.engine.quick, (frame) => stage.engine.accept(frame));
    const counted = [...stage.engine.state.devices.values()].map(({ key, facts }) => [key, facts.messages, facts.lost]);
    expect(counted).toEqual([
      ["edge1", 20, 0],
      ["edge2", 20, 0],
    ]);
  });
});
