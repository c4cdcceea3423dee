/** Ordinary messages: those that no rule asks for and that teach nothing about their router but that it is alive.
 *
 * What is done for them here is what `enterDevice`, `observe`, `learn` and `detect` do for every message, less
 * everything that such a message cannot cause. `test/run/quick.test.ts` holds both to the same result. */
import type { Dialect, Millis, Tag } from "../model.ts";
import type { CompiledSignal } from "../rule/compiled.ts";
import { mayBeHistory, mustSave } from "./device.ts";
import { isKnown, NO_ADDRESS, rememberPrint } from "./duplicate.ts";
import { isDue } from "./history.ts";
import { type SignalIndex, tagCandidates } from "./index-signals.ts";
import { endsWindow, enterLosses } from "./losses.ts";
import { mayBeLimited } from "./rate-limit.ts";
import { hear } from "./silence.ts";
import { noteStamp, shownBy } from "./stamps.ts";
import type { DetectState, DeviceState } from "./state.ts";
import { isUnsetNews } from "./watch.ts";

/** An ordinary message in numbers; one object is filled again for each. */
export interface OrdinaryMessage {
  at: Millis;
  /** The clock that `at` belongs to. */
  clockName: string;
  severity: number;
  counter: number;
  dialect: Dialect;
  /** The state of the router's own clock, and what it shows: its stamp in UTC, and how far that is ahead of the
   * arrival; null where the stamp itself is the message's time. */
  clock: DeviceState["facts"]["clock"];
  stamp: Millis;
  offset: Millis | null;
  /** Socket address; null where it claims no name. */
  address: string | null;
}

/** Messages with this tag concern no rule and no history unless one of these is in their text; null where they do
 * by their tag alone. */
export function ordinaryUnless(index: SignalIndex, tag: Tag, keepsHistory: boolean): string[] | null {
  if (tag.mnemonic === "RESTART" && tag.facility.startsWith("SYS")) return null;
  if (mayBeLimited(tag) || index.every.length > 0 || index.byFolded.length > 0) return null;
  if (keepsHistory && mayBeHistory(tag)) return null;
  const needs = tagCandidates(index, tag).map(({ signal }) => needsOf(signal));
  return needs.every((texts) => texts !== null) ? needs.flat() : null;
}

/** Texts without one of which a message with the tag is none of this signal's; null where there are none. */
function needsOf({ literals, orLiteral, conditions }: CompiledSignal): readonly string[] | null {
  if (literals.length > 0 && !orLiteral) return literals;
  return conditions.find(({ needs }) => needs?.every((text) => text.length >= SHORTEST))?.needs ?? null;
}

/** Shorter texts are not looked for. */
const SHORTEST = 4;

/** Whether a message goes on as its device did before: the next counter, the same system, address and clock, and
 * nothing that is due to be told. */
export function goesOn(state: DetectState, device: DeviceState, message: OrdinaryMessage): boolean {
  const { facts, gap, otherOs, claims } = device;
  if (message.counter - 1 !== gap.high || facts.messages === 0 || device.apart !== null) return false;
  if (device.osFrom !== "banner" && facts.os !== facts.dialect) return false;
  if (facts.dialect !== message.dialect && (facts.dialect !== "ios-xe" || message.dialect !== "ios")) return false;
  if (otherOs !== null && otherOs.os !== "ios-xe") return false;
  if (isUnsetNews(device, facts.clock, message.clock, message.at)) return false;
  if (message.address !== null && (claims.length !== 1 || claims[0]!.address !== message.address)) return false;
  return device.watch === null ? state.operations === null : isQuiet(state, facts, device.watch, message);
}

/** Whether nothing is to be observed. */
function isQuiet(
  { operations }: DetectState,
  facts: DeviceState["facts"],
  { history, losses, silence, stamps }: NonNullable<DeviceState["watch"]>,
  message: OrdinaryMessage,
): boolean {
  const { at } = message;
  if (history !== null && isDue(history, at)) return false;
  if (operations === null) return true;
  if (losses !== null && endsWindow(losses, facts, at)) return false;
  if (operations.silence !== null && (silence?.clock !== message.clockName || silence.reported)) return false;
  if (operations.clockJumps === null) return true;
  const { stamp, offset, clock } = message;
  if (stamps === null || Number.isNaN(stamp)) return false;
  return shownBy(stamps, stamp, offset, clock === "unset", at, operations.clockJumps) === null;
}

/** Whether a message of this print came already. Where counting never began again, a counter above all others cannot
 * have come before. */
export function isCopy(device: DeviceState, print: number, at: Millis): boolean {
  return device.facts.resets > 0 && isKnown(device.recent, print, at);
}

/** Enters a message that goes on as before, and is no copy, into its device's record. */
export function enterOrdinary(state: DetectState, device: DeviceState, message: OrdinaryMessage, print: number): void {
  const { at, counter } = message;
  rememberPrint(device.recent, print, at, message.address === null ? NO_ADDRESS : 0);
  if (message.address !== null) device.claims[0]!.at = Math.max(device.claims[0]!.at, at);
  const { facts } = device;
  device.heard = true;
  facts.lastSeen = Math.max(facts.lastSeen, at);
  facts.messages++;
  facts.severities[message.severity]!++;
  facts.clock = message.clock;
  device.gap.high = counter;
  device.gap.doubted = null;
  device.follows = true;
  followLast(device, at, counter);
  mustSave(state, device);
  const losses = device.watch?.losses ?? null;
  if (losses !== null) enterLosses(losses, facts, at, state.operations?.losses ?? null);
  if (state.operations !== null) observeOrdinary(state, device, message);
}

function observeOrdinary({ operations, collector }: DetectState, device: DeviceState, message: OrdinaryMessage): void {
  const { silence, clockJumps } = operations!;
  if (silence !== null) hear(collector, device, message.at, message.clockName, silence);
  if (clockJumps === null) return;
  noteStamp(device.watch!.stamps!, message.stamp, message.offset, message.clock === "unset", clockJumps);
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
