/** What is taken and what is shed when not everything can be judged. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Frame } from "../../src/model.ts";
import { Gate, type GateOptions, SHED_BYTES, severityOf } from "../../src/run/gate.ts";

const MIB = 1_048_576;
const NOON = Date.UTC(2020, 2, 4, 12);

function frame(from: string, at = NOON, text = "<190>1: a", transport: Frame["transport"] = "udp"): Frame {
  return { raw: Buffer.from(text), from, transport, at, flags: [], line: 0 };
}
const gateWith = (options: Partial<GateOptions> = {}) => new Gate({ rate: 0, burst: 10, ...options });
/** So many addresses that were never heard, one message of each. */
function flood(gate: Gate, count: number, at = NOON): (string | null)[] {
  return Array.from({ length: count }, (_, i) =>
    gate.refuses(frame(`127.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, at)),
  );
}
const withSeverity = (severity: number) => `<${184 + severity}>1: a`;

describe("the severity of a message", () => {
  test.each<[string, number]>([
    ["<186>1: a", 2],
    ["<191>1: a", 7],
    ["<0>", 0],
    ["<13>Mar  1 a", 5],
    // PRI is missing or none: the tag says it.
    ["*Mar  1 00:00:09.123: %SYS-2-MALLOCFAIL: a", 2],
    ["<>1: %PKT_INFRA-PAKWATCH-6-INFO_BODY : a", 6],
    ["<1890>1: %LINK-3-UPDOWN: a", 3],
    ["<189", 5],
    ["", 5],
    ["<", 5],
    ["%", 5],
    ["%SYS-5", 5],
    ["%SYS-9-X: a", 5],
    [`${"%"}${"A".repeat(100)}-2-X: a`, 5],
  ])("of %j is %d", (text, severity) => {
    expect(severityOf(Buffer.from(text))).toBe(severity);
  });

  test("is read from any bytes without fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
        expect(severityOf(raw)).toBeGreaterThanOrEqual(0);
        expect(severityOf(raw)).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe("a queue that fills", () => {
  test("takes everything while there is room", () => {
    const gate = gateWith();
    gate.fill = SHED_BYTES - 1;
    expect(Array.from({ length: 1_000 }, () => gate.refuses(frame("192.0.2.1", NOON, withSeverity(7))))).toEqual(
      Array(1_000).fill(null),
    );
  });

  /** The severities that a loud sender still gets through. */
  const taken = (gate: Gate) => {
    for (let i = 0; i < 200; i++) gate.refuses(frame("192.0.2.1", NOON, withSeverity(7)));
    return [0, 1, 2, 3, 4, 5, 6, 7].filter(
      (severity) => gate.refuses(frame("192.0.2.1", NOON, withSeverity(severity))) === null,
    );
  };

  test.each([
    [64, [0, 1, 2, 3, 4, 5, 6]],
    [66, [0, 1, 2, 3, 4, 5]],
    [68, [0, 1, 2, 3, 4]],
    [74, [0, 1]],
    [78, []],
    [95, []],
  ])("sheds the least severe first: with %d MiB only %j are taken", (mib, severities) => {
    const gate = gateWith();
    gate.fill = mib * MIB;
    expect(taken(gate)).toEqual(severities);
  });

  test("sheds in one piece, until half of it is judged", () => {
    const gate = gateWith();
    gate.fill = 68 * MIB;
    gate.fill = 40 * MIB;
    expect(taken(gate)).toEqual([0, 1, 2, 3, 4]);
    gate.fill = 31 * MIB;
    expect(taken(gate)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("takes all that quiet senders say, beside one that is loud", () => {
    const gate = gateWith();
    gate.fill = 80 * MIB;
    expect(taken(gate)).toEqual([]);
    for (let second = 0; second < 5; second++) {
      for (let router = 1; router <= 50; router++)
        expect(gate.refuses(frame(`198.51.100.${router}`, NOON + second * 1_000))).toBeNull();
    }
  });

  test("takes nothing more when it is full, and never sheds what came by a connection, which waits", () => {
    const gate = gateWith();
    gate.fill = 96 * MIB;
    expect(gate.refuses(frame("192.0.2.1", NOON, withSeverity(0)))).toBe("udp");
    expect(gate.refuses(frame("192.0.2.1", NOON, withSeverity(7), "tcp"))).toBeNull();
    expect(gate.refuses(frame("192.0.2.1", NOON, withSeverity(7), "tls"))).toBeNull();
  });
});

describe("addresses that are made up", () => {
  test("are shed once a little waits, and known ones are not", () => {
    const gate = gateWith();
    gate.refuses(frame("192.0.2.1"));
    flood(gate, 2_000);
    gate.fill = 3 * MIB;
    expect(new Set(flood(gate, 5_000, NOON + 1))).toEqual(new Set([null, "strangers"]));
    expect(gate.refuses(frame("203.0.113.9", NOON + 2))).toBe("strangers");
    expect(gate.refuses(frame("192.0.2.1", NOON + 2))).toBeNull();
    gate.fill = 0;
    expect(gate.refuses(frame("203.0.113.10", NOON + 3))).toBeNull();
  });

  test("get no more than their common share, though there is room", () => {
    const gate = gateWith();
    flood(gate, 1_000);
    const taken = Array.from({ length: 50 }, (_, tenth) =>
      Array.from({ length: 1_000 }, (_, i) =>
        gate.refuses(frame(`10.${tenth}.${i >> 8}.${i & 255}`, NOON + tenth * 100)),
      ).filter((reason) => reason === null),
    ).flat();
    // A thousand at once, and a thousand in each of the five seconds.
    expect(taken.length).toBeGreaterThan(5_500);
    expect(taken.length).toBeLessThanOrEqual(6_000);
  });

  test("take a bounded memory, and never the place of a known one", () => {
    const gate = gateWith();
    gate.know(["192.0.2.1"]);
    flood(gate, 400_000);
    expect(gate.size).toBeLessThanOrEqual(2 * 65_536);
    gate.fill = 3 * MIB;
    expect(gate.refuses(frame("192.0.2.1"))).toBeNull();
    expect(gate.refuses(frame("192.0.2.2"))).toBe("strangers");
  });

  test("are known like any others a minute later", () => {
    const gate = gateWith();
    flood(gate, 2_000);
    gate.fill = 3 * MIB;
    expect(gate.refuses(frame("203.0.113.9", NOON + 1))).toBe("strangers");
    expect(gate.refuses(frame("203.0.113.9", NOON + 61_000))).toBeNull();
    flood(gate, 3_000, NOON + 200_000);
    expect(gate.refuses(frame("203.0.113.9", NOON + 200_001))).toBeNull();
  });

  test("are no reason to take less of what comes by connections", () => {
    const gate = gateWith();
    flood(gate, 2_000);
    gate.fill = 50 * MIB;
    expect(gate.refuses(frame("203.0.113.9", NOON, "<190>1: a", "tcp"))).toBeNull();
  });

  test("are told of once a minute", () => {
    const told: number[] = [];
    const gate = gateWith({ onFlood: (count) => told.push(count) });
    for (let second = 0; second < 130; second++) {
      for (let i = 0; i < 1_500; i++) gate.refuses(frame(`127.${second}.${i >> 8}.${i & 255}`, NOON + second * 1_000));
    }
    expect(told).toEqual([1_500, 1_500, 1_500]);
  });

  test("are none where many routers speak up at once and there is room", () => {
    const gate = gateWith();
    expect(flood(gate, 2_000).every((reason) => reason === null)).toBe(true);
  });
});

describe("a sender's rate", () => {
  test("is never more than burst and rate allow, in any stretch of time, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (rate, burst, waits) => {
          const gate = gateWith({ rate, burst });
          let at = NOON;
          const taken: number[] = [];
          for (const wait of waits) {
            at += wait;
            if (gate.refuses(frame("192.0.2.1", at)) === null) taken.push(at);
          }
          for (const [i, from] of taken.entries()) {
            for (let j = i; j < taken.length; j++)
              expect(j - i + 1).toBeLessThanOrEqual(burst + ((taken[j]! - from) * rate) / 1_000 + 1e-6);
          }
        },
      ),
    );
  });

  test("is each sender's own, also over connections, and a clock that goes back gives nothing", () => {
    const gate = gateWith({ rate: 1, burst: 2 });
    const send = (from: string, at: number, transport: Frame["transport"] = "udp") =>
      gate.refuses(frame(from, at, "<190>1: a", transport));
    expect([send("192.0.2.1", NOON), send("192.0.2.1", NOON), send("192.0.2.1", NOON)]).toEqual([null, null, "rate"]);
    expect(send("192.0.2.2", NOON, "tcp")).toBeNull();
    expect(send("192.0.2.1", NOON - 3_600_000)).toBe("rate");
    expect(send("192.0.2.1", NOON - 3_600_000 + 999)).toBe("rate");
    expect(send("192.0.2.1", NOON - 3_600_000 + 2_000)).toBeNull();
  });
});
