/** What single bytes and short words of a header may be. */

import { COLON, HASH, SPACE, UPPER_M, ZERO } from "./chars.ts";
import { spells } from "./words.ts";

/** What a byte may be part of; each of these includes those above it. */
const DOT_CLASS = 1;
export const HYPHEN = 2;
export const DIGIT_CLASS = 3;
export const LETTER = 4;
export const CLASS = new Uint8Array(256);
for (let byte = 0; byte < 128; byte++) {
  const char = String.fromCharCode(byte);
  if (/[A-Za-z_]/.test(char)) CLASS[byte] = LETTER;
  else if (/\d/.test(char)) CLASS[byte] = DIGIT_CLASS;
  else if (char === "-") CLASS[byte] = HYPHEN;
  else if (char === ".") CLASS[byte] = DOT_CLASS;
}

/** How far behind a line's end the reader may look: so many bytes have to be there. An array is much slower for good
 * once it was asked for something beyond its end. */
export const AHEAD = 16;

/** Longest name of a relay or a router. */
const MAX_NAME = 100;

/** Where a message ends without what transports put behind it: NUL, tab, LF, CR and blanks. */
export function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1]! <= SPACE && TRAILING[bytes[end - 1]!] === 1) end--;
  return end;
}

const TRAILING = new Uint8Array(0x21);
for (const byte of [0x00, 0x09, 0x0a, 0x0d, 0x20]) TRAILING[byte] = 1;

/** Whether a byte is a digit. */
export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** Whether a byte is a capital letter. */
export function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** The end of a name; -1 when there is none. `colons`: an IPv6 address is one as well. */
export function nameEnd(bytes: Uint8Array, at: number, colons: boolean): number {
  if (CLASS[bytes[at]!]! < DIGIT_CLASS) return -1;
  let i = at + 1;
  while (CLASS[bytes[i]!] !== 0 || (colons && bytes[i] === COLON)) i++;
  return i > at + MAX_NAME ? -1 : i;
}

/** A relay whose name looks like a zone or half of a day, where the grammar would take it for one. */
export function mayBeZone(bytes: Uint8Array, from: number, to: number, priAhead: boolean): boolean {
  if (bytes[from + 1] === UPPER_M && (to === from + 2 || CLASS[bytes[from + 2]!]! < DIGIT_CLASS)) return true;
  if (priAhead) return false;
  return to - from <= 4 || isSpelled(bytes, from, "UTC") || isSpelled(bytes, from, "GMT");
}

function isSpelled(bytes: Uint8Array, at: number, text: string): boolean {
  return spells(text, bytes, at, at + text.length);
}

const MAX_ZONE = 5;

/** The end of ` UTC` behind the digits of a clock; `at` itself where there is none, -1 where it may be anything else. */
export function zoneEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== SPACE) return at;
  let i = at + 1;
  while (isUpper(bytes[i]!)) i++;
  // `10:00:00 AM` is another time of day.
  const isHalf = i === at + 3 && bytes[at + 2] === UPPER_M;
  return i === at + 1 || i > at + 1 + MAX_ZONE || isHalf ? -1 : i;
}

/** What `numeric` tells. */
export const NEITHER = 0;
export const ADDRESS = 1;
const NUMBER = 2;

/** What a word that begins with a digit is: a number, an IPv4 address, or neither for certain. */
export function numeric(bytes: Uint8Array, from: number, to: number): number {
  let dots = 0;
  for (let i = from; i < to; i++) {
    if (CLASS[bytes[i]!] === DOT_CLASS) dots++;
    else if (!isDigit(bytes[i]!)) return NEITHER;
  }
  return dots > 0 ? ADDRESS : NUMBER;
}

/** rsyslog's escapes of LF and tab, `#012` and `#011`. */
export function folds(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i + 2 < to; i++) {
    if (bytes[i] === HASH && bytes[i + 1] === ZERO && bytes[i + 2] === ZERO + 1) return true;
  }
  return false;
}
