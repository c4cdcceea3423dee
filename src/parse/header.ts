/** What the readers gather from one header, item by item, before it is judged as a whole. */

import type { Stamp } from "./time.ts";

/** The fields of an RFC 5424 header; `-` is null. */
export interface Syslog {
  stamp: Stamp | null;
  hostname: string | null;
  appName: string | null;
  procId: string | null;
  msgId: string | null;
}

/** The parts of one header so far. */
export interface Header {
  pri: { facility: number; severity: number } | null;
  /** The fields of RFC 5424, or of IOS XR's own form of it. */
  syslog: Syslog | null;
  relay: string | null;
  relayTime: Stamp | null;
  /** A relay's stamp or collector's columns were read. */
  relayed: boolean;
  /** Every number that was followed by a colon, in order. */
  numbers: { value: number | null; padded: boolean }[];
  /** The colon that stays when the message counter is switched off. */
  counterOff: boolean;
  origin: string | null;
  /** From `[syslog@9 s_id="host:514"]`. */
  sessionHost: string | null;
  clock: Stamp | null;
  yearFirst: boolean;
  node: string | null;
  /** A cBR-8 line card (`CLC 6/0`), which is no IOS XR node. */
  lineCard: boolean;
  process: { name: string; id: number | null } | null;
  /** The process stood in the body as `name[id]`, not in RFC 5424 fields. */
  numbered: boolean;
  /** A wireless controller's task (`*spamApTask1`). */
  task: boolean;
  /** A process without a number right after the relay's host, as Arista EOS prints it. */
  program: boolean;
}

/** A header with nothing in it. */
export function emptyHeader(): Header {
  return {
    pri: null,
    syslog: null,
    relay: null,
    relayTime: null,
    relayed: false,
    numbers: [],
    counterOff: false,
    origin: null,
    sessionHost: null,
    clock: null,
    yearFirst: false,
    node: null,
    lineCard: false,
    process: null,
    numbered: false,
    task: false,
    program: false,
  };
}

/** A copy to come back to when what looked like a header turns out to be text. */
export function copyHeader(header: Header): Header {
  return { ...header, numbers: [...header.numbers] };
}

/** An integer of a header; null beyond 2^53, where it would be rounded. */
export function headerNumber(digits: string): number | null {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : null;
}
