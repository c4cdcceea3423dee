/** Time in replay: years that stamps leave out, clocks that go back or leap, lines without any time. */
import { describe, expect, test } from "vitest";
import type { YearPolicy } from "../../src/parse/clock.ts";
import { replay } from "../support/stage.ts";

const TEXT = "%SYS-5-CONFIG_I: Configured from console by vty0";
const policy = (year: number | null, rest: Partial<YearPolicy> = {}): YearPolicy => ({
  year,
  anchor: null,
  latest: null,
  ...rest,
});
/** What each line's time was: the time, where from, and what was odd about it. */
const times = (lines: string[], by: YearPolicy) =>
  replay(lines, { policy: by })
    .events.map((event) => event)
    .sort((a, b) => lines.indexOf(textOf(a.raw)) - lines.indexOf(textOf(b.raw)))
    .map(({ at, atSource, flags }) =>
      [
        new Date(at).toISOString(),
        atSource,
        ...flags.filter((flag) => flag.startsWith("clock-") || flag === "no-time"),
      ].join(" "),
    );
const textOf = (raw: Uint8Array) => Buffer.from(raw).toString();
const own = (stamp: string, host = "r1", n = 1) => `${host}: ${stamp}: ${TEXT} ${n}`;

describe("the year", () => {
  test.each([
    ["as given", policy(2019), "2019-03-04T12:00:00.000Z"],
    [
      "nearest to an instant that the input dates",
      policy(null, { anchor: Date.UTC(2021, 0, 1) }),
      "2021-03-04T12:00:00.000Z",
    ],
    ["of the file's time", policy(null, { latest: Date.UTC(2018, 5, 1) }), "2018-03-04T12:00:00.000Z"],
    [
      "before the file's time where it would lie after it",
      policy(null, { latest: Date.UTC(2018, 1, 1) }),
      "2017-03-04T12:00:00.000Z",
    ],
  ])("is taken %s", (_, by, at) => {
    expect(times([own("Mar  4 12:00:00")], by)).toEqual([`${at} device`]);
  });

  test("rolls over at its end", () => {
    expect(times([own("Dec 31 23:59:59", "r1", 1), own("Jan  1 00:00:01", "r1", 2)], policy(2019))).toEqual([
      "2019-12-31T23:59:59.000Z device",
      "2020-01-01T00:00:01.000Z device",
    ]);
  });

  test("does not roll over for a line that comes late at its end", () => {
    expect(times([own("Jan  1 00:00:01", "r1", 1), own("Dec 31 23:59:59", "r1", 2)], policy(2020))).toEqual([
      "2020-01-01T00:00:01.000Z device",
      "2020-01-01T00:00:01.000Z device clock-back",
    ]);
  });

  test("of February 29 is one that has it", () => {
    expect(
      times(
        [own("Feb 28 23:59:59", "r1", 1), own("Feb 29 00:00:01", "r1", 2), own("Mar  1 00:00:01", "r1", 3)],
        policy(2020),
      ),
    ).toEqual([
      "2020-02-28T23:59:59.000Z device",
      "2020-02-29T00:00:01.000Z device",
      "2020-03-01T00:00:01.000Z device",
    ]);
  });

  test("of one router is not led astray by another's wrong clock", () => {
    const lines = [
      own("Nov  6 12:00:00", "r1", 1),
      own("*Mar  1 00:00:01", "r2", 2),
      own("*Mar  1 00:00:02", "r2", 3),
      own("*Aug  9 00:00:01", "r2", 4),
      own("*Aug  9 00:00:02", "r2", 5),
      own("Nov  6 12:00:01", "r1", 6),
    ];
    expect(times(lines, policy(2020)).at(-1)).toBe("2020-11-06T12:00:01.000Z device");
  });
});

describe("a clock", () => {
  test("never goes back", () => {
    const lines = [own("Mar  4 12:00:10", "r1", 1), own("Mar  4 12:00:05", "r1", 2), own("Mar  4 12:00:11", "r1", 3)];
    expect(times(lines, policy(2020))).toEqual([
      "2020-03-04T12:00:10.000Z device",
      "2020-03-04T12:00:10.000Z device clock-back",
      "2020-03-04T12:00:11.000Z device",
    ]);
  });

  test("leaps more than a day when the next line agrees", () => {
    const lines = [own("Mar  4 12:00:00", "r1", 1), own("Mar  9 12:00:00", "r1", 2), own("Mar  9 12:00:01", "r1", 3)];
    expect(times(lines, policy(2020))).toEqual([
      "2020-03-04T12:00:00.000Z device",
      "2020-03-09T12:00:00.000Z device",
      "2020-03-09T12:00:01.000Z device",
    ]);
  });

  test("leaps a day exactly without being asked", () => {
    const lines = [own("Mar  4 12:00:00", "r1", 1), own("Mar  5 12:00:00", "r1", 2)];
    expect(times(lines, policy(2020)).at(-1)).toBe("2020-03-05T12:00:00.000Z device");
  });

  test("does not leap for one line alone", () => {
    const lines = [own("Mar  4 12:00:00", "r1", 1), own("Mar  9 12:00:00", "r1", 2), own("Mar  4 12:00:01", "r1", 3)];
    expect(times(lines, policy(2020))).toEqual([
      "2020-03-04T12:00:00.000Z device",
      "2020-03-04T12:00:00.001Z device clock-jump",
      "2020-03-04T12:00:01.000Z device",
    ]);
  });

  test("does not leap for one line with a year of its own among lines without", () => {
    const lines = [
      own("Mar  4 12:00:00", "r1", 1),
      own("2035 Mar  4 12:00:01", "r1", 2),
      own("Mar  4 12:00:02", "r1", 3),
      own("Mar  4 12:00:03", "r1", 4),
    ];
    expect(times(lines, policy(2020)).map((time) => time.slice(0, 4))).toEqual(["2020", "2020", "2020", "2020"]);
  });

  test("does not leap for the last line", () => {
    expect(times([own("Mar  4 12:00:00", "r1", 1), own("Mar  9 12:00:00", "r1", 2)], policy(2020)).at(-1)).toContain(
      "clock-jump",
    );
  });

  test("asks the next line of its own router, not of another", () => {
    const lines = [
      own("Mar  4 12:00:00", "r1", 1),
      own("Mar  9 12:00:00", "r1", 2),
      own("Mar  4 12:00:01", "r2", 3),
      own("Mar  9 12:00:05", "r1", 4),
    ];
    expect(times(lines, policy(2020))).toEqual([
      "2020-03-04T12:00:00.000Z device",
      "2020-03-09T12:00:00.000Z device",
      "2020-03-04T12:00:01.000Z device",
      "2020-03-09T12:00:05.000Z device",
    ]);
  });

  test("goes on from where it was when it was set back for good", () => {
    const lines = [
      own("Mar  9 12:00:00", "r1", 1),
      own("Mar  4 12:00:00", "r1", 2),
      own("Mar  4 12:00:01", "r1", 3),
      own("Mar  4 12:00:05", "r1", 4),
    ];
    expect(times(lines, policy(2020)).map((time) => time.slice(0, 24))).toEqual([
      "2020-03-09T12:00:00.000Z",
      "2020-03-09T12:00:00.000Z",
      "2020-03-09T12:00:01.000Z",
      "2020-03-09T12:00:05.000Z",
    ]);
  });

  test("that was never set is used and flagged", () => {
    expect(times([own("*Mar  1 00:00:27.307")], policy(2020))).toEqual(["2020-03-01T00:00:27.307Z device clock-unset"]);
    expect(times([own(".Mar  1 00:00:27.307")], policy(2020))).toEqual([
      "2020-03-01T00:00:27.307Z device clock-unsynced",
    ]);
  });

  test("of the relay goes before the router's own", () => {
    const line = `Nov  6 16:00:01 192.0.2.9 12: r1: *Mar  1 00:00:27.307: ${TEXT}`;
    expect(times([line], policy(2020))).toEqual(["2020-11-06T16:00:01.000Z relay clock-unset"]);
  });
});

describe("lines without a time", () => {
  test("count up from 1970 by a millisecond", () => {
    expect(times([`r1: ${TEXT} 1`, `r1: ${TEXT} 2`, `r1: ${TEXT} 3`], policy(null))).toEqual([
      "1970-01-01T00:00:00.000Z order no-time",
      "1970-01-01T00:00:00.001Z order no-time",
      "1970-01-01T00:00:00.002Z order no-time",
    ]);
  });

  test("follow the line before them", () => {
    expect(times([own("Mar  4 12:00:00"), `r1: ${TEXT} 2`], policy(2020)).at(-1)).toBe(
      "2020-03-04T12:00:00.001Z order no-time",
    );
  });

  test("are those with an uptime too", () => {
    expect(times([`00:01:01: ${TEXT}`, `2y10w: ${TEXT}`], policy(null)).map((time) => time.slice(24))).toEqual([
      " order no-time",
      " order no-time",
    ]);
  });
});
