/** The header of IOS XR: `[host ]NODE:CLOCK[ ZONE][ ]: process[jid]: `. */

import { type Header, headerNumber } from "./header.ts";
import { endAt, matchAt } from "./scan.ts";
import { inZone, readDate, readIso, readZone } from "./time.ts";

const NODE_TEXT =
  "(?:(?:RP|LC|DRP|SP|SC|FC)\\/\\d{1,4}\\/[A-Za-z0-9]{1,8}\\/[A-Z]{1,8}\\d{0,3}|\\d{1,4}\\/[A-Z]{0,6}\\d{1,4}\\/[A-Z]{1,8}\\d{1,3})";

/** A node with its colon, as at the start of an IOS XR message. */
export const NODE_AHEAD = new RegExp(`${NODE_TEXT}:`, "y");

/** Read `[host ]NODE:` and the clock behind it; -1 unless a clock or a numbered process follows, since text names nodes too. */
export function readNode(line: string, at: number, header: Header): number {
  const found = matchAt(NODE, line, at);
  if (found === null) return -1;
  const after = at + found[0].length;
  const end = readNodeClock(line, after, header);
  const next = end === -1 ? endAt(SPACE, line, after) : end;
  if (end === -1 && endAt(PROCESS, line, next) === -1) return -1;
  if (found[1] !== undefined) header.origin = found[1];
  header.node = found[2]!;
  header.lineCard = false;
  return next;
}

/** Read `process[jid]: `; -1 when there is none. */
export function readProcess(line: string, at: number, header: Header): number {
  const found = matchAt(PROCESS, line, at);
  if (found === null) return -1;
  header.process = { name: found[1]!, id: headerNumber(found[2]!) };
  header.numbered = true;
  return at + found[0].length;
}

/** Read `process: ` without a number, which IOS XR prints for a few; -1 unless a tag follows. */
export function readPlainProcess(line: string, at: number, header: Header): number {
  const found = matchAt(PLAIN_PROCESS, line, at);
  if (found === null) return -1;
  header.process = { name: found[1]!, id: null };
  return at + found[0].length;
}

/** True when a whole field, such as an RFC 5424 APP-NAME, is a node. */
export function isNode(field: string): boolean {
  return WHOLE_NODE.test(field);
}

/** The node at the start of a terminal prompt, `RP/0/RP0/CPU0:xr1#`, and the place after its colon. */
export function readPromptNode(line: string): number {
  const end = endAt(NODE_AHEAD, line, 0);
  return end === -1 ? 0 : end;
}

// xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: pakwatch[123]: … | 0/RP0/ADMIN0:Sep 25 23:25:25.856 UTC: …
const NODE = new RegExp(`(?:([A-Za-z0-9_][\\w.@+-]{0,127}) )?(${NODE_TEXT}):`, "y");
const WHOLE_NODE = new RegExp(`^${NODE_TEXT}$`);
const SPACE = / ?/y;
// ` : ` | `: `
const CLOCK_END = / ?:(?: |$)/y;
// a clock without a colon before `sysmgr[71]: `
const PROCESS_AHEAD = / (?=[\w.+/-]{1,64}\[\d{1,10}\])/y;
// ipsec_mp[385]: | SSHD_[65935]: | config[65960] :
const PROCESS = /([\w.()+/@-]{1,64})\[(\d{1,20})\] ?:(?: |$|(?=%))/y;
// syslogd: %
const PLAIN_PROCESS = /([A-Za-z_][\w.+-]{0,63}) ?: ?(?=%)/y;

function readNodeClock(line: string, at: number, header: Header): number {
  const start = line[at] === " " ? at + 1 : at;
  const read = readDate(line, start) ?? readIso(line, start);
  if (read === null) return -1;
  const zone = readZone(line, read.end);
  const zoned = zone === null ? -1 : clockEnd(line, zone.end);
  const end = zoned === -1 ? clockEnd(line, read.end) : zoned;
  if (end === -1) return -1;
  header.clock = zone !== null && zoned !== -1 ? inZone(read.stamp, zone.zone) : read.stamp;
  return end;
}

function clockEnd(line: string, at: number): number {
  const end = endAt(CLOCK_END, line, at);
  return end === -1 ? endAt(PROCESS_AHEAD, line, at) : end;
}
