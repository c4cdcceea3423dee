/** The same datagram twice: several relays, or a network that repeats. */
import type { Event, Millis } from "../model.ts";
import { printOf } from "./print.ts";
import type { DeviceState } from "./state.ts";

/** Copies come within seconds. */
const WITHIN: Millis = 10_000;
/** As many as a late datagram may be behind, and more than the longest block. */
const REMEMBERED = 64;
/** Print, time, address. */
const FIELDS = 3;
/** Where a message has no address of its own: a file, a relay, a router without a name. */
export const NO_ADDRESS = -1;

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
  if (slot !== -1 && Math.abs(event.at - recent.prints[slot + 1]!) <= WITHIN) return recent.prints[slot + 2]!;
  rememberPrint(recent, print, event.at, via);
  return null;
}

/** Whether a message of this print came within seconds. */
export function isKnown(recent: DeviceState["recent"], print: number, at: Millis): boolean {
  const slot = slotOf(recent, print);
  return slot !== -1 && Math.abs(at - recent.prints[slot + 1]!) <= WITHIN;
}

/** Where the newest message of this print is; -1 where there is none. */
function slotOf({ prints, next }: DeviceState["recent"], print: number): number {
  for (let left = prints.length, slot = next; left > 0; left -= FIELDS) {
    slot = (slot === 0 ? prints.length : slot) - FIELDS;
    if (prints[slot] === print) return slot;
  }
  return -1;
}

/** Keeps the print of a message in the place of the oldest. */
export function rememberPrint(recent: DeviceState["recent"], print: number, at: Millis, via: number): void {
  const { prints, next } = recent;
  if (next === prints.length) prints.push(print, at, via);
  else {
    prints[next] = print;
    prints[next + 1] = at;
    prints[next + 2] = via;
  }
  recent.next = next + FIELDS === REMEMBERED * FIELDS ? 0 : next + FIELDS;
}

/** What came from the address at a place came from nowhere: another address takes the place. */
export function forgetAddress({ prints }: DeviceState["recent"], place: number): void {
  for (let via = 2; via < prints.length; via += FIELDS) if (prints[via] === place) prints[via] = NO_ADDRESS;
}
