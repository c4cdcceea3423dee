/** What the quick reader read, as the grammar would have told it. */

import { DIALECT_OF, taggedReason } from "../dialect.ts";
import { emptyHeader } from "../header.ts";
import type { ParsedLine } from "../parse.ts";
import { inZone, type Stamp } from "../time.ts";
import { STAR } from "./chars.ts";
import type { QuickReader } from "./read.ts";
import type { QuickStamp } from "./stamp.ts";
import { textOf } from "./words.ts";

/** The line that the reader has just read. */
export function parsedLine(read: QuickReader<unknown>): ParsedLine {
  const { bytes } = read;
  const text = textOf(bytes, read.text.start, read.text.end);
  const { tag } = read.word!.value!;
  const origin = wordOf(bytes, read.originStart, read.originEnd);
  const node = wordOf(bytes, read.nodeStart, read.nodeEnd);
  const clock = clockOf(read, bytes);
  const dialectReason = taggedReason(
    { ...emptyHeader(), origin, node, clock, numbered: node !== null },
    tag,
    { spaced: read.spaced, bare: false },
    text,
  );
  return {
    envelope: "rfc3164",
    dialect: DIALECT_OF[dialectReason],
    dialectReason,
    pri: read.pri === -1 ? null : { facility: read.pri >> 3, severity: read.pri & 7 },
    origin,
    hostname: null,
    relay: wordOf(bytes, read.relayStart, read.relayEnd),
    relayTime: read.relayed ? stampOf(read.relayStamp, bytes) : null,
    counter: read.counter,
    sequence: read.sequence === -1 ? null : read.sequence,
    clock,
    node,
    process: node === null ? null : { name: textOf(bytes, read.processStart, read.processEnd), id: read.processId },
    tag,
    text,
    flags: read.clock.mark === 0 ? [] : [read.clock.mark === STAR ? "clock-unset" : "clock-unsynced"],
    prompt: null,
    head: true,
  };
}

function wordOf(bytes: Uint8Array, from: number, to: number): string | null {
  return from === to ? null : textOf(bytes, from, to);
}

function clockOf(read: QuickReader<unknown>, bytes: Uint8Array): Stamp {
  const stamp = stampOf(read.clock, bytes);
  return read.clockEnd === read.clock.end ? stamp : inZone(stamp, textOf(bytes, read.clock.end + 1, read.clockEnd));
}

function stampOf(stamp: QuickStamp, bytes: Uint8Array): Stamp {
  return {
    text: textOf(bytes, stamp.start, stamp.end),
    mark: stamp.mark === 0 ? null : stamp.mark === STAR ? "*" : ".",
    year: stamp.year === 0 ? null : stamp.year,
    month: stamp.month,
    day: stamp.day,
    hour: Math.floor(stamp.time / 3_600_000),
    minute: Math.floor(stamp.time / 60_000) % 60,
    second: Math.floor(stamp.time / 1_000) % 60,
    millis: stamp.time % 1_000,
    offsetMinutes: null,
    zone: null,
    uptime: false,
    fraction: stamp.fraction,
  };
}
