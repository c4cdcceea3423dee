/** Ordinary messages: those that no rule asks for and that teach nothing about their router but that it is alive.
 *
 * What is done for them here is what `enterDevice`, `learn` and `detect` do for every message, less everything that
 * such a message cannot cause. `test/run/quick.test.ts` holds both to the same result. */
import type { Dialect, Millis, Tag } from "../model.ts";
import { NO_ADDRESS } from "./claim.ts";
import { mayBeHistory } from "./device.ts";
import { isKnown, rememberPrint } from "./duplicate.ts";
import { isDue } from "./history.ts";
import { type SignalIndex, tagCandidates } from "./index-signals.ts";
import { isWindowOver } from "./losses.ts";
import { mayBeLimited } from "./rate-limit.ts";
import type { DetectState, DeviceState } from "./state.ts";

/** Whether messages with this tag, by the tag alone, concern no rule and no history. */
export function isOrdinaryTag(index: SignalIndex, tag: Tag, keepsHistory: boolean): boolean {
  if (tag.mnemonic === "RESTART" && tag.facility.startsWith("SYS")) return false;
  if (mayBeLimited(tag) || index.every.length > 0 || index.byFolded.length > 0) return false;
  return tagCandidates(index, tag).length === 0 && !(keepsHistory && mayBeHistory(tag));
}

/** Whether a message of this dialect and counter teaches nothing about its device: it goes on as before. */
export function goesOn(device: DeviceState, dialect: Dialect, counter: number): boolean {
  const { facts, gap } = device;
  if (counter - 1 !== gap.high || facts.messages === 0 || (device.osFrom !== "banner" && facts.os !== facts.dialect))
    return false;
  return facts.dialect === dialect || (facts.dialect === "ios-xe" && dialect === "ios");
}

/** Whether nothing is to be told of a device when a message of it comes now from this address, which is null where
 * the address claims no name: who speaks in its name, and what was lost before. */
export function isUndisputed(device: DeviceState, at: Millis, address: string | null): boolean {
  const { apart, claims, watch } = device;
  const history = watch?.history ?? null;
  const losses = watch?.losses ?? null;
  if (apart !== null || (history !== null && isDue(history, at))) return false;
  if (losses !== null && isWindowOver(losses, at)) return false;
  return address === null || (claims.length === 1 && claims[0]!.address === address);
}

/** Enters an ordinary message into its device's record; false, and nothing done, when it is a copy. */
export function enterOrdinary(
  state: DetectState,
  device: DeviceState,
  message: {
    at: Millis;
    severity: number;
    counter: number;
    print: number;
    clock: DeviceState["facts"]["clock"];
    /** The sender's address is the one that uses the device's name. */
    claims: boolean;
  },
): boolean {
  const { at, counter, print } = message;
  // Where counting never began again, a counter above all others cannot have come before.
  if (device.facts.resets > 0 && isKnown(device.recent, print, at)) return false;
  rememberPrint(device.recent, print, at, message.claims ? 0 : NO_ADDRESS);
  if (message.claims) device.claims[0]!.at = Math.max(device.claims[0]!.at, at);
  const { facts } = device;
  facts.lastSeen = Math.max(facts.lastSeen, at);
  facts.messages++;
  facts.severities[message.severity]!++;
  facts.clock = message.clock;
  device.gap.high = counter;
  device.follows = true;
  followLast(device, at, counter);
  state.dirtyDevices.add(device.key);
  return true;
}

/** The message stood for no signal, and a repetition of it stands for none. */
function followLast(device: DeviceState, at: Millis, counter: number): void {
  const { lastOf } = device;
  if (lastOf === null) device.lastOf = { at, counter };
  else {
    if (at < lastOf.at || (at === lastOf.at && lastOf.counter !== null && counter < lastOf.counter)) return;
    lastOf.at = at;
    lastOf.counter = counter;
  }
  if (device.last.length > 0) device.last = [];
}
