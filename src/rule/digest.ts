/** Digests of texts. */
import { createHash } from "node:crypto";

/** SHA-256 in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A short digest of a text. */
export function digest(text: string): string {
  return sha256(text).slice(0, 16);
}
