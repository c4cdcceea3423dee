/** Bytes to text: UTF-8 where it is valid, replacement characters where it is not. */

import { isUtf8 as bytesAreUtf8, isAscii } from "node:buffer";

const REPLACING = new TextDecoder("utf-8", { ignoreBOM: true });

/** True when the bytes are valid UTF-8, so that decoding them loses nothing. */
export function isUtf8(raw: Uint8Array): boolean {
  return bytesAreUtf8(raw);
}

/** Decode bytes as they are, byte order mark included; never throws. */
export function decodeText(raw: Uint8Array): string {
  if (isAscii(raw)) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
  return REPLACING.decode(raw);
}

/** Drop what transports and terminals add around a line: a leading BOM or line end, and trailing NUL, CR, LF, tab and space. */
export function trimLine(text: string): string {
  let start = 0;
  while (start < text.length && LEADING.has(text.charCodeAt(start))) start++;
  return trimEnd(text.slice(start));
}

/** Drop trailing NUL, CR, LF, tab and space. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && TRAILING.has(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

const LEADING = new Set([0xfeff, 0x00, 0x0a, 0x0d, 0x0c]);
const TRAILING = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);
