/** The header of IOS, IOS XE and NX-OS: `[counter: ][origin: ][sequence: ]CLOCK[ ZONE]: `, its items in any order seen. */

import { relayed } from "./envelope.ts";
import type { Header } from "./header.ts";
import { endAt, matchAt } from "./scan.ts";
import {
  inZone,
  isKnownZone,
  type ReadStamp,
  readConsole,
  readCut,
  readDate,
  readIso,
  readUptime,
  readZone,
  type Stamp,
} from "./time.ts";

/** Read a clock with its colon; -1 when there is none. A host with a colon after a relay's stamp is read as such. */
export function readClock(line: string, at: number, header: Header): number {
  const read = readDate(line, at) ?? readIso(line, at) ?? readConsole(line, at) ?? readUptime(line, at);
  if (read === null) return readCutClock(line, at, header);
  const end = endAt(CLOCK_END, line, read.end);
  if (end !== -1) return clocked(header, read, read.stamp, end);
  const tag = endAt(TAG_AHEAD, line, read.end);
  if (tag !== -1 && read.stamp.month !== null) return clocked(header, read, read.stamp, tag);
  const word = matchAt(WORD, line, read.end);
  if (word === null) return -1;
  const after = read.end + word[0].length;
  const zone = readZone(line, read.end);
  const isZone = zone !== null && zone.zone === word[1] && mayBeZone(zone.zone, word[2] === " ", read, header);
  if (isZone && !isOwnHeader(line, after)) return clocked(header, read, inZone(read.stamp, zone.zone), after);
  // Mar  4 12:00:01 192.0.2.7: 585917: Mar  4 12:00:00.123: …
  if (read.stamp.month === null || read.stamp.mark !== null || word[2] === " ") return -1;
  if (DIGITS.test(word[1]!)) return -1;
  return relayed(header, read, word[1]!, after);
}

/** Read an origin-id (`logging origin-id`: a name, an address or a string without spaces) with its colon; -1 when there is none. */
export function readOrigin(line: string, at: number, header: Header): number {
  const found = matchAt(ADDRESS_ORIGIN, line, at) ?? matchAt(ORIGIN, line, at);
  if (found === null) return -1;
  header.origin = found[1]!;
  return at + found[0].length;
}

/** Read `CLC 6/0: `, a line card of the cBR-8; -1 when there is none. */
export function readLineCard(line: string, at: number, header: Header): number {
  const found = matchAt(LINE_CARD, line, at);
  if (found === null) return -1;
  header.node = found[1]!;
  header.lineCard = true;
  return at + found[0].length;
}

/** Read `*spamApTask1: `, a task of a wireless controller; -1 when there is none. */
export function readTask(line: string, at: number, header: Header): number {
  const found = matchAt(TASK, line, at);
  if (found === null) return -1;
  header.process = { name: found[1]!, id: null };
  header.task = true;
  return at + found[0].length;
}

// `: ` | `:%` | ` : `
const CLOCK_END = / ?:(?: |$|(?=[%*]))/y;
// 2020-02-04T11:00:54Z %FTD-6-430003: …
const TAG_AHEAD = / {1,2}(?=%)/y;
// ` CEST: ` | ` UTC : ` | ` 192.0.2.7: `
const WORD = / ([^\s<>"%*]{1,255}?)( ?):(?: |$|(?=%))/y;
const DIGITS = /^\d+$/;
// `000123: ` | `*Mar  1 ` | `2020 Mar `
const OWN_HEADER = /(?:\d{1,40}: |[*.]?[A-Z][a-z]{2} {1,2}\d|\d{4} [A-Z][a-z]{2} )/y;
// 7:04: %LINEPROTO-5-UPDOWN: … | 1 2: %SYSMGR-STANDBY-3-SHUTDOWN_START: …
const CUT_END = /: (?= ?%)/y;
// 2001:db8::: 3132779: … (an address that ends in `::`, and the separator's colon)
const ADDRESS_ORIGIN = /((?=[0-9A-Fa-f:.]{0,45}(?:::|(?::[0-9A-Fa-f]{1,4}){6}))[0-9A-Fa-f:.]{2,45}): (?=\S)/y;
// r1: | 192.0.2.9: | 1router: | fw1 : %ASA-6-302013: …
const ORIGIN = /([A-Za-z0-9_][\w.@+()/-]{0,127})(?:: | : (?=%))/y;
// CLC 6/0: Dec 11 13:31:14.214 EST: %PKI-3-…
const LINE_CARD = /(CLC \d{1,3}\/\d{1,3}): /y;
// *Dot1x_NW_MsgTask_0: Feb 18 13:04:15.123: %DOT1X-3-…
const TASK = /\*([A-Za-z][\w.-]{0,63}): /y;

function clocked(header: Header, read: ReadStamp, stamp: Stamp, end: number): number {
  header.clock = stamp;
  header.yearFirst ||= read.yearFirst;
  return end;
}

function readCutClock(line: string, at: number, header: Header): number {
  const read = readCut(line, at);
  const end = read === null ? -1 : endAt(CUT_END, line, read.end);
  return read === null || end === -1 ? -1 : clocked(header, read, read.stamp, end);
}

/** After a relay's stamp the same place holds a host, so an unknown name must look like a zone or follow a device's item. */
function mayBeZone(zone: string, spaced: boolean, read: ReadStamp, header: Header): boolean {
  if (isKnownZone(zone)) return true;
  if (spaced) return false;
  const { mark, fraction, month } = read.stamp;
  if (month === null) return fraction;
  if (mark !== null || fraction || header.numbers.length > 0 || header.origin !== null || header.counterOff)
    return true;
  return SHOUTED.test(zone) || QUIET.test(zone);
}

const SHOUTED = /^[A-Z]{1,7}(?:-[A-Z]{1,4})?$/;
const QUIET = /^[a-z]{1,4}$/;

function isOwnHeader(line: string, at: number): boolean {
  return endAt(OWN_HEADER, line, at) !== -1;
}
