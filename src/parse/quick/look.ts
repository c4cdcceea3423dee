/** Second looks at bytes that may mean more than they seem to. */

import { SPACE } from "./chars.ts";

/** Whether a text may begin as IOS XE begins one: `R0/0: cpp_cp: …`, `SIP0: …`, `Switch 1 R0/0: …`. */
export function mayBeXePrefix(bytes: Uint8Array, at: number): boolean {
  let i = at;
  while (bytes[i] === SPACE && i < at + 2) i++;
  switch (bytes[i]) {
    case 0x53: // S
      return bytes[i + 1] === 0x49 || bytes[i + 1] === 0x77;
    case 0x43: // C
      return bytes[i + 1] === 0x68 || isSlot(bytes, i + 1);
    case 0x52: // R
    case 0x46: // F
    case 0x42: // B
      return isSlot(bytes, i + 1);
    default:
      return false;
  }
}

/** `P0/`, `0/`, `/` */
function isSlot(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!;
  return (byte >= 0x2f && byte <= 0x39) || byte === 0x4f || byte === 0x50;
}
