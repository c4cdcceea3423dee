/** Messages in which a router admits that it did not log everything. */
import type { Event, Tag } from "../model.ts";

/** `%SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets`
 * `%SYS-3-MSGLOST: 18 messages lost because of queue overflow` */
const MARKERS = new Set(["IPACCESSLOGRL", "MSGLOST"]);

/** Whether messages with this tag may say that others are missing. */
export function mayBeLimited(tag: Tag): boolean {
  return MARKERS.has(tag.mnemonic);
}

/** How many messages this one says are missing; 0 when it says no such thing. */
export function limitedMessages({ tag, text }: Event): number {
  if (tag === null || !MARKERS.has(tag.mnemonic)) return 0;
  return Math.max(1, Number(/\b(\d{1,9})\b/.exec(text)?.[1] ?? 1));
}

/** The header of `show logging`: `Syslog logging: enabled (0 messages dropped, 34 messages rate-limited, …)`.
 * How many messages the router has dropped or limited since it started; null for any other line. */
export function limitedByHeader(text: string): number | null {
  if (!text.startsWith("Syslog logging: enabled (")) return null;
  const numbers = [...text.matchAll(/(\d{1,9}) messages? (?:dropped|rate-limited)\b/g)];
  return numbers.reduce((sum, [, n]) => sum + Number(n), 0);
}
