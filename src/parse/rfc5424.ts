/** RFC 5424 headers, strictly; and the form of IOS XR, which has a Cisco clock where the RFC wants its own. */

import type { Header } from "./header.ts";
import { endAt, matchAt } from "./scan.ts";
import { tagOfField } from "./tag.ts";
import { inZone, isDate, readDate, readIso, readZone, type Stamp } from "./time.ts";

/** Read `VERSION SP TIMESTAMP … STRUCTURED-DATA [SP]` right after PRI, up to MSG; -1 when it is not valid RFC 5424. */
export function readRfc5424(line: string, at: number, header: Header): number {
  const version = endAt(VERSION, line, at);
  if (version === -1) return -1;
  if (endAt(NIL, line, version) !== -1) return readFields(line, version + 1, null, header);
  const stamp = readTimestamp(line, version);
  return stamp === null ? readXrForm(line, version, header) : readFields(line, stamp.end, stamp.stamp, header);
}

// `1 ` (up to three digits, no leading zero; RFC 5424 6.2.2)
const VERSION = /[1-9]\d{0,2} /y;
const NIL = /- /y;
// 2020-03-04T12:00:00.123Z | 2020-03-04T12:00:00.123456+09:00
const TIMESTAMP = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-](\d{2}):(\d{2}))(?= )/y;
// ` xr1 pakwatch 123 - ` (RFC 5424 6.2.4 to 6.2.7)
const FIELDS = / ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,128}) /y;
/** RFC 5424 allows MSGID 32 characters; IOS XR tags are longer than that. */
const MSGID_LENGTH = 32;
const SD_NAME = /[!#-<>-\\^-~]{1,32}/y;
const MSG_LEAD = /\uFEFF? {0,8}\uFEFF?/y;

function readTimestamp(line: string, at: number): { stamp: Stamp; end: number } | null {
  const shape = matchAt(TIMESTAMP, line, at);
  const read = shape === null ? null : readIso(line, at);
  if (shape === null || read === null || Number(shape[1] ?? 0) > 23 || Number(shape[2] ?? 0) > 59) return null;
  const { year, month, day, hour, minute, second } = read.stamp;
  if (!isDate(year!, month!, day!) || hour > 23 || minute > 59 || second > 59) return null;
  return read;
}

/** `1 2020 Mar  4 12:00:00.123 EET xr1 config 65960 - - 5300: RP/0/RSP0/CPU0:config[65960]: %MGBL-CONFIG-6-DB_COMMIT : …` */
function readXrForm(line: string, at: number, header: Header): number {
  const read = readDate(line, at);
  if (read === null) return -1;
  // With the zone first: without it the host would be read as one, and every field after it would be off by one.
  const zone = readZone(line, read.end);
  const zoned = zone === null ? -1 : readFields(line, zone.end, inZone(read.stamp, zone.zone), header);
  return zoned === -1 ? readFields(line, read.end, read.stamp, header) : zoned;
}

function readFields(line: string, at: number, stamp: Stamp | null, header: Header): number {
  const found = matchAt(FIELDS, line, at);
  if (found === null || (found[4]!.length > MSGID_LENGTH && tagOfField(found[4]!) === null)) return -1;
  const data = readStructuredData(line, at + found[0].length);
  if (data === -1) return -1;
  header.syslog = {
    stamp,
    hostname: nil(found[1]!),
    appName: nil(found[2]!),
    procId: nil(found[3]!),
    msgId: nil(found[4]!),
  };
  return endAt(MSG_LEAD, line, data);
}

/** Structured data and the space after it (RFC 5424 6.3): `-` or elements, of which no two share an id. */
function readStructuredData(line: string, at: number): number {
  let pos = at;
  if (line[pos] === "-") pos++;
  else {
    const ids = new Set<string>();
    while (line[pos] === "[") {
      const id = matchAt(SD_NAME, line, pos + 1)?.[0];
      if (id === undefined || ids.has(id)) return -1;
      ids.add(id);
      pos = readParams(line, pos + 1 + id.length);
      if (pos === -1) return -1;
    }
    if (ids.size === 0) return -1;
  }
  if (pos === line.length) return pos;
  return line[pos] === " " ? pos + 1 : -1;
}

function readParams(line: string, at: number): number {
  let pos = at;
  while (line[pos] === " ") {
    const name = endAt(SD_NAME, line, pos + 1);
    if (name === -1 || line[name] !== "=" || line[name + 1] !== '"') return -1;
    pos = readValue(line, name + 2);
    if (pos === -1) return -1;
  }
  return line[pos] === "]" ? pos + 1 : -1;
}

/** A value up to its closing quote; `"`, `\` and `]` must be escaped, any other backslash is itself (RFC 5424 6.3.3). */
function readValue(line: string, at: number): number {
  for (let pos = at; pos < line.length; pos++) {
    const char = line[pos];
    if (char === '"') return pos + 1;
    if (char === "]") return -1;
    if (char === "\\" && ESCAPED.has(line[pos + 1] ?? "")) pos++;
  }
  return -1;
}

const ESCAPED = new Set(['"', "\\", "]"]);

function nil(field: string): string | null {
  return field === "-" ? null : field;
}
