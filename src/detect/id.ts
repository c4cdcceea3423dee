/** Keys and ids: length-prefixed, so that no two different lists look alike. */
import { createHash } from "node:crypto";
import type { Millis } from "../model.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** `["a", null]` -> `1:a-` : an injective encoding of a list. */
export function encodeKey(parts: (string | null)[]): string {
  return parts.map((part) => (part === null ? "-" : `${Buffer.byteLength(part)}:${part}`)).join("");
}

/** First 26 characters of base32(sha256(rule id, group key, episode start)). */
export function alertId(rule: string, group: (string | null)[], start: Millis): string {
  const digest = createHash("sha256")
    .update(encodeKey([rule, encodeKey(group), String(start)]))
    .digest();
  let bits = 0;
  let value = 0;
  let id = "";
  for (const byte of digest) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += BASE32[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
    if (id.length >= 26) break;
  }
  return id.slice(0, 26);
}
