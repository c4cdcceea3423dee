/** What transports and relays put around a device's message: PRI, relay stamps and hosts (RFC 3164), session tags. */

import { type Header, headerNumber } from "./header.ts";
import { NODE_AHEAD } from "./iosxr.ts";
import { endAt, matchAt } from "./scan.ts";
import { inZone, isKnownZone, type ReadStamp, readDate, readIso, readZone } from "./time.ts";

/** Read `<PRI>`, 0 to 191 without leading zeros (RFC 5424 6.2.1); -1 for anything else. */
export function readPri(line: string, at: number, header: Header): number {
  const found = matchAt(PRI, line, at);
  if (found === null || Number(found[1]) > 191) return -1;
  const value = Number(found[1]);
  header.pri = { facility: value >> 3, severity: value & 7 };
  return at + found[0].length;
}

/** Skip what may stand between PRI (or a relay's host) and the message: spaces, and the colon of a counter that is off. */
export function readCounterOff(line: string, at: number, header: Header): number {
  const end = endAt(COUNTER_OFF, line, at);
  if (end === -1) return at;
  header.counterOff = true;
  return end;
}

/** Read a relay's header, `STAMP [ZONE] HOST `; -1 when there is none. The stamp of a relay has no colon behind it. */
export function readRelay(line: string, at: number, header: Header): number {
  const read = readDate(line, at) ?? readIso(line, at);
  if (read === null || read.stamp.mark !== null) return -1;
  // Jul 22 14:18:18 UTC fw1 : %FTD-6-305012: …
  const zone = readZone(line, read.end);
  const zoned = zone !== null && isKnownZone(zone.zone) && endAt(HOST_NEXT, line, zone.end) !== -1;
  if (zoned) read.stamp = inZone(read.stamp, zone.zone);
  const gap = endAt(GAP, line, zoned ? zone.end : read.end);
  if (gap === -1) return -1;
  // The host may be missing: the device's own header comes next.
  if (endAt(NODE_AHEAD, line, gap) !== -1 || endAt(NO_HOST, line, gap) !== -1) return relayed(header, read, null, gap);
  const host = matchAt(HOST, line, gap);
  if (host === null) return -1;
  // `host : ` may also be a counter that is off.
  if (host[0].endsWith(": ")) header.counterOff = true;
  return relayed(header, read, host[1]!, gap + host[0].length);
}

/** Note a relay's header that ends at `end`: the outermost stamp and the innermost host are kept. */
export function relayed(header: Header, read: ReadStamp, host: string | null, end: number): number {
  header.relayed = true;
  header.relayTime ??= read.stamp;
  if (host !== null) header.relay = host.replace(MAPPED, "");
  header.yearFirst ||= read.yearFirst;
  return end;
}

/** Read a host that a relay wrote without a stamp, right before the message counter; -1 when there is none. */
export function readRelayHost(line: string, at: number, header: Header): number {
  const found = matchAt(HOST_ONLY, line, at);
  if (found === null) return -1;
  header.relay = found[1]!.replace(MAPPED, "");
  header.relayed = true;
  return at + found[1]!.length + 1;
}

/** Read what Kiwi puts before a message that it forwards; -1 when there is nothing of it. */
export function readOriginalAddress(line: string, at: number, header: Header): number {
  const found = matchAt(ORIGINAL_ADDRESS, line, at);
  if (found === null) return -1;
  header.relay = found[1]!;
  header.relayed = true;
  let end = at + found[0].length;
  const version = endAt(VERSION, line, end);
  const stamp = version === -1 ? null : readIso(line, version);
  const fields = stamp === null ? -1 : endAt(FOUR_FIELDS, line, stamp.end);
  if (stamp !== null && fields !== -1) {
    header.relayTime ??= stamp.stamp;
    end = fields;
  }
  return end;
}

/** Read `[syslog@9 …]`, from `logging host … sequence-num-session` and `session-id`; -1 when there is none. */
export function readSession(line: string, at: number, header: Header): number {
  const found = matchAt(SESSION, line, at);
  if (found === null) return -1;
  const id = SESSION_ID.exec(found[1]!);
  if (id !== null) header.sessionHost = id[1]!.replace(/:\d{1,5}$/, "");
  return at + found[0].length;
}

/** Read a number with its colon (message counter or sequence number); -1 when there is none. */
export function readNumber(line: string, at: number, header: Header): number {
  const found = matchAt(NUMBER, line, at);
  if (found === null) return -1;
  header.numbers.push({ value: headerNumber(found[1]!), padded: PADDED.test(found[1]!) });
  return at + found[0].length;
}

// <189>
const PRI = /<(0|[1-9]\d{0,2})>/y;
// `<189>: r1: Jan  6 2022 21:01:34.964: %SYS-…` | `<111>:Apr 29 13:58:46 UTC: %ASA-…`
const COUNTER_OFF = /:(?: {1,2}|$|(?=[A-Z*.\d]))/y;
const GAP = / {1,2}/y;
const HOST_NEXT = / [\w[]/y;
// Feb  8 04:00:48 <189>27: … | Feb  8 04:00:48 585917: … | Feb  8 04:00:48 sshd[7]: …
const NO_HOST = /<\d{1,3}>|\d{1,20}: |[\w.()+/@-]{1,64}\[\d{1,10}\]:/y;
// Feb  8 04:00:48 192.0.2.7 585917: … | Feb  8 04:00:48 ::ffff:192.0.2.7 585917: … | Apr 29 13:58:46 fw1 : %ASA-3-710003: …
const HOST = /((?:::(?=[0-9A-Fa-f])|[A-Za-z0-9_[\]])[^\s<>"%*]{0,254})(?<!:)(?: : | {1,2}|$)/y;
// 192.0.2.7 6705: Feb 17 13:40:03.673: %PARSER-5-CFGLOG_LOGGEDCMD: …
const HOST_ONLY = /((?:::(?=[0-9A-Fa-f])|[A-Za-z0-9_])[A-Za-z0-9_.:-]{0,253}) (?=\d{1,20}: )/y;
/** IPv4 in an IPv6 coat is IPv4, as for a socket's address. */
const MAPPED = /^::ffff:(?=\d{1,3}(?:\.\d{1,3}){3}$)/i;
// Original Address=192.0.2.1 1 2025-06-23T16:13:32.168Z relay1 Kiwi_SyslogNet_Server 3356 MSGOUT r1: *Jun 23 …
const ORIGINAL_ADDRESS = /Original Address=([0-9A-Za-z.:_-]{1,255}) /y;
const VERSION = /\d{1,3} /y;
const FOUR_FIELDS = / \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:- )?/y;
// [syslog@9 s_sn="1"]: | [syslog@9 s_id="sw01:514"]:
const SESSION = /\[syslog@9 ([^\]]{0,256})\]:? ?/y;
const SESSION_ID = /s_id="([^"]{1,255})"/;
// 000485:
const NUMBER = /(\d{1,40}):(?: |$)/y;
const PADDED = /^0\d{5}$/;
