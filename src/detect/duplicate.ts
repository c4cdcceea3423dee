/** The same datagram twice: several relays, or a network that repeats. */
import type { Event, Millis } from "../model.ts";
import { NO_ADDRESS } from "./claim.ts";
import type { DeviceState } from "./state.ts";

/** Copies come within seconds. */
const WITHIN: Millis = 10_000;
/** As many as a late datagram may be behind, and more than the longest block. */
const REMEMBERED = 64;

/** Whether this message came already; it is remembered if not. */
export function isDuplicate(recent: DeviceState["recent"], event: Event): boolean {
  return copyOf(recent, event, NO_ADDRESS) !== null;
}

/** Where the message came from of which this one is a copy; null when it is new, and then it is remembered as come
 * from `via`. Only messages that name themselves, by a counter, a sequence number or a stamp finer than a second, can
 * be told from an honest repetition. */
export function copyOf(recent: DeviceState["recent"], event: Event, via: number): number | null {
  const own =
    event.counter !== null || event.sequence !== null || (event.clock !== null && /\.\d/.test(event.clock.text));
  if (!own) return null;
  const print = fingerprint(event);
  const seen = recent.prints.lastIndexOf(print);
  if (seen >= 0 && Math.abs(event.at - recent.at[seen]!) <= WITHIN) return recent.via[seen]!;
  recent.prints.push(print);
  recent.at.push(event.at);
  recent.via.push(via);
  if (recent.prints.length > REMEMBERED) {
    recent.prints.shift();
    recent.at.shift();
    recent.via.shift();
  }
  return null;
}

/** 53 bits over everything that tells two messages apart (not the relay's own header). */
export function fingerprint(event: Event): number {
  const { tag } = event;
  const identity = `${event.counter}|${event.sequence}|${event.clock?.text}|${event.node}|${tag?.facility}-${tag?.severity}-${tag?.mnemonic}|${event.text}`;
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < identity.length; i++) {
    const code = identity.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}
