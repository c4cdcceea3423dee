/** The same datagram twice: several relays, or a network that repeats. */
import type { Event, Millis } from "../model.ts";
import { NO_ADDRESS } from "./claim.ts";
import { printOf } from "./print.ts";
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
  const print = printOf(event);
  const slot = slotOf(recent, print);
  if (slot !== -1 && Math.abs(event.at - recent.at[slot]!) <= WITHIN) return recent.via[slot]!;
  rememberPrint(recent, print, event.at, via);
  return null;
}

/** Whether a message of this print came within seconds. */
export function isKnown(recent: DeviceState["recent"], print: number, at: Millis): boolean {
  const slot = slotOf(recent, print);
  return slot !== -1 && Math.abs(at - recent.at[slot]!) <= WITHIN;
}

/** Where the newest message of this print is; -1 where there is none. */
function slotOf({ prints, next = 0 }: DeviceState["recent"], print: number): number {
  for (let i = 0, slot = next; i < prints.length; i++) {
    slot = (slot === 0 ? prints.length : slot) - 1;
    if (prints[slot] === print) return slot;
  }
  return -1;
}

/** Keeps the print of a message in the place of the oldest. */
export function rememberPrint(recent: DeviceState["recent"], print: number, at: Millis, via: number): void {
  const slot = recent.prints.length < REMEMBERED ? recent.prints.length : (recent.next ?? 0);
  recent.prints[slot] = print;
  recent.at[slot] = at;
  recent.via[slot] = via;
  recent.next = slot + 1 === REMEMBERED ? 0 : slot + 1;
}
