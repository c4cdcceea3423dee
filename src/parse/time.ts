/** Time stamps in headers: every form that Cisco devices and relays print, and the moment that one means. */

import type { Millis } from "../model.ts";
import { matchAt } from "./scan.ts";

/** A time stamp as read; fields that it did not print are null. */
export interface Stamp {
  /** As printed, mark and zone included. */
  text: string;
  /** `*` = the clock was never set, `.` = it lost its NTP source. */
  mark: "*" | "." | null;
  year: number | null;
  /** 1 to 12. */
  month: number | null;
  day: number | null;
  /** 0 to 23; AM and PM are already applied. */
  hour: number;
  minute: number;
  second: number;
  millis: number;
  /** East of UTC, from a numeric offset, Z, UTC or GMT; null for no zone and for any other name, as names are not unique. */
  offsetMinutes: number | null;
  /** The zone as printed. */
  zone: string | null;
  /** True for time since boot (`2y10w`, `00:01:01`). */
  uptime: boolean;
  /** True when it printed digits below the second. */
  fraction: boolean;
}

/** A stamp and the place after it. */
export interface ReadStamp {
  stamp: Stamp;
  end: number;
  yearFirst: boolean;
}

/**
 * The moment a stamp means, in milliseconds since 1970; null without a date or for a date that does not exist.
 * Without a year of its own it takes the one that puts it nearest to `near`, else `year`; without a zone it is UTC.
 */
export function stampMillis(stamp: Stamp, near: Millis | null, year: number | null): Millis | null {
  if (stamp.year !== null) return inYear(stamp, stamp.year);
  if (near === null) return year === null ? null : inYear(stamp, year);
  const middle = new Date(near).getUTCFullYear();
  if (Number.isNaN(middle)) return null;
  // February 29 may lie up to eight years away, around a century that is no leap year.
  const reach = stamp.month === 2 && stamp.day === 29 ? 8 : 1;
  let best: Millis | null = null;
  for (let candidate = middle - reach; candidate <= middle + reach; candidate++) {
    const millis = inYear(stamp, candidate);
    if (millis !== null && (best === null || Math.abs(millis - near) < Math.abs(best - near))) best = millis;
  }
  return best;
}

/** Read a dated stamp without its zone: `*Mar  1 00:00:27.307`, `Jan  6 2022 22:11:43`, `2020 Mar  4 12:00:00.123`. */
export function readDate(line: string, at: number): ReadStamp | null {
  const found = matchAt(DATE, line, at);
  if (found === null) return null;
  const [text, mark, first, month, day, second, hour, minute, sec, fraction, half] = found;
  const year = first ?? second;
  const stamp: Stamp = {
    ...clockTime(text, mark, hour!, minute!, sec!, fraction),
    year: year === undefined ? null : Number(year),
    month: MONTHS.indexOf(month!.slice(0, 3)) + 1,
    day: Number(day),
  };
  if (half === "AM" && stamp.hour === 12) stamp.hour = 0;
  if (half === "PM" && stamp.hour < 12) stamp.hour += 12;
  return { stamp, end: at + text.length, yearFirst: first !== undefined };
}

/** Read the stamp that a crashing IOS writes to the console, zone included: `00:37:15 UTC Mon Mar 1 1993`. */
export function readConsole(line: string, at: number): ReadStamp | null {
  const found = matchAt(CONSOLE, line, at);
  if (found === null) return null;
  const [text, mark, hour, minute, second, fraction, zone, month, day, year] = found;
  const stamp: Stamp = {
    ...clockTime(text, mark, hour!, minute!, second!, fraction),
    year: Number(year),
    month: MONTHS.indexOf(month!) + 1,
    day: Number(day),
    zone: zone!,
    offsetMinutes: zoneOffset(zone!),
  };
  return { stamp, end: at + text.length, yearFirst: false };
}

/** Read an ISO 8601 stamp with its zone: `2024-10-11T10:15:31.208321-05:00`, also with a space for the T. */
export function readIso(line: string, at: number): ReadStamp | null {
  const found = matchAt(ISO, line, at);
  if (found === null) return null;
  const [text, year, month, day, hour, minute, second, fraction, zone] = found;
  const stamp: Stamp = {
    ...clockTime(text, undefined, hour!, minute!, second!, fraction),
    year: Number(year),
    month: Number(month),
    day: Number(day),
    zone: zone ?? null,
    // ASA prints `+00:00Z`: the offset is the one that counts.
    offsetMinutes: zone === undefined ? null : zoneOffset(zone.length > 1 ? zone.replace("Z", "") : zone),
  };
  return { stamp, end: at + text.length, yearFirst: false };
}

/** Read a stamp without a date: an uptime (`2y10w`, `00:01:01`) or a time of day (`02:19:47.007`), without its zone. */
export function readUptime(line: string, at: number): ReadStamp | null {
  const units = matchAt(UNITS, line, at);
  if (units !== null) {
    const stamp = { ...clockTime(units[0], units[1], "0", "0", "0", undefined), uptime: true };
    return { stamp, end: at + units[0].length, yearFirst: false };
  }
  const found = matchAt(TIME, line, at);
  if (found === null) return null;
  const [text, mark, hour, minute, second, fraction] = found;
  const stamp = clockTime(text, mark, hour!, minute!, second!, fraction);
  // IOS prints uptimes without a fraction; a zone, read by the caller, also makes it a time of day.
  stamp.uptime = fraction === undefined;
  return { stamp, end: at + text.length, yearFirst: false };
}

/** Read what is left of a clock whose beginning was cut off a log buffer: `7:04`, `19 03:02:31`; and the odd `1 2`. */
export function readCut(line: string, at: number): ReadStamp | null {
  const found = matchAt(CUT, line, at);
  if (found === null) return null;
  const [text, hour, minute, second, fraction] = found;
  const stamp = clockTime(text, undefined, hour ?? "0", minute ?? "0", second ?? "0", fraction);
  stamp.uptime = minute === undefined;
  return { stamp, end: at + text.length, yearFirst: false };
}

/** Read ` ZONE` after a stamp; the caller decides whether it is one by what follows. */
export function readZone(line: string, at: number): { zone: string; end: number } | null {
  const found = matchAt(ZONE, line, at);
  return found === null ? null : { zone: found[1]!, end: at + found[0].length };
}

/** The same stamp with a zone read after it. */
export function inZone(stamp: Stamp, zone: string): Stamp {
  const uptime = stamp.uptime && stamp.month !== null;
  return { ...stamp, text: `${stamp.text} ${zone}`, zone, offsetMinutes: zoneOffset(zone), uptime };
}

/** True for zone names so common that they are no host name. */
export function isKnownZone(name: string): boolean {
  return KNOWN_ZONES.has(name.toUpperCase()) || /^(?:UTC|GMT)?[+-]\d/.test(name);
}

/** True for a date of the proleptic Gregorian calendar. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && leap ? 29 : DAYS[month - 1]!);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH =
  "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?";
// *Mar  1 00:00:27.307 | Jan  6 2022 22:11:43.398 | 2020 Mar  4 12:00:00.123 | Mar  4 2020 11:22:33 AM
const DATE = new RegExp(
  `([*.])?(?:(\\d{4}) {1,2})?(${MONTH}) {1,2}(\\d{1,2}) {1,2}(?:(\\d{4}) )?(\\d{1,2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,9}))?(?: ([AP]M)\\b)?(?!\\d)`,
  "y",
);
// 2024-10-11T10:15:31.208321-05:00 | 2022-02-16T15:31:53Z | 2020-04-29T13:58:46.411234+00:00Z | 2024-10-11 10:15:31
const ISO = /(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2}Z?)?(?!:?\d)/y;
// 00:37:15 UTC Mon Mar 1 1993
const CONSOLE = new RegExp(
  `([*.])?(\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,9}))? ([A-Za-z][A-Za-z0-9+-]{0,11}) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (${MONTHS.join("|")}) {1,2}(\\d{1,2}) (\\d{4})(?!\\d)`,
  "y",
);
// 2y10w | 1w2d | 3d04h
const UNITS = /([*.])?(?:\d{1,3}y\d{1,2}w|\d{1,3}w\d{1,2}d|\d{1,4}d\d{1,2}h)(?!\w)/y;
// 00:01:01 | 02:19:47.007
const TIME = /([*.])?(\d{1,4}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?!:?\d)/y;
// 7:04 | 19 03:02:31 | un 19 03:02:31 | 1 2
const CUT =
  /(?:(?:[a-z]{1,2} {1,2})?(?:\d{1,2} )?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?|\d{1,4} \d{1,4})(?!\d)/y;
// ` UTC` | ` MET-DST` | ` mdt` | ` UTC+1` | ` UTC+07:30` | ` -03`
const ZONE = / ((?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[+-]\d{2}(?::?\d{2})?|[A-Za-z][A-Za-z0-9+-]{0,11})(?![\w.])/y;
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;
const KNOWN_ZONES = new Set(
  (
    "UTC GMT Z EST EDT CST CDT MST MDT PST PDT AKST AKDT HST AST ADT NST NDT BRT BRST ART CLT CLST COT PET VET " +
    "WET WEST BST IST CET CEST EET EEST MET MEST MSK MSD SAST CAT EAT WAT TRT GST PKT NPT BDT ICT WIB SGT MYT PHT " +
    "HKT CCT JST KST AWST ACST ACDT AEST AEDT NZST NZDT ET CT MT PT"
  ).split(" "),
);

const CYCLE_YEARS = 400;
const CYCLE_MILLIS = 146_097 * 86_400_000;

function inYear(stamp: Stamp, year: number): Millis | null {
  const { month, day, hour, minute, second } = stamp;
  if (month === null || day === null || !isDate(year, month, day)) return null;
  if (hour > 23 || minute > 59 || second > 60) return null;
  // Date.UTC reads 0 to 99 as 1900 to 1999, so the year is moved by whole calendar cycles first.
  const cycles = Math.floor(year / CYCLE_YEARS) - 5;
  const base = Date.UTC(year - cycles * CYCLE_YEARS, month - 1, day, hour, minute, second, stamp.millis);
  return base + cycles * CYCLE_MILLIS - (stamp.offsetMinutes ?? 0) * 60_000;
}

function clockTime(
  text: string,
  mark: string | undefined,
  hour: string,
  minute: string,
  second: string,
  fraction: string | undefined,
): Stamp {
  return {
    text,
    mark: mark === "*" || mark === "." ? mark : null,
    year: null,
    month: null,
    day: null,
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millis: fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0")),
    offsetMinutes: null,
    zone: null,
    uptime: false,
    fraction: fraction !== undefined,
  };
}

function zoneOffset(zone: string): number | null {
  if (zone === "Z" || zone === "UTC" || zone === "GMT") return 0;
  const found = OFFSET.exec(zone);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return found[1] === "-" && minutes > 0 ? -minutes : minutes;
}
