/** Continuation lines find their head again, whatever comes in between; where they cannot be told, none is guessed. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model.ts";
import { boot, cpuHog, linkUp, mallocFail } from "../support/lines.ts";
import { replay, SECOND, Stage } from "../support/stage.ts";

const failures = (stage: Stage) =>
  stage.events.filter((event) => event.tag?.mnemonic === "MALLOCFAIL" && !event.flags.includes("duplicate"));
const linesOf = (event: Event | undefined) => event?.text.split("\n").length;
const outcomes = (stage: Stage) =>
  Object.fromEntries(Object.entries(stage.engine.counters.outcomes).filter(([, n]) => n > 0));

describe("a memory failure in five datagrams", () => {
  test("is one message with its raw lines", () => {
    const stage = new Stage().send(mallocFail(1231));
    const [event] = failures(stage);
    expect(event!.flags).toContain("joined");
    expect(event!.text).toContain('-Process= "CCSIP_SPI_CONTROL"');
    expect(Buffer.from(event!.raw).toString()).toBe(mallocFail(1231).join("\n"));
    expect(outcomes(stage)).toEqual({ joined: 4, parsed: 1 });
  });

  test("is judged with its last line, without waiting", () => {
    expect(new Stage().send(mallocFail(1231)).alerts()).toHaveLength(1);
  });

  test.each([true, false])("is one message without counters (origin-id repeated: %s)", (repeated) => {
    const lines = mallocFail(null).map((line, i) => (repeated && i > 0 ? line.replace(">", ">: r1: ") : line));
    const stage = new Stage().send(lines).wait(4 * SECOND);
    expect(linesOf(failures(stage)[0])).toBe(5);
  });

  test("is one message with other devices' lines in between", () => {
    const stage = new Stage();
    for (const [i, line] of mallocFail(1231).entries()) {
      stage.send([line, linkUp(500 + i, "r2")]).send(cpuHog(1231 + i, "r3", "Exec"), { from: "198.51.100.3" });
    }
    stage.wait(4 * SECOND);
    expect(linesOf(failures(stage)[0])).toBe(5);
    expect(stage.alert().device).toBe("r1");
  });

  test("is one message with its own router's lines in between", () => {
    const [head, pool, alternate, process, traceback] = mallocFail(1231);
    const renumber = (line: string, n: number) => line.replace(/^(<\d+>)\d+/, `$1${n}`);
    const stage = new Stage().send([
      head!,
      linkUp(1232),
      renumber(pool!, 1233),
      linkUp(1234),
      renumber(alternate!, 1235),
      renumber(process!, 1236),
      renumber(traceback!, 1237),
    ]);
    expect(linesOf(failures(stage.wait(4 * SECOND))[0])).toBe(5);
  });

  test("is one message when the origin-id is repeated", () => {
    const lines = mallocFail(1231).map((line, i) => (i === 0 ? line : line.replace(/^(<\d+>\d+: )/, "$1r1: ")));
    expect(linesOf(failures(new Stage().send(lines).wait(4 * SECOND))[0])).toBe(5);
  });

  test("puts lines that came in another order back in order", () => {
    const [head, pool, alternate, process, traceback] = mallocFail(1231);
    const straight = failures(new Stage().send(mallocFail(1231)).wait(4 * SECOND))[0]!.text;
    const stage = new Stage().send([head!, traceback!, process!, pool!, alternate!]).wait(4 * SECOND);
    expect(failures(stage)[0]!.text).toBe(straight);
  });

  test("takes no line twice, before it is whole or after", () => {
    const twice = mallocFail(1231).flatMap((line) => [line, line]);
    const stage = new Stage().send(twice).wait(4 * SECOND);
    expect(linesOf(failures(stage)[0])).toBe(5);
    expect(stage.alert()).toMatchObject({ verdict: "sip-signal", count: 1 });
  });

  test("keeps its lines when its first line comes twice without a counter", () => {
    const [head, ...rest] = mallocFail(null);
    const stage = new Stage().send([head!, head!, ...rest]).wait(4 * SECOND);
    expect(linesOf(failures(stage)[0])).toBe(5);
    expect(stage.alert().count).toBe(1);
  });

  test("does not give a copy of a line to the message before it", () => {
    const [, , , process] = mallocFail(101);
    const stage = new Stage().send([cpuHog(100, "r1", "Exec"), ...mallocFail(101), process!]).wait(4 * SECOND);
    expect(stage.alert()).toMatchObject({ verdict: "sip-signal", count: 1 });
  });

  test("does not give its process line to a CPU hog when its own head is lost", () => {
    const stage = new Stage().send([cpuHog(100, "r1", "Exec"), ...mallocFail(101).slice(1)]).wait(4 * SECOND);
    expect(stage.alerts()).toEqual([]);
  });

  test("is a signal without an owner when the line that names it is lost", () => {
    const stage = new Stage().send(mallocFail(1231, "r1", null)).wait(4 * SECOND);
    expect(stage.alerts()).toEqual([]);
    expect(linesOf(failures(stage)[0])).toBe(4);
  });

  test("waits three seconds for a lost line and no longer", () => {
    const lines = mallocFail(1231).slice(0, 4);
    expect(
      new Stage()
        .send(lines)
        .wait(2 * SECOND)
        .alerts(),
    ).toEqual([]);
    expect(
      new Stage()
        .send(lines)
        .wait(3 * SECOND)
        .alerts(),
    ).toHaveLength(1);
  });

  test("ends with the next header of its router where there are no counters", () => {
    const [head, , , process] = mallocFail(null);
    const next =
      "<189>r1: Nov  6 16:00:01.000: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up";
    const stage = new Stage().send([head!, next, process!]).wait(4 * SECOND);
    expect(stage.alerts()).toEqual([]);
  });

  test("folded by a relay into one line is one message", () => {
    const [head, ...rest] = mallocFail(1231).map((line) => line.replace(/^<\d+>/, ""));
    const folded = `Nov  6 16:00:01 192.0.2.9 ${head}${rest.map((line) => `#012${line.replace(/^\d+: /, "")}`).join("")}`;
    const stage = replay([folded], { policy: { year: 2020, anchor: null, latest: null } });
    expect(stage.alert()).toMatchObject({ verdict: "sip-signal", details: { process: "CCSIP_SPI_CONTROL" } });
    expect(stage.engine.counters.outcomes.parsed).toBe(1);
  });

  test("in a capture without PRI is one message, a blank line inside it too", () => {
    const lines = [
      "*Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 10260 bytes failed from 0x62912920,",
      "Pool: Processor  Free: 13696  Cause: Memory fragmentation ",
      "Alternate Pool: None  Free: 0  Cause: No Alternate pool ",
      "",
      ' -Process= "CCSIP_UDP_SOCKET", ipl= 0, pid= 149, -Traceback= 0x61488C44 0x60015E58',
    ];
    const stage = replay(lines, { policy: { year: 2020, anchor: null, latest: null } });
    expect(stage.alert()).toMatchObject({ verdict: "sip-signal", device: "capture" });
    expect(outcomes(stage)).toEqual({ empty: 1, joined: 3, parsed: 1 });
  });
});

describe("two failures on one hop", () => {
  const process = (owner: string, counter: number | null, origin = "") =>
    `<186>${counter === null ? "" : `${counter}: `}${origin} -Process= "${owner}", ipl= 0, pid= 1`;

  test("are told apart by their counters", () => {
    const [a] = mallocFail(100, "r1");
    const [b] = mallocFail(110, "r2");
    const stage = new Stage().send([a!, b!, process("Exec", 113), process("CCSIP_SPI_CONTROL", 103)]).wait(4 * SECOND);
    expect(stage.alert().device).toBe("r1");
  });

  test("are told apart by a repeated origin-id", () => {
    const [a] = mallocFail(100, "r1");
    const [b] = mallocFail(100, "r2");
    const stage = new Stage().send([a!, b!, process("CCSIP_SPI_CONTROL", 103, "r2:")]).wait(4 * SECOND);
    expect(stage.alert().device).toBe("r2");
  });

  test.each([
    ["no counters", null, null],
    ["equal counters", 100, 103],
  ])("are not guessed at with %s: the line stays alone and says so", (_, head, line) => {
    const [a] = mallocFail(head, "r1");
    const [b] = mallocFail(head, "r2");
    const stage = new Stage().send([a!, b!, process("CCSIP_SPI_CONTROL", line)]).wait(4 * SECOND);
    expect(stage.alerts()).toEqual([]);
    expect(stage.events.some((event) => event.flags.includes("ambiguous-continuation"))).toBe(true);
  });

  test("on different relay hosts are told apart without counters", () => {
    const relayed = (relay: string, line: string) => `Nov  6 16:00:01 ${relay} ${line.replace(/^<\d+>/, "")}`;
    const [a] = mallocFail(null, "r1");
    const [b] = mallocFail(null, "r2");
    const own = process("CCSIP_SPI_CONTROL", null).replace(/^<\d+>/, "");
    const lines = [relayed("192.0.2.8", a!), relayed("192.0.2.9", b!), `Nov  6 16:00:01 192.0.2.9 ${own}`];
    const stage = replay(lines, { policy: { year: 2020, anchor: null, latest: null } });
    expect(stage.alert().device).toBe("r2");
  });
});

test("a line without a head is flagged and kept", () => {
  const stage = new Stage().send("<186>1234: -Traceback= 0x61488C44 0x60015E58");
  expect(stage.events[0]!.flags).toContain("continuation");
});

test("a line more than 16 behind its head is not joined", () => {
  const [head] = mallocFail(100);
  const stage = new Stage().send([head!, '<186>117:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 1']).wait(4 * SECOND);
  expect(stage.alerts()).toEqual([]);
});

test("a boot banner is one message, and its release is learnt", () => {
  const stage = new Stage().send(boot("15.1(4)M5"));
  expect(linesOf(stage.events[0])).toBe(5);
  expect(stage.engine.state.devices.get("r1")!.facts.release).toBe("15.1(4)M5");
});

test("a flood of heads on one hop holds no more than sixteen", () => {
  const stage = new Stage();
  for (let i = 0; i < 500; i++) stage.send(mallocFail(null, `r${i}`)[0]!);
  expect(stage.engine.held().length).toBeLessThanOrEqual(16);
  expect(failures(stage.wait(4 * SECOND))).toHaveLength(500);
});
