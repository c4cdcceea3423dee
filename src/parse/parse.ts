/** One line to what it says: envelope, header, tag and text, and what about it is not to be trusted. */

import type { Dialect, Envelope, EventFlag, Tag } from "../model.ts";
import { readColumns } from "./columns.ts";
import { continuationKind } from "./continuation.ts";
import { decodeText, trimEnd, trimLine } from "./decode.ts";
import { DIALECT_OF, type DialectReason, taggedReason, untaggedReason } from "./dialect.ts";
import { type ReadHeader, readHeader } from "./grammar.ts";
import { emptyHeader, type Header, headerNumber } from "./header.ts";
import { isNode, NODE_AHEAD } from "./iosxr.ts";
import { readPrompt, skipPager } from "./prompt.ts";
import { endAt } from "./scan.ts";
import { looksTagged, type ReadTag, readTag, readUnmarkedTag, tagOfField } from "./tag.ts";
import { readDate, readIso, type Stamp } from "./time.ts";

/** What one line says by itself, before lines are joined and times and devices are settled. */
export interface ParsedLine {
  envelope: Envelope;
  dialect: Dialect;
  /** What gave the dialect away. */
  dialectReason: DialectReason;
  pri: { facility: number; severity: number } | null;
  /** IOS XR's host name prefix or IOS's origin-id, as logged. */
  origin: string | null;
  /** RFC 5424 HOSTNAME. */
  hostname: string | null;
  /** The relay's host field nearest to the device. */
  relay: string | null;
  /** The outermost relay's stamp. */
  relayTime: Stamp | null;
  counter: number | null;
  sequence: number | null;
  /** The device's own stamp. */
  clock: Stamp | null;
  node: string | null;
  process: { name: string; id: number | null } | null;
  tag: Tag | null;
  /** What follows the header; lines inside one message are separated by LF. */
  text: string;
  flags: EventFlag[];
  /** The host name of a terminal prompt at the start of the line; captures only. */
  prompt: string | null;
  /** False for a line that could only be a continuation of another. */
  head: boolean;
}

/** Understand one line; `capture` allows for what a terminal leaves in a recorded session. Never throws on any bytes. */
export function parseLine(raw: Uint8Array, capture: boolean): ParsedLine {
  const whole = trimLine(decodeText(raw));
  const { line, rest } = firstLine(whole);
  const start = capture ? skipPager(line) : 0;
  if (line.charCodeAt(start) === LESS && BAD_PRI.test(line.slice(start, start + 6)))
    return withBadPri(line.slice(start), rest);
  const prompt = capture ? readPrompt(line, start) : null;
  if (prompt === null) return finish(line, rest, readFrom(line, start), null);
  const read = readHeader(line, prompt.end, emptyHeader());
  const glued = read.header.clock !== null || read.header.node !== null;
  const command = { header: emptyHeader(), end: prompt.end, place: "device" as const };
  const parsed = finish(line, rest, glued ? read : command, prompt.host);
  return !glued && prompt.node ? { ...parsed, dialect: "ios-xr", dialectReason: "prompt-with-node" } : parsed;
}

const LESS = 0x3c;
// `<192>` | `<0191>` | `<>` | `<-1>` | `<1e2>`: everything but `<0>` to `<191>`
const BAD_PRI = /^<(?!(?:0|[1-9]\d?|1[0-8]\d|19[01])>)/;
/** rsyslog's escapes of LF and tab. */
const FOLDED = "#012";

function firstLine(whole: string): { line: string; rest: string | null } {
  const feed = whole.indexOf("\n");
  const fold = whole.indexOf(FOLDED);
  if (feed === -1 && fold === -1) return { line: whole, rest: null };
  const isFeed = fold === -1 || (feed !== -1 && feed < fold);
  const cut = isFeed ? feed : fold;
  return { line: trimEnd(whole.slice(0, cut)), rest: unfold(whole.slice(cut + (isFeed ? 1 : FOLDED.length))) };
}

function unfold(text: string): string {
  const tabbed = text.includes("#011") ? text.replaceAll("#011", "\t") : text;
  return tabbed.replaceAll(FOLDED, "\n").replaceAll("\r\n", "\n");
}

function readFrom(line: string, start: number): ReadHeader {
  const header = emptyHeader();
  const columns = start === 0 ? readColumns(line, header) : -1;
  if (columns !== -1) return readHeader(line, columns, header);
  const read = readHeader(line, start, header);
  if (read.end > start || line[start] !== " ") return read;
  // Some devices and terminals put one space before a message.
  const spaced = readHeader(line, start + 1, header);
  return spaced.end > start + 1 ? spaced : read;
}

function withBadPri(line: string, rest: string | null): ParsedLine {
  const parsed = finish(line, rest, { header: emptyHeader(), end: 0, place: "device" as const }, null, false);
  return { ...parsed, flags: ["bad-pri", ...parsed.flags] };
}

function finish(line: string, rest: string | null, read: ReadHeader, prompt: string | null, tagged = true): ParsedLine {
  const header = read.header;
  const own = tagged && !(prompt !== null && header.clock === null && header.node === null) ? tagAt(line, read) : null;
  const field = header.syslog?.msgId ?? null;
  const tag = own?.tag ?? (field === null ? null : tagOfField(field));
  const text = textOf(line, own === null ? read.end : own.end, rest, own?.quoted === true);
  fillFromFields(header);
  // Judged before the RFC 5424 stamp becomes the clock: that stamp is the shape of no dialect.
  const dialectReason =
    tag === null ? untaggedReason(header, text) : taggedReason(header, tag, own ?? FIELD_STYLE, text);
  const bare = tag === null && header.clock === null && header.node === null;
  settleClock(header);
  // Behind RFC 5424 fields, too, a line of a message of several lines has nothing of its own.
  const continues = bare && header.syslog !== null && continuationKind(text) !== null;
  const isHead =
    !continues && (header.clock !== null || header.node !== null || header.process !== null || header.syslog !== null);
  return {
    envelope: envelopeOf(header),
    dialect: DIALECT_OF[dialectReason],
    dialectReason,
    pri: header.pri,
    origin: header.origin ?? header.sessionHost,
    hostname: header.syslog?.hostname ?? null,
    relay: header.relay,
    relayTime: header.relayTime,
    ...numbersOf(header),
    clock: header.clock,
    node: header.node,
    process: header.process,
    tag,
    text,
    flags: flagsOf(header, tag, text, rest),
    prompt,
    head: isHead || tag !== null,
  };
}

function tagAt(line: string, read: ReadHeader): ReadTag | null {
  const { header, end, place } = read;
  const tag = readTag(line, end);
  if (tag !== null) return tag.bare && place !== "relay" ? null : tag;
  return header.node !== null && header.numbered ? readUnmarkedTag(line, end) : null;
}

/** A tag in MSGID has no separator to judge by. */
const FIELD_STYLE = { spaced: false, bare: false };

function textOf(line: string, at: number, rest: string | null, quoted: boolean): string {
  const first = unfold(quoted && line.endsWith('"') ? line.slice(at, -1) : line.slice(at));
  return trimEnd(rest === null ? first : `${first}\n${rest}`);
}

/** The RFC 5424 fields fill what the body left open. */
function fillFromFields(header: Header): void {
  const { appName, procId } = header.syslog ?? { appName: null, procId: null };
  if (appName === null) return;
  if (isNode(appName)) header.node ??= appName;
  else header.process ??= { name: appName, id: idOf(procId) };
}

/** The RFC 5424 stamp is the relay's when the body has a clock of its own, else the device's. */
function settleClock(header: Header): void {
  if (header.syslog === null) return;
  if (header.clock === null) header.clock = header.syslog.stamp;
  else header.relayTime ??= header.syslog.stamp;
}

function idOf(field: string | null): number | null {
  return field !== null && /^\d{1,20}$/.test(field) ? headerNumber(field) : null;
}

function envelopeOf(header: Header): Envelope {
  if (header.syslog !== null) return "rfc5424";
  return header.pri !== null || header.relayed ? "rfc3164" : "bare";
}

/** Of two numbers the second is the sequence; one alone is the counter unless its form or place says otherwise. */
function numbersOf(header: Header): { counter: number | null; sequence: number | null } {
  const last = header.numbers.at(-1);
  const before = header.numbers.at(-2);
  if (last === undefined) return { counter: null, sequence: null };
  if (before !== undefined) return { counter: before.value, sequence: last.value };
  // `show logging` prints the sequence alone, right before the clock.
  const buffer = header.pri === null && !header.relayed && header.origin === null && header.node === null;
  const isSequence = last.padded || header.counterOff || (buffer && header.clock !== null);
  return isSequence ? { counter: null, sequence: last.value } : { counter: last.value, sequence: null };
}

function flagsOf(header: Header, tag: Tag | null, text: string, rest: string | null): EventFlag[] {
  const flags: EventFlag[] = [];
  if (tag === null && looksTagged(text)) flags.push("untrusted-tag");
  if (rest?.split("\n").some(startsHeader)) flags.push("embedded-header");
  if (header.clock?.mark === "*") flags.push("clock-unset");
  if (header.clock?.mark === ".") flags.push("clock-unsynced");
  return flags;
}

// `<189>` | `29: ` before a clock | ` ` before a tag
const PRI_SHAPE = /<\d{1,3}>/y;
const LEAD = / ?(?:\d{1,20}: )?/y;

function startsHeader(line: string): boolean {
  const at = endAt(LEAD, line, 0);
  if (endAt(PRI_SHAPE, line, at) !== -1 || endAt(NODE_AHEAD, line, at) !== -1) return true;
  return readDate(line, at) !== null || readIso(line, at) !== null || readTag(line, at)?.bare === false;
}
