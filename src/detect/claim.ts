/** From which addresses a router's name is used: two at once that have nothing to do with each other are a conflict. */
import type { Event, Millis } from "../model.ts";
import { isPinned } from "./device-map.ts";
import { forgetAddress, NO_ADDRESS } from "./duplicate.ts";
import type { DetectState, DeviceState } from "./state.ts";

/** Addresses remembered for one name; the one that was silent longest gives way. */
const MAX_ADDRESSES = 4;
/** Addresses heard within a day of each other are in use at once: many routers are silent for hours. */
const AT_ONCE: Millis = 86_400_000;
/** An address that uses a router's name. */
export interface Claim {
  address: string;
  since: Millis;
  at: Millis;
  /** Places of the addresses, as bits, that brought copies of this one's messages: ways of one router. */
  copies: number;
}

/** Addresses that claim one name at the same time, from the first to the last message that showed it. */
export interface Conflict {
  addresses: string[];
  first: Millis;
  last: Millis;
}

/** Enters the address of a message and returns its place. Relays carry many names, so their address claims none. */
export function enterClaim(device: DeviceState, event: Event): number {
  if (event.transport === "file" || event.relay !== null || !event.named) return NO_ADDRESS;
  const { claims } = device;
  let place = 0;
  while (place < claims.length && claims[place]!.address !== event.from) place++;
  if (place === claims.length && place === MAX_ADDRESSES) place = replaceOldest(device);
  const claim = claims[place];
  if (claim === undefined || claim.address !== event.from) {
    claims[place] = { address: event.from, since: event.at, at: event.at, copies: 0 };
  } else claim.at = Math.max(claim.at, event.at);
  return place;
}

/** A copy of a message came from another address than the message: both are ways of one router. */
export function joinClaims(device: DeviceState, one: number, other: number): void {
  if (one < 0 || other < 0 || one === other) return;
  device.claims[one]!.copies |= 1 << other;
  device.claims[other]!.copies |= 1 << one;
}

/** Looks whether another address uses the name too; returns the conflict when there is something new to tell of it. */
export function findConflict(state: DetectState, device: DeviceState, event: Event, place: number): Conflict | null {
  const { claims } = device;
  if (place < 0 || claims.length < 2 || device.apart !== null || isPinned(device.settings)) {
    return null;
  }
  const own = claims[place]!;
  const others = claims.filter(
    ({ at, address }, i) =>
      i !== place && Math.abs(event.at - at) <= AT_ONCE && (own.copies & (1 << i)) === 0 && isAlone(state, address),
  );
  if (others.length === 0 || !isAlone(state, own.address)) return null;
  const addresses = [own, ...others].map((claim) => claim.address).sort();
  const before = device.conflict;
  if (before === null || event.at - before.last > AT_ONCE) {
    device.conflict = { addresses, first: event.at, last: event.at };
    return device.conflict;
  }
  const all = [...new Set([...before.addresses, ...addresses])].sort().slice(0, MAX_ADDRESSES);
  device.conflict = { addresses: all, first: before.first, last: Math.max(before.last, event.at) };
  return all.length > before.addresses.length ? device.conflict : null;
}

/** Which of several addresses in conflict a message came from; null for the one that used the name first, and where
 * there is no conflict. What comes from another is grouped by it: a forged line must not mix with a router's own. */
export function laneOf({ claims, conflict }: DeviceState, event: Event): string | null {
  if (conflict === null || event.transport === "file" || event.relay !== null || !event.named) return null;
  if (!conflict.addresses.includes(event.from) || event.at - conflict.last > AT_ONCE) return null;
  let first: Claim | undefined;
  for (const claim of claims) {
    if (conflict.addresses.includes(claim.address) && (first === undefined || claim.since < first.since)) first = claim;
  }
  if (first === undefined || first.address === event.from) return null;
  const own = claims.find((claim) => claim.address === event.from);
  return ((own?.copies ?? 0) & (1 << claims.indexOf(first))) === 0 ? event.from : null;
}

/** Whether the message's address has used the device's name only after `start`, when others had it: whatever other names
 * it speaks for, and unless it brings the same messages as they do. */
export function isNewcomer({ claims, settings }: DeviceState, event: Event, start: Millis): boolean {
  if (event.transport === "file" || event.relay !== null || !event.named || isPinned(settings)) return false;
  const own = claims.find((claim) => claim.address === event.from);
  if (own === undefined || own.since <= start || own.copies !== 0) return false;
  return claims.some((claim) => claim !== own && claim.since <= start);
}

/** Whether a conflict was going on in some span of time. */
export function concerns(conflict: Conflict, from: Millis, to: Millis): boolean {
  return conflict.last >= from - AT_ONCE && conflict.first <= to + AT_ONCE;
}

/** An address that speaks for several names is a relay. */
function isAlone(state: DetectState, address: string): boolean {
  const names = state.hops.get(`${address} `) ?? [];
  return names.filter((name) => name !== address).length <= 1;
}

function replaceOldest({ claims, recent }: DeviceState): number {
  let oldest = 0;
  for (const [i, claim] of claims.entries()) if (claim.at < claims[oldest]!.at) oldest = i;
  for (const claim of claims) claim.copies &= ~(1 << oldest);
  // Copies of what the other address sent say nothing of the new one.
  forgetAddress(recent, oldest);
  claims[oldest] = { address: "", since: 0, at: 0, copies: 0 };
  return oldest;
}
