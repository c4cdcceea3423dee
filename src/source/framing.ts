/** Where one message ends and the next begins on a TCP connection, found out frame by frame from the bytes alone. */
import type { FrameFlag } from "../model.ts";
import { iosMessage, octetCount } from "./frame-start.ts";
import { StreamBytes } from "./stream-bytes.ts";

/** One message cut out of a stream; `raw` may lie in the chunk that completed it, but nothing later changes it. */
export interface FramedMessage {
  raw: Uint8Array;
  flags: readonly FrameFlag[];
}

/** Totals in bytes: input = frames + framing + discarded + what `buffered` still holds. */
export interface FramerTotals {
  frames: number;
  framing: number;
  discarded: number;
}

/** The framing of one connection. */
export interface Framer {
  /** Messages that these bytes complete; the way a stream is cut into chunks never changes them. */
  push(chunk: Uint8Array): FramedMessage[];
  /** What is left at the end ("close"); after a silence ("idle") only an unterminated line with an IOS head: whoever
   * drips bytes has completed no message. */
  flush(reason?: "close" | "idle"): FramedMessage[];
  /** Bytes held back; never more than `maxBytes` and a small constant. */
  buffered(): number;
  /** Whether a message has begun that is not complete, or the rest of one is being thrown away. */
  pending(): boolean;
  totals(): FramerTotals;
}

/**
 * Detects the framing at the start of every frame (RFC 6587):
 * - `35 <189>…`: 35 octets, whatever they are. More than `maxBytes`: the first `maxBytes`, flagged, and exactly the rest skipped.
 * - anything else: to LF, CRLF or NUL. More than `maxBytes`: the first `maxBytes`, flagged; the tail is thrown away
 *   to the next separator or the end and is never read as a message. That holds for lengths that are none, too
 *   (`0 <`, `007 <`, `-1 <`, more than ten digits): such bytes are a line.
 * - classic IOS sends no separator at all, so a line that begins with `<` is cut before the next IOS head
 *   (`…started - CLI initiated<189>33: …`), on connections that have shown no separator and no count yet.
 */
export function createFramer(options: { maxBytes: number }): Framer {
  const max = options.maxBytes;
  const totals: FramerTotals = { frames: 0, framing: 0, discarded: 0 };
  const stream = new StreamBytes(max);
  let phase: "start" | "line" | "counted" | "skip" | "discard" = "start";
  let remaining = 0;
  let scanned = 0;
  let separated = false;
  let cutAtPri = false;
  // One separator after a counted or timed-out frame belongs to that frame, not to an empty one.
  let lateSeparator = false;
  let afterCount = false;
  let out: FramedMessage[] = [];

  const take = (length: number, flags: readonly FrameFlag[]): void => {
    out.push({ raw: stream.take(length), flags });
    totals.frames += length;
  };
  const frame = (length: number): void => {
    totals.framing += length;
    stream.at += length;
  };
  const discard = (length: number): void => {
    totals.discarded += length;
    stream.at += length;
  };

  /** Reads what comes after a frame; false when more bytes must decide. */
  const start = (closing: boolean): boolean => {
    const { bytes, at, end } = stream;
    if (lateSeparator) {
      const first = bytes[at];
      if (first === CR && at + 1 === end && !closing) return false;
      const length = first === LF || first === NUL ? 1 : first === CR && bytes[at + 1] === LF && at + 1 < end ? 2 : 0;
      lateSeparator = false;
      if (length > 0) {
        frame(length);
        separated = true;
        return true;
      }
    }
    // Cisco ASA writes a blank before its next frame; any other line keeps its leading blanks, which show a continuation.
    let from = at;
    while (from < end && bytes[from] === SPACE && from - at < BLANKS) from++;
    if (from === end) {
      if (closing) frame(from - at);
      return closing;
    }
    const counted = from === at || afterCount ? octetCount(bytes, from, end) : null;
    if (counted === "more" && !closing) return false;
    if (counted !== null && counted !== "more") {
      frame(from - at + counted.header);
      separated = true;
      remaining = counted.count;
      phase = "counted";
      return true;
    }
    if (bytes[from] === LESS_THAN) frame(from - at);
    afterCount = false;
    cutAtPri = false;
    scanned = 0;
    phase = "line";
    return true;
  };

  const lineFlags = (): readonly FrameFlag[] => (cutAtPri ? SPLIT : NO_FLAGS);

  const line = (closing: boolean): boolean => {
    const { bytes, at, end } = stream;
    const splits = !separated && bytes[at] === LESS_THAN;
    let i = at + scanned;
    // Nothing but separators can end such a line, unless it is too long.
    if (!splits) i = Math.max(i, Math.min(stream.separator(i), at + max - 1));
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === LF || byte === NUL) {
        const cr = byte === LF && i > at && bytes[i - 1] === CR ? 1 : 0;
        take(i - at - cr, lineFlags());
        frame(1 + cr);
        separated = true;
        phase = "start";
        return true;
      }
      if (splits && byte === LESS_THAN && i > at) {
        const head = iosMessage(bytes, i, end);
        if (head === "more" && !closing) break;
        if (head === "yes") {
          take(i - at, SPLIT);
          cutAtPri = true;
          scanned = 1;
          return true;
        }
      }
      if (i - at >= max) {
        const crlf = byte === CR && i - at === max;
        if (crlf && i + 1 === end && !closing) break;
        if (crlf && bytes[i + 1] === LF && i + 1 < end) continue;
        take(max, [...lineFlags(), "truncated"]);
        phase = "discard";
        return true;
      }
    }
    scanned = i - at;
    if (!closing) return false;
    take(end - at, lineFlags());
    phase = "start";
    return true;
  };

  const counted = (closing: boolean): boolean => {
    const length = Math.min(remaining, max);
    const there = stream.end - stream.at;
    if (there < length) {
      if (!closing) return false;
      take(there, ["truncated"]);
      phase = "start";
      return true;
    }
    take(length, remaining > max ? ["truncated"] : NO_FLAGS);
    remaining -= length;
    phase = "skip";
    return true;
  };

  const skip = (): boolean => {
    const length = Math.min(remaining, stream.end - stream.at);
    discard(length);
    remaining -= length;
    if (remaining > 0) return false;
    lateSeparator = true;
    afterCount = true;
    phase = "start";
    return true;
  };

  const discardTail = (): boolean => {
    discard(stream.separator(stream.at) - stream.at);
    if (stream.at === stream.end) return false;
    frame(1);
    separated = true;
    phase = "start";
    return true;
  };

  const steps = { start, line, counted, skip, discard: discardTail };
  const run = (closing: boolean): void => {
    // A counted body that fitted leaves nothing to skip, and must say so also at the end of the bytes.
    while (stream.at < stream.end || (phase === "skip" && remaining === 0)) if (!steps[phase](closing)) return;
  };

  const produce = (chunk: Uint8Array, closing: boolean): void => {
    stream.open(chunk);
    run(closing);
    stream.keepRest();
  };

  const taken = (): FramedMessage[] => {
    const messages = out;
    out = [];
    return messages;
  };

  return {
    push(chunk) {
      // What is held back is completed by itself: the rest need not be moved behind it.
      const first = stream.firstLine(chunk);
      produce(chunk.subarray(0, first), false);
      if (first < chunk.length) produce(chunk.subarray(first), false);
      return taken();
    },
    flush(reason = "close") {
      if (reason === "close") {
        produce(NOTHING, true);
        phase = "start";
        return taken();
      }
      const { held } = stream;
      if (phase !== "line" || held[0] !== LESS_THAN || iosMessage(held, 0, held.length) !== "yes") return [];
      produce(NOTHING, true);
      lateSeparator = true;
      return taken();
    },
    buffered: () => stream.held.length,
    pending: () => phase !== "start" || stream.held.some((byte) => byte !== SPACE && byte !== CR),
    totals: () => ({ ...totals }),
  };
}

const NOTHING = new Uint8Array(0);
const NO_FLAGS: readonly FrameFlag[] = [];
const SPLIT: readonly FrameFlag[] = ["split"];
const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const LESS_THAN = 0x3c;
/** Leading blanks that are looked through for a `<`. */
const BLANKS = 8;
