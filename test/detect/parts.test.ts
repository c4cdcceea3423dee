/** The small parts of judgement, each against its law. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillCommand, fillText } from "../../src/detect/fill.ts";
import { enterCounter } from "../../src/detect/gap.ts";
import { alertId, encodeKey } from "../../src/detect/id.ts";
import type { GapState } from "../../src/detect/state.ts";
import { type Timer, TimerQueue } from "../../src/detect/timers.ts";
import { correlates, expireValues, noteValue, remember, type Seen } from "../../src/detect/window.ts";
import type { CompiledCorrelation } from "../../src/rule/compiled.ts";

const SIGNALS = ["a", "b", "c"];
const messages = fc.array(
  fc.record({
    name: fc.constantFrom(...SIGNALS),
    at: fc.nat(60),
    value: fc.constantFrom("u", "v", "w", "x", "y", "z"),
  }),
  { maxLength: 30 },
);

describe("a window", () => {
  const correlation = fc.record({
    type: fc.constantFrom("event_count", "value_count", "temporal", "temporal_ordered") as fc.Arbitrary<"event_count">,
    signals: fc.shuffledSubarray(SIGNALS, { minLength: 1 }),
    timespan: fc.nat(40),
    gte: fc.integer({ min: 1, max: 5 }),
    lte: fc.constant(null),
    fields: fc.constant<string[]>([]),
  });

  /** Every subset of messages that would do, without any cleverness. */
  function oracle(one: CompiledCorrelation, seen: { name: string; at: number; value: string }[], now: number): boolean {
    const inside = seen.filter(({ at }) => at >= now - one.timespan && at <= now);
    if (one.type === "event_count") return inside.filter(({ name }) => one.signals.includes(name)).length >= one.gte;
    const mine = inside.filter(({ name }) => one.signals.includes(name));
    if (one.type === "value_count") return new Set(mine.map(({ value }) => value)).size >= one.gte;
    if (one.type === "temporal") return new Set(mine.map(({ name }) => name)).size >= one.gte;
    /** The most signals, from the i-th on, that follow one another from then on. */
    const chain = (i: number, from: number): number =>
      i === one.signals.length
        ? 0
        : Math.max(
            chain(i + 1, from),
            ...mine
              .filter(({ name, at }) => name === one.signals[i] && at >= from)
              .map(({ at }) => 1 + chain(i + 1, at)),
          );
    return chain(0, Number.NEGATIVE_INFINITY) >= one.gte;
  }

  test("agrees with a search through everything, in any order of arrival", () => {
    fc.assert(
      fc.property(correlation, messages, fc.nat(100), (shape, seen, now) => {
        const one: CompiledCorrelation = { name: "x", cancelledBy: [], cancelled: false, ...shape };
        const group: Required<Omit<Seen, "takenBack">> = { windows: {}, values: { x: [] } };
        // A value has its last time only: it is counted in windows that end at the newest message or after it.
        const asked = one.type === "value_count" ? Math.max(now, ...seen.map(({ at }) => at)) : now;
        for (const { name, at, value } of seen) {
          group.windows[name] ??= [];
          remember(group.windows[name], at, 32);
          if (one.signals.includes(name)) noteValue(group.values.x!, value, at, one.gte);
        }
        expect(correlates(one, group, asked)).toBe(oracle(one, seen, asked));
      }),
      { numRuns: 2_000 },
    );
  });

  test("keeps the newest times, ascending", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 9 }), (all, keep) => {
        const times: number[] = [];
        for (const at of all) remember(times, at, keep);
        expect(times).toEqual([...all].sort((a, b) => a - b).slice(-keep));
      }),
    );
  });
});

describe("values of a window", () => {
  const sighting = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.nat(50));

  test("are those seen last, each with its last time, and never more than are kept", () => {
    fc.assert(
      fc.property(fc.array(sighting), fc.integer({ min: 1, max: 4 }), (all, keep) => {
        const values: [string, number][] = [];
        for (const [value, at] of [...all].sort(([, a], [, b]) => a - b)) noteValue(values, value, at, keep);
        const last = new Map<string, number>();
        for (const [value, at] of all) last.set(value, Math.max(last.get(value) ?? 0, at));
        const times = [...last.values()].sort((a, b) => a - b).slice(-keep);
        expect(values.map(([, at]) => at)).toEqual(times);
        for (const [value, at] of values) expect(last.get(value)).toBe(at);
      }),
    );
  });

  test("are forgotten once no window reaches them", () => {
    const values: Record<string, [string, number][]> = {
      one: [
        ["a", 5],
        ["b", 9],
      ],
      two: [["c", 3]],
    };
    expect(expireValues(values, 6)).toEqual([9]);
    expect(values).toEqual({ one: [["b", 9]] });
  });
});

describe("message counters", () => {
  /** Delivers each counter at most `reach` places away from its own. */
  const journey = fc
    .record({
      length: fc.integer({ min: 2, max: 300 }),
      start: fc.integer({ min: 200, max: 100_000 }),
      drops: fc.array(fc.nat(10_000), { maxLength: 40 }),
      jitters: fc.array(fc.nat(63), { minLength: 1, maxLength: 50 }),
      copies: fc.array(fc.nat(10_000), { maxLength: 20 }),
    })
    .map(({ length, start, drops, jitters, copies }) => {
      const lost = new Set(drops.map((n) => 1 + (n % length)).filter((i) => i < length - 1));
      const sent = Array.from({ length }, (_, i) => i);
      const arrived = sent
        .filter((i) => !lost.has(i))
        .flatMap((i) => (copies.some((n) => n % length === i) ? [i, i] : [i]))
        .map((i) => ({ i, place: i === 0 || i === length - 1 ? i : i + jitters[i % jitters.length]! }))
        .sort((a, b) => a.place - b.place)
        .map(({ i }) => start + i);
      // What comes before the first to arrive cannot be told from what came before the listener.
      return { arrived, lost: lost.size };
    });

  const total = (gap: GapState, counters: number[]) =>
    counters.reduce((sum, counter) => sum + enterCounter(gap, counter).lost, 0);

  test("report what was lost, exactly, where nothing is more than 64 late", () => {
    fc.assert(
      fc.property(journey, ({ arrived, lost }) => {
        expect(total({ high: null, missing: [] }, arrived)).toBe(lost);
      }),
      { numRuns: 1_000 },
    );
  });

  test("report what was lost before and after a reload that starts them again at 1", () => {
    fc.assert(
      fc.property(journey, journey, (before, after) => {
        const again = after.arrived.map((counter) => counter - Math.min(...after.arrived) + 1);
        const gap: GapState = { high: null, missing: [] };
        expect(total(gap, before.arrived) + total(gap, again)).toBe(before.lost + after.lost);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [
      [5, 6, 7],
      ["first", "next", "next"],
    ],
    [
      [5, 8, 6, 6],
      ["first", "gap", "filled", "late"],
    ],
    [
      [500, 1, 2],
      ["first", "doubted", "reset"],
    ],
    [
      [500, 90_000, 90_001],
      ["first", "doubted", "reset"],
    ],
    [
      [500, 700, 702, 701],
      ["first", "doubted", "gap", "filled"],
    ],
    [
      [500, 90_000, 501, 3, 502],
      ["first", "doubted", "next", "doubted", "next"],
    ],
    [
      [500, 499],
      ["first", "late"],
    ],
  ])("%j means %j", (counters, steps) => {
    const gap: GapState = { high: null, missing: [] };
    expect(counters.map((counter) => enterCounter(gap, counter).step)).toEqual(steps);
  });

  test("remember a bounded number of holes", () => {
    const gap: GapState = { high: null, missing: [] };
    for (let counter = 0; counter < 1_000_000; counter += 4_999) {
      enterCounter(gap, counter);
      enterCounter(gap, counter + 60);
      expect(gap.missing.length).toBeLessThanOrEqual(256);
    }
    expect(gap.missing.length).toBe(256);
  });

  test("are not moved by one foreign counter among them, however far it is", () => {
    const far = fc.integer({ min: 0, max: 4_000_000 });
    fc.assert(
      fc.property(journey, fc.nat(1_000), far, ({ arrived }, place, foreign) => {
        const i = 1 + (place % (arrived.length - 1));
        fc.pre(arrived.every((counter) => Math.abs(counter - foreign) > 128));
        const own: GapState = { high: null, missing: [] };
        const mixed: GapState = { high: null, missing: [] };
        const lost = total(own, arrived);
        expect(total(mixed, [...arrived.slice(0, i), foreign, ...arrived.slice(i)])).toBe(lost);
        expect([mixed.high, mixed.missing]).toEqual([own.high, own.missing]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("keys", () => {
  const parts = fc.array(fc.option(fc.oneof(fc.string(), fc.constantFrom("-", "1:a", "1:", ":", "0:", "é"))), {
    maxLength: 5,
  });

  test("differ when the lists differ", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(encodeKey(a) === encodeKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    [["a", null], ["a-"]],
    [
      ["ab", "c"],
      ["a", "bc"],
    ],
    [["1:a"], ["a"]],
    [[null], [""]],
    [["-"], [null]],
  ])("%j is not %j", (a, b) => {
    expect(encodeKey(a)).not.toBe(encodeKey(b));
  });

  test("give ids of 26 characters that depend on rule, group and start alone", () => {
    const id = alertId("packet-memory-exhausted", ["xr1", "0/RSP0/CPU0"], 1_583_323_200_000);
    expect(id).toMatch(/^[a-z2-7]{26}$/);
    expect(alertId("packet-memory-exhausted", ["xr1", "0/RSP0/CPU0"], 1_583_323_200_000)).toBe(id);
    expect(alertId("packet-memory-exhausted", ["xr1", "0/RSP0/CPU0"], 1_583_323_200_001)).not.toBe(id);
    expect(alertId("packet-memory-exhausted", ["xr1", null], 1_583_323_200_000)).not.toBe(id);
  });
});

describe("texts with placeholders", () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(..."; |&\n\r\0`$(){}/.-_aZ0".split("")) }),
    fc.constantFrom(
      "RP/0/RSP0/CPU0\n",
      "0/5/CPU0; reload",
      "{node}",
      "$&",
      "$1",
      "ipsec_pp ",
      "__proto__",
      "Reload",
      "RP/0/RSP0/CPU0 location all",
    ),
  );

  test("captured text never enters a command unless it is a node or a process name", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const filled = fillCommand("process restart ipsec_mp location {node}", { node: value });
        const safe =
          /^(?:(?:RP|LC|DRP|SP|SC)\/)?\d{1,3}\/[A-Za-z0-9]{1,8}\/(?:CPU|ADMIN)\d{1,2}(?![\s\S])|^[a-z][a-z0-9_]{0,31}(?![\s\S])/.test(
            value,
          );
        expect(filled).toBe(`process restart ipsec_mp location ${safe ? value : "{node}"}`);
        expect(filled).toMatch(/^[\w{} /]+$/);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each(["RP/0/RSP0/CPU0", "LC/0/1/CPU0", "0/5/CPU0", "ipsec_pp"])("%s enters a command", (value) => {
    expect(fillCommand("show {node}", { node: value })).toBe(`show ${value}`);
  });

  test("a number or a missing value leaves the placeholder", () => {
    expect(fillCommand("show {pid} {node} {constructor}", { pid: 5 })).toBe("show {pid} {node} {constructor}");
  });

  test("a filled value is not filled again", () => {
    expect(fillText({ en: "{process} on {node}", ja: "{node}" }, { process: "{node}", node: "$&" })).toEqual({
      en: "{node} on $&",
      ja: "$&",
    });
  });

  test("an unknown value reads as a question mark and a share as a percentage", () => {
    expect(fillText({ en: "{share} of {what} {toString}" }, { share: 0.99841 }).en).toBe("99.84 % of ? ?");
  });
});

test("timers fire by due time, rule, group and kind, in whatever order they were put", () => {
  const timer = fc.record({
    due: fc.nat(5),
    rule: fc.constantFrom("", "a", "b"),
    group: fc.constantFrom("1", "2"),
    kind: fc.constantFrom("block", "quiet", "hold") as fc.Arbitrary<Timer["kind"]>,
  });
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 40 }), fc.nat(6), (timers, now) => {
      const queue = new TimerQueue();
      for (const one of timers) queue.push(one);
      const fired: Timer[] = [];
      for (let one = queue.pop(now); one !== null; one = queue.pop(now)) fired.push(one);
      const key = ({ due, rule, group, kind }: Timer) => `${due} ${rule} ${group} ${kind}`;
      expect(fired.map(key)).toEqual(
        timers
          .filter(({ due }) => due <= now)
          .map(key)
          .sort(),
      );
      expect(queue.size).toBe(timers.length - fired.length);
    }),
  );
});
