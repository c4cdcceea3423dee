/** The quick reader: lines written the way IOS, IOS XE and IOS XR usually write them, read from bytes into numbers.
 *
 * It knows a few shapes and nothing else: `[Feb 21 00:00:00 relay ][<189>]35: ` followed by
 * `[origin: ][000036: ]CLOCK: %TAG: text` or `[host ]RP/0/RSP0/CPU0:CLOCK: process[123]: %TAG : text`.
 * Whatever it accepts, the grammar reads the same way (`test/parse/quick.test.ts`); whatever it does not know for
 * certain it leaves to the grammar. It makes no object and no string for a line. */

import type { Tag } from "../../model.ts";
import { readTag } from "../tag.ts";
import {
  ADDRESS,
  AHEAD,
  CLASS,
  HYPHEN,
  isDigit,
  LETTER,
  mayBeZone,
  NEITHER,
  nameEnd,
  numeric,
  zoneEnd,
} from "./bytes.ts";
import { CLOSE, COLON, LESS, MORE, OPEN, PERCENT, SLASH, SPACE, ZERO } from "./chars.ts";
import { nodeEnd } from "./node.ts";
import { QuickStamp } from "./stamp.ts";
import { QuickText } from "./text.ts";
import { type Word, Words } from "./words.ts";

/** A tag that was met, with what its reader's owner notes of it. */
export interface TagWord<T> {
  tag: Tag;
  note: T;
}

/** Reads lines one after another; its fields describe the line that was read last. Positions are those in the bytes
 * given; an end is behind the last byte, and an empty range means that the line has no such part. */
export class QuickReader<T> {
  relayed = false;
  readonly relayStamp = new QuickStamp();
  relayStart = 0;
  relayEnd = 0;
  /** -1: none. */
  pri = -1;
  counter = 0;
  sequence = -1;
  originStart = 0;
  originEnd = 0;
  nodeStart = 0;
  nodeEnd = 0;
  readonly clock = new QuickStamp();
  /** Behind the clock and its zone. */
  clockEnd = 0;
  processStart = 0;
  processEnd = 0;
  processId = 0;
  tagStart = 0;
  tagEnd = 0;
  word: Word<TagWord<T> | null> | null = null;
  /** ` : ` behind the tag. */
  spaced = false;
  readonly text = new QuickText();
  /** The bytes that lines are read from; `open` changes them. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));

  readonly #tags: Words<TagWord<T> | null>;

  constructor(note: (tag: Tag) => T) {
    this.#tags = new Words((text) => {
      const read = readTag(`%${text}:`, 0);
      return read !== null && read.end === text.length + 2 ? { tag: read.tag, note: note(read.tag) } : null;
    });
  }

  /** What was noted of tags may no longer hold. */
  forgetTags(): void {
    this.#tags.clear();
  }

  /** From now on lines are read from these bytes. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Reads the line at `from`; the place of its end (LF, CRLF or `limit`), or -1 when it is left to the grammar.
   * `open`: lines with their ends, of which the last stands right before `limit`; else one line up to `limit`, with
   * a byte that is no character behind it. `AHEAD` more bytes must be there. */
  read(from: number, limit: number, open: boolean): number {
    const { bytes } = this;
    if (limit + AHEAD > bytes.length) return -1;
    let at = this.#readRelay(bytes, from);
    at = this.#readPri(bytes, at);
    if (at === -1 || (!this.relayed && this.pri === -1)) return -1;
    if (bytes[at] === ZERO && bytes[at + 1] !== COLON) return -1;
    at = this.#readNumber(bytes, at);
    if (at === -1) return -1;
    this.counter = this.#number;
    at = this.#readDevice(bytes, at);
    if (at === -1) return -1;
    at = this.#readTag(bytes, at);
    return at === -1 || at > limit ? -1 : this.text.read(bytes, this.view, at, limit, open);
  }

  /** `Feb 21 00:00:00 192.0.2.7 `, or nothing at all. */
  #readRelay(bytes: Uint8Array, at: number): number {
    const first = bytes[at]!;
    this.relayed = first !== LESS;
    this.relayStart = this.relayEnd = at;
    if (!this.relayed) return at;
    const stamp = this.relayStamp;
    if (CLASS[first] !== LETTER || !stamp.read(bytes, this.view, at)) return -1;
    if (stamp.year !== 0 || stamp.fraction || bytes[stamp.end] !== SPACE) return -1;
    this.relayStart = stamp.end + 1;
    const end = nameEnd(bytes, this.relayStart, true);
    if (end === -1 || bytes[end] !== SPACE || bytes[end - 1] === COLON) return -1;
    this.relayEnd = end;
    return mayBeZone(bytes, this.relayStart, end, bytes[end + 1] === LESS) ? -1 : end + 1;
  }

  #readPri(bytes: Uint8Array, at: number): number {
    this.pri = -1;
    if (at === -1 || bytes[at] !== LESS) return at;
    let i = at + 1;
    let value = 0;
    while (isDigit(bytes[i]!) && i < at + 4) value = value * 10 + bytes[i++]! - ZERO;
    if (i === at + 1 || bytes[i] !== MORE || value > 191 || (bytes[at + 1] === ZERO && i > at + 2)) return -1;
    this.pri = value;
    return i + 1;
  }

  #number = 0;
  /** `35: `; its value in `#number`. */
  #readNumber(bytes: Uint8Array, at: number): number {
    let i = at;
    let value = 0;
    while (isDigit(bytes[i]!)) value = value * 10 + bytes[i++]! - ZERO;
    this.#number = value;
    return i === at || i > at + MAX_DIGITS || bytes[i] !== COLON || bytes[i + 1] !== SPACE ? -1 : i + 2;
  }

  /** What the device wrote itself, up to its tag. */
  #readDevice(bytes: Uint8Array, at: number): number {
    this.originStart = this.originEnd = this.nodeStart = this.nodeEnd = this.processStart = this.processEnd = at;
    this.sequence = -1;
    const name = nameEnd(bytes, at, false);
    if (name !== -1 && bytes[name] === SPACE) {
      const end = this.#readNode(bytes, name + 1);
      if (end === -1) return this.#readIosClock(bytes, at);
      this.originEnd = name;
      return end;
    }
    if (name !== -1 && bytes[name] === SLASH) return this.#readNode(bytes, at);
    if (name === -1) return this.#readIosClock(bytes, at);
    return this.#readIos(bytes, at, name);
  }

  /** `[origin: ][000036: ]` and the clock. */
  #readIos(bytes: Uint8Array, start: number, name: number): number {
    let at = start;
    if (bytes[name] !== COLON || bytes[name + 1] !== SPACE) return -1;
    // A name that begins with a digit may be a time (`1w2d`), unless it is an address.
    const kind = isDigit(bytes[at]!) ? numeric(bytes, at, name) : ADDRESS;
    if (kind === NEITHER) return -1;
    if (kind === ADDRESS) {
      this.originEnd = name;
      at = name + 2;
    }
    const number = isDigit(bytes[at]!) ? this.#readNumber(bytes, at) : -1;
    if (number !== -1) {
      this.sequence = this.#number;
      at = number;
    }
    return this.#readIosClock(bytes, at);
  }

  #readIosClock(bytes: Uint8Array, at: number): number {
    const { clock } = this;
    return clock.read(bytes, this.view, at) && !clock.yearFirst ? this.#readClockEnd(bytes) : -1;
  }

  /** `RP/0/RSP0/CPU0:CLOCK: process[123]: `. */
  #readNode(bytes: Uint8Array, at: number): number {
    const end = nodeEnd(bytes, at);
    if (end === -1 || bytes[end] !== COLON) return -1;
    const { clock } = this;
    if (!clock.read(bytes, this.view, end + 1) || clock.mark !== 0) return -1;
    this.nodeStart = at;
    this.nodeEnd = end;
    const process = this.#readClockEnd(bytes);
    if (process === -1) return -1;
    let i = process;
    while (CLASS[bytes[i]!] !== 0) i++;
    this.processStart = process;
    this.processEnd = i;
    if (i === process || i > process + MAX_PROCESS || bytes[i] !== OPEN) return -1;
    const digits = ++i;
    this.processId = 0;
    while (isDigit(bytes[i]!)) this.processId = this.processId * 10 + bytes[i++]! - ZERO;
    if (i === digits || i > digits + MAX_DIGITS) return -1;
    return bytes[i] === CLOSE && bytes[i + 1] === COLON && bytes[i + 2] === SPACE ? i + 3 : -1;
  }

  /** `: ` or ` UTC: ` behind a clock's digits. */
  #readClockEnd(bytes: Uint8Array): number {
    const i = zoneEnd(bytes, this.clock.end);
    if (i === -1) return -1;
    this.clockEnd = i;
    return bytes[i] === COLON && bytes[i + 1] === SPACE ? i + 2 : -1;
  }

  /** `%SYS-5-CONFIG_I: ` or `%PKT_INFRA-LINK-3-UPDOWN : `. */
  #readTag(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== PERCENT) return -1;
    let i = at + 1;
    while (CLASS[bytes[i]!]! >= HYPHEN) i++;
    this.tagStart = at + 1;
    this.tagEnd = i;
    if (i > at + MAX_TAG) return -1;
    this.spaced = bytes[i] === SPACE;
    if (this.spaced) i++;
    if (bytes[i] !== COLON) return -1;
    this.word = this.#tags.find(bytes, this.view, this.tagStart, this.tagEnd);
    if (this.word.value === null) return -1;
    return bytes[i + 1] === SPACE ? i + 2 : i + 1;
  }
}

/** Digits that a number is read from without being rounded. */
const MAX_DIGITS = 15;
const MAX_PROCESS = 60;
const MAX_TAG = 200;
