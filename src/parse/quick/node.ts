/** Nodes of IOS XR by their bytes: `RP/0/RSP0/CPU0`, `0/RP0/ADMIN0`. */

import { CLASS, DIGIT_CLASS, isDigit, isUpper } from "./bytes.ts";
import { SLASH, UNDERSCORE } from "./chars.ts";

/** The end of `RP/0/RSP0/CPU0` or `0/RP0/ADMIN0`; -1 for anything else. */
export function nodeEnd(bytes: Uint8Array, at: number): number {
  let i = at;
  if (isUpper(bytes[i]!)) {
    // RP, LC, SP, SC, FC, DRP
    if (bytes[i] === 0x44) i++;
    const kind = (bytes[i]! << 8) | bytes[i + 1]!;
    if (kind !== 0x5250 && (i > at || (kind !== 0x4c43 && kind !== 0x5350 && kind !== 0x5343 && kind !== 0x4643)))
      return -1;
    if (bytes[i + 2] !== SLASH) return -1;
    i = part(bytes, i + 3, 0, 4, false);
    if (i === -1) return -1;
    const slot = i;
    while (bytes[i] !== UNDERSCORE && CLASS[bytes[i]!]! >= DIGIT_CLASS) i++;
    if (i === slot || i > slot + 8 || bytes[i] !== SLASH) return -1;
    return part(bytes, i + 1, 8, 3, true);
  }
  i = part(bytes, i, 0, 4, false);
  if (i !== -1) i = part(bytes, i, 6, 4, false);
  return i === -1 ? -1 : lastPart(bytes, i);
}

/** Capitals and digits; behind the slash after them, or, for the last part, behind them. */
function part(bytes: Uint8Array, at: number, letters: number, digits: number, last: boolean): number {
  let i = at;
  while (isUpper(bytes[i]!)) i++;
  if (i > at + letters || (last && i === at)) return -1;
  const first = i;
  while (isDigit(bytes[i]!)) i++;
  if (i > first + digits) return -1;
  if (last) return i;
  return i === first || bytes[i] !== SLASH ? -1 : i + 1;
}

/** The last part of a node that begins with its rack: its digits must be there. */
function lastPart(bytes: Uint8Array, at: number): number {
  const end = part(bytes, at, 8, 3, true);
  return end === -1 || !isDigit(bytes[end - 1]!) ? -1 : end;
}
