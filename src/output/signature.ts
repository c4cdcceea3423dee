/** Signatures of webhooks after Standard Webhooks: HMAC-SHA256 over id, time and body. */
import { createHmac } from "node:crypto";
import type { Millis } from "../model.ts";

/** The bytes of a secret: `whsec_` and base64, or any other text as it is. */
export function secretKey(text: string): Buffer {
  return text.startsWith("whsec_") ? Buffer.from(text.slice("whsec_".length), "base64") : Buffer.from(text);
}

/** The three headers of one attempt; one signature for each secret, so that a receiver may change over in its own time. */
export function signedHeaders(
  keys: readonly Buffer[],
  id: string,
  at: Millis,
  body: Uint8Array,
): Record<string, string> {
  const seconds = String(Math.floor(at / 1_000));
  const signatures = keys.map((key) => {
    const signed = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body);
    return `v1,${signed.digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": seconds,
    ...(signatures.length === 0 ? {} : { "webhook-signature": signatures.join(" ") }),
  };
}
