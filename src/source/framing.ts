/** Where one message ends and the next begins on a TCP connection, found out frame by frame from the bytes alone. */
import type { FrameFlag } from "../model.ts";
import { iosMessage, LOOKAHEAD, octetCount } from "./frame-start.ts";

/** One message cut out of a stream; `raw` is a copy of its own. */
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
  /** What is left at the end ("close"), or an unterminated line after a silence ("idle"); an octet-counted message is never cut by a silence. */
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
  let held = new Uint8Array(0);
  let heldLength = 0;
  let phase: "start" | "line" | "counted" | "skip" | "discard" = "start";
  let remaining = 0;
  let scanned = 0;
  let separated = false;
  let cutAtPri = false;
  // One separator after a counted or timed-out frame belongs to that frame, not to an empty one.
  let lateSeparator = false;
  let afterCount = false;

  let bytes: Uint8Array = held;
  let at = 0;
  let end = 0;
  let out: FramedMessage[] = [];

  const take = (length: number, flags: readonly FrameFlag[]): void => {
    out.push({ raw: new Uint8Array(bytes.subarray(at, at + length)), flags });
    totals.frames += length;
    at += length;
  };
  const frame = (length: number): void => {
    totals.framing += length;
    at += length;
  };
  const discard = (length: number): void => {
    totals.discarded += length;
    at += length;
  };

  /** Reads what comes after a frame; false when more bytes must decide. */
  const start = (closing: boolean): boolean => {
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

  const lineFlags = (): FrameFlag[] => (cutAtPri ? ["split"] : []);

  const line = (closing: boolean): boolean => {
    const splits = !separated && bytes[at] === LESS_THAN;
    let i = at + scanned;
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
          take(i - at, ["split"]);
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
    if (end - at < length) {
      if (!closing) return false;
      take(end - at, ["truncated"]);
      phase = "start";
      return true;
    }
    take(length, remaining > max ? ["truncated"] : []);
    remaining -= length;
    phase = "skip";
    return true;
  };

  const skip = (): boolean => {
    const length = Math.min(remaining, end - at);
    discard(length);
    remaining -= length;
    if (remaining > 0) return false;
    lateSeparator = true;
    afterCount = true;
    phase = "start";
    return true;
  };

  const discardTail = (): boolean => {
    let i = at;
    while (i < end && bytes[i] !== LF && bytes[i] !== NUL) i++;
    discard(i - at);
    if (i === end) return false;
    frame(1);
    separated = true;
    phase = "start";
    return true;
  };

  const steps = { start, line, counted, skip, discard: discardTail };
  const run = (closing: boolean): void => {
    // A counted body that fitted leaves nothing to skip, and must say so also at the end of the bytes.
    while (at < end || (phase === "skip" && remaining === 0)) if (!steps[phase](closing)) return;
  };

  const keepRest = (): void => {
    const rest = end - at;
    // A large chunk must not leave every quiet connection with a large buffer.
    if (held.length < rest || held.length > 2 * (max + LOOKAHEAD)) {
      const next = new Uint8Array(Math.min(Math.max(256, 2 * rest), Math.max(rest, max + LOOKAHEAD)));
      next.set(bytes.subarray(at, end));
      held = next;
    } else if (rest > 0) held.set(bytes.subarray(at, end));
    heldLength = rest;
    bytes = held;
    at = 0;
    end = heldLength;
  };

  const produce = (closing: boolean): FramedMessage[] => {
    out = [];
    run(closing);
    keepRest();
    return out;
  };

  return {
    push(chunk) {
      if (heldLength === 0) {
        bytes = chunk;
        end = chunk.length;
      } else {
        if (held.length < heldLength + chunk.length) {
          const grown = new Uint8Array(2 * heldLength + chunk.length);
          grown.set(held.subarray(0, heldLength));
          held = grown;
        }
        held.set(chunk, heldLength);
        bytes = held;
        end = heldLength + chunk.length;
      }
      at = 0;
      return produce(false);
    },
    flush(reason = "close") {
      at = 0;
      end = heldLength;
      bytes = held;
      if (reason === "close") {
        const last = produce(true);
        phase = "start";
        return last;
      }
      if (phase !== "line") return [];
      const idle = produce(true);
      lateSeparator = true;
      return idle;
    },
    buffered: () => heldLength,
    pending: () => phase !== "start" || held.subarray(0, heldLength).some((byte) => byte !== SPACE && byte !== CR),
    totals: () => ({ ...totals }),
  };
}

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const LESS_THAN = 0x3c;
/** Leading blanks that are looked through for a `<`. */
const BLANKS = 8;
