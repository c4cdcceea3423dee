/** What stamps say and which moment they mean. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLine } from "../../src/parse/parse.ts";
import { readDate, readIso, type Stamp, stampMillis } from "../../src/parse/time.ts";

function clockOf(stamp: string): Stamp {
  return parseLine(Buffer.from(`<189>29: r1: ${stamp}: %SYS-5-CONFIG_I: Configured`), false).clock!;
}

describe("the fields of a clock", () => {
  it.each([
    ["*Mar  1 00:00:27.307", { mark: "*", year: null, month: 3, day: 1, second: 27, millis: 307, fraction: true }],
    [".Nov 18 21:03:22.631 GMT", { mark: ".", month: 11, zone: "GMT", offsetMinutes: 0 }],
    ["Jan  6 2022 22:11:43.398 UTC", { mark: null, year: 2022, hour: 22, minute: 11, zone: "UTC", offsetMinutes: 0 }],
    ["2020 Mar  4 12:00:00.123", { year: 2020, month: 3, day: 4, offsetMinutes: null, zone: null }],
    ["Aug 12 2023 12:14:24.412 mdt", { zone: "mdt", offsetMinutes: null }],
    ["May 6 16:13:09.123 UTC+1", { zone: "UTC+1", offsetMinutes: 60 }],
    ["May 6 16:13:09.123 UTC+07:30", { zone: "UTC+07:30", offsetMinutes: 450 }],
    ["May 6 16:13:09 -03", { zone: "-03", offsetMinutes: -180, fraction: false }],
    ["Apr 29 13:58:46.000001", { millis: 0, fraction: true }],
    ["Apr 29 2020 12:00:01 AM", { hour: 0, second: 1 }],
    ["Apr 29 2020 12:00:01 PM", { hour: 12 }],
    ["Apr 29 2020 01:00:01 PM", { hour: 13 }],
    ["2y10w", { uptime: true, month: null }],
    ["00:01:01", { uptime: true, month: null, minute: 1, second: 1 }],
    ["02:19:47.007 UTC", { uptime: false, month: null, zone: "UTC", millis: 7 }],
    ["2024-10-11T10:15:31.208-05:00", { year: 2024, offsetMinutes: -300, millis: 208 }],
  ])("of %s are read", (stamp, fields) => {
    expect(clockOf(stamp)).toMatchObject({ text: stamp, ...fields });
  });
});

describe("the moment of a stamp", () => {
  const dated = (text: string): Stamp => (readDate(text, 0) ?? readIso(text, 0))!.stamp;
  const utc = (iso: string): number => Date.parse(iso);
  it.each([
    ["its own year wins", "Jan  6 2022 22:11:43", utc("2019-01-01T00:00:00Z"), 2001, "2022-01-06T22:11:43Z"],
    ["December before a January", "Dec 31 23:59:59", utc("2024-01-01T00:00:05Z"), null, "2023-12-31T23:59:59Z"],
    ["January after a December", "Jan  1 00:00:05", utc("2023-12-31T23:59:59Z"), null, "2024-01-01T00:00:05Z"],
    ["the same year in summer", "Jul  1 12:00:00", utc("2023-06-30T00:00:00Z"), 1999, "2023-07-01T12:00:00Z"],
    ["a leap day looks for a leap year", "Feb 29 12:00:00", utc("2023-03-01T00:00:00Z"), null, "2024-02-29T12:00:00Z"],
    ["a leap day around 1900", "Feb 29 12:00:00", utc("1901-01-01T00:00:00Z"), null, "1904-02-29T12:00:00Z"],
    ["the given year", "Mar  4 12:00:00.123", null, 2020, "2020-03-04T12:00:00.123Z"],
    ["a numeric offset", "2024-10-11T10:15:31.208321-05:00", null, null, "2024-10-11T15:15:31.208Z"],
    ["an offset with a stray Z", "2020-04-29T13:58:46.411+00:00Z", null, null, "2020-04-29T13:58:46.411Z"],
    ["a two-digit year that is none", "0099-01-01T00:00:00Z", null, null, "0099-01-01T00:00:00Z"],
  ])("takes %s", (_, text, near, year, iso) => {
    expect(stampMillis(dated(text), near, year)).toBe(utc(iso));
  });

  it.each([
    ["no date", clockOf("2y10w"), 0, 2020],
    ["no year at all", dated("Mar  4 12:00:00"), null, null],
    ["February 31", dated("Feb 31 12:00:00"), 0, 2020],
    ["February 29 of a common year", dated("Feb 29 12:00:00"), null, 2021],
    ["hour 24", dated("Mar  4 24:00:00"), null, 2021],
    ["minute 60", dated("Mar  4 12:60:00"), null, 2021],
  ])("is null with %s", (_, stamp, near, year) => {
    expect(stampMillis(stamp, near, year)).toBeNull();
  });

  it("is never more than half a leap year from the moment that it is near to", () => {
    const moment = fc.date({ min: new Date("1990-01-01Z"), max: new Date("2090-01-01Z"), noInvalidDate: true });
    const stamp = fc.date({ min: new Date("2000-01-01Z"), max: new Date("2000-12-31Z"), noInvalidDate: true });
    fc.assert(
      fc.property(moment, stamp, (near, date) => {
        const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
        fc.pre(month !== 2 || day !== 29);
        const millis = stampMillis({ ...dated("Jan  1 00:00:00"), month, day }, near.getTime(), null);
        expect(millis).not.toBeNull();
        expect(Math.abs(millis! - near.getTime())).toBeLessThanOrEqual(183 * 86_400_000);
        expect(new Date(millis!).getUTCMonth() + 1).toBe(month);
      }),
    );
  });
});
