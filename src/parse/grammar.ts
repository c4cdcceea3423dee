/** The grammar of headers: which item may stand where, and when what was read turns out to be text after all. */

import {
  readCounterOff,
  readNumber,
  readOriginalAddress,
  readPri,
  readRelay,
  readRelayHost,
  readSession,
} from "./envelope.ts";
import { copyHeader, type Header } from "./header.ts";
import { readClock, readLineCard, readOrigin, readTask } from "./ios.ts";
import { readNode, readPlainProcess, readProcess } from "./iosxr.ts";
import { readRfc5424 } from "./rfc5424.ts";
import { endAt } from "./scan.ts";
import { readTag } from "./tag.ts";

/** A header and the place where its text or tag begins. */
export interface ReadHeader {
  header: Header;
  end: number;
  place: Place;
}

/** What the last item belonged to: nothing yet or PRI, a relay's header, or the device's own header. */
export type Place = "envelope" | "relay" | "device";

/** Read all items of a header from `at`; every byte before `end` belongs to one of them. */
export function readHeader(line: string, at: number, start: Header): ReadHeader {
  let read: ReadHeader = { header: start, end: at, place: start.relayed ? "relay" : "envelope" };
  let doubtful: Doubt | null = null;
  for (let items = 0; items < MAX_ITEMS && read.end < line.length; items++) {
    if (line.charCodeAt(read.end) === PERCENT) break;
    const header = copyHeader(read.header);
    const item = readItem(line, read.end, header, read.place);
    if (item === null) break;
    if (item.doubt !== null && doubtful === null) doubtful = { ...read, needs: item.doubt };
    read = { header, end: item.end, place: item.place };
  }
  return doubtful !== null && !settled(doubtful.needs, line, read) ? doubtful : read;
}

/** Longer than any header seen (relay twice, PRI twice, session, both numbers, host, clock, process). */
const MAX_ITEMS = 16;
const MAX_RELAY_NUMBERS = 4;
const PERCENT = 0x25;
const SPACES = / {0,2}/y;

/** A name before a colon is a host only if a header goes on behind it. */
type Needs = "header" | "clock";
interface Doubt extends ReadHeader {
  needs: Needs;
}
interface Item {
  end: number;
  place: Place;
  doubt: Needs | null;
}

function readItem(line: string, at: number, header: Header, place: Place): Item | null {
  if (header.node !== null && !header.lineCard) return plain(afterNode(line, at, header));
  if (header.clock !== null) return plain(afterClock(line, at, header));
  const char = line.charCodeAt(at);
  if (char === LESS && place !== "device") return afterPri(line, at, header);
  if (char === BRACKET) return plain(readSession(line, at, header));
  const clockFirst = readers(line, at, header);
  if (clockFirst !== null) return clockFirst;
  if (char === STAR) return plain(readTask(line, at, header));
  if (place !== "device" && header.process === null) {
    const address = readOriginalAddress(line, at, header);
    if (address !== -1) return relay(address);
    const process = header.relayed || header.pri !== null ? readProcess(line, at, header) : -1;
    if (process !== -1) return plain(process);
  }
  if (place === "relay") {
    const program = header.numbers.length === 0 && !header.counterOff ? readPlainProcess(line, at, header) : -1;
    if (program !== -1) {
      header.program = true;
      return plain(program);
    }
    const off = readCounterOff(line, at, header);
    if (off !== at) return plain(off);
  }
  return readName(line, at, header);
}

const LESS = 0x3c;
const BRACKET = 0x5b;
const STAR = 0x2a;

/** Items that their shape alone gives away. */
function readers(line: string, at: number, header: Header): Item | null {
  const number = header.numbers.length < MAX_RELAY_NUMBERS ? readNumber(line, at, header) : -1;
  if (number !== -1) return plain(number);
  const node = readNode(line, at, header);
  if (node !== -1) return plain(node);
  const wasRelay = header.relay;
  const clock = readClock(line, at, header);
  if (clock !== -1) return header.clock === null && header.relay !== wasRelay ? relay(clock) : plain(clock);
  const found = readRelay(line, at, header);
  if (found !== -1) return relay(found);
  return plain(readLineCard(line, at, header));
}

/** `<189>` and what it says about the rest: RFC 5424, a counter that is off, or spaces. */
function afterPri(line: string, at: number, header: Header): Item | null {
  const end = readPri(line, at, header);
  if (end === -1) return null;
  const fields = readRfc5424(line, end, header);
  if (fields !== -1) {
    // <14>1 2020-03-04T12:00:00Z 192.0.2.7 - - - - <186>100: RP/0/… : a relay that wraps the datagram whole.
    if (line.charCodeAt(fields) === LESS) return relay(fields);
    return plain(readCounterOff(line, fields, header));
  }
  const off = readCounterOff(line, end, header);
  const next = off === end ? endAt(SPACES, line, end) : off;
  return { end: next, place: header.relayed ? "relay" : "envelope", doubt: null };
}

function readName(line: string, at: number, header: Header): Item | null {
  if (header.origin !== null) return null;
  const origin = readOrigin(line, at, header);
  if (origin !== -1) return { end: origin, place: "device", doubt: "header" };
  if (header.relayed || header.numbers.length > 0) return null;
  const host = readRelayHost(line, at, header);
  return host === -1 ? null : { end: host, place: "device", doubt: "clock" };
}

/** Behind a clock only a node, or a process right before the tag; a name there would be text. */
function afterClock(line: string, at: number, header: Header): number {
  const node = readNode(line, at, header);
  if (node !== -1) return node;
  if (header.process !== null) return -1;
  const end = readProcess(line, at, header);
  return end !== -1 && readTag(line, end) !== null ? end : -1;
}

function afterNode(line: string, at: number, header: Header): number {
  if (header.process !== null) return -1;
  const numbered = readProcess(line, at, header);
  return numbered === -1 ? readPlainProcess(line, at, header) : numbered;
}

function settled(needs: Needs, line: string, read: ReadHeader): boolean {
  const { clock, node, task } = read.header;
  if (clock !== null || node !== null) return true;
  return needs === "header" && (task || readTag(line, read.end)?.bare === false);
}

function plain(end: number): Item | null {
  return end === -1 ? null : { end, place: "device", doubt: null };
}

function relay(end: number): Item {
  return { end, place: "relay", doubt: null };
}
