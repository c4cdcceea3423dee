/** Who sends: what the names of a relay and of a router lead to, found by their bytes. */
import type { DeviceState } from "../detect/state.ts";
import { hashBytes, hashText, Spellings } from "../hash.ts";
import { type Certificate, deviceKey, type SourceAuth, type TimeSource, type Transport } from "../model.ts";
import { type ClockState, clockOf } from "../parse/clock.ts";
import { isIdentity } from "../parse/identity.ts";
import type { QuickReader } from "../parse/quick/read.ts";
import type { RunningClock } from "./clocks.ts";
import type { QuickParts, Received } from "./quick.ts";
import { senderWord } from "./sender-word.ts";
import type { TimedLine } from "./session.ts";

/** Senders remembered; then the memory starts again. */
const MAX_SENDERS = 131_072;
/** After so many that were met, or as many as there are, those go whose router has left memory: it would be kept there
 * by them. */
const MET = 4_096;

/** Everything that ordinary lines of one sender need, looked up once. */
export interface Sender {
  hash: number;
  /** Socket address, or the file. */
  from: string;
  transport: Transport;
  certificate: Certificate | null;
  sourceAuth: SourceAuth;
  relay: string;
  /** What the router calls itself and its node. */
  who: string;
  /** Where both are among the spellings. */
  relayPlace: number;
  whoPlace: number;
  /** The node in the prints of its messages. */
  nodeHash: number;
  /** Its address, or that of its relay, may claim its name. */
  claims: boolean;
  /** The name under which the router is known. */
  name: string;
  device: DeviceState;
  /** Its hop as messages are joined by it, and as the device's record names it. */
  hop: string;
  hopName: string;
  hopRound: number;
  clockName: string;
  source: TimeSource;
  clock: ClockState;
  running: RunningClock;
}

/** A hash table of senders. */
export class Senders {
  #slots: (Sender | undefined)[] = new Array(1_024);
  #spellings = new Spellings();
  #size = 0;
  #met = 0;

  clear(): void {
    this.#slots = new Array(1_024);
    this.#spellings = new Spellings();
    this.#size = 0;
  }

  /** The sender of the line that was just read, or null. */
  find(line: QuickReader<unknown>, received: Received | null): Sender | null {
    const { view, relayStart, relayEnd, originStart } = line;
    const whoEnd = Math.max(line.originEnd, line.nodeEnd);
    const from = received === null ? 0 : received.fromHash;
    const hash = mix(from, hashBytes(view, relayStart, relayEnd), hashBytes(view, originStart, whoEnd));
    const mask = this.#slots.length - 1;
    const spellings = this.#spellings;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const sender = this.#slots[slot];
      if (sender === undefined) return null;
      if (
        sender.hash === hash &&
        spellings.isAt(sender.whoPlace, sender.who.length, view, originStart, whoEnd) &&
        spellings.isAt(sender.relayPlace, sender.relay.length, view, relayStart, relayEnd) &&
        (received === null
          ? sender.transport === "file"
          : sender.from === received.from &&
            sender.transport === received.transport &&
            sender.certificate?.fingerprint === received.certificate?.fingerprint)
      )
        return sender;
    }
  }

  /** Enters the sender of a line that has been judged, in the place of what was known of it. */
  meet({ line, frame, device: name, sourceAuth, time, hop }: TimedLine, parts: QuickParts): void {
    const { state, session, clocks } = parts;
    const relay = line.relay ?? "";
    const origin = line.origin ?? "";
    const device = state.devices.get(deviceKey(name));
    // Without a name of its own a line of a capture is the prompt's or the file's, which may change.
    if (frame.transport === "file" && !isIdentity(origin) && !isIdentity(relay)) return;
    if (device === undefined || time.source === "order") return;
    if (++this.#met > Math.max(MET, this.#size)) this.#sweep();
    const who = [origin, line.node ?? ""].filter((part) => part !== "").join(" ");
    this.#enter({
      hash: mix(frame.transport === "file" ? 0 : hashText(senderWord(frame)), hashText(relay), hashText(who)),
      from: frame.from,
      transport: frame.transport,
      certificate: frame.certificate ?? null,
      sourceAuth,
      relay,
      who,
      relayPlace: 0,
      whoPlace: 0,
      nodeHash: hashText(line.node ?? ""),
      // A relay's address, and one that stands in for a name, claim no name.
      claims: frame.transport !== "file" && relay === "" && isIdentity(origin),
      name: name === device.facts.name ? device.facts.name : name,
      device,
      hop,
      hopName: device.hop,
      hopRound: state.hopRounds,
      clockName: time.clock,
      source: time.source,
      clock: clockOf(session.keeper, time.clock),
      running: clocks.clock(time.clock),
    });
  }

  #enter(sender: Sender): void {
    if (this.#size >= MAX_SENDERS) this.clear();
    const before = this.#slots;
    if (this.#size * 2 >= before.length) {
      this.#slots = new Array(before.length * 2);
      for (const one of before) if (one !== undefined) this.#slots[this.#slotOf(one)] = one;
    }
    const slot = this.#slotOf(sender);
    const same = this.#slots[slot];
    if (same === undefined) this.#size++;
    sender.relayPlace = same?.relayPlace ?? this.#spellings.add(sender.relay);
    sender.whoPlace = same?.whoPlace ?? this.#spellings.add(sender.who);
    this.#slots[slot] = sender;
  }

  #sweep(): void {
    const before = this.#slots;
    this.#met = 0;
    this.clear();
    for (const one of before) if (one !== undefined && !one.device.left) this.#enter(one);
  }

  /** The slot that a sender has, or may have. */
  #slotOf(sender: Sender): number {
    const mask = this.#slots.length - 1;
    let slot = sender.hash & mask;
    for (let there = this.#slots[slot]; there !== undefined && !isSame(there, sender); there = this.#slots[slot])
      slot = (slot + 1) & mask;
    return slot;
  }
}

function mix(from: number, relay: number, origin: number): number {
  const mixed = Math.imul(Math.imul(from ^ relay, 0x01000193) ^ origin, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function isSame(one: Sender, other: Sender): boolean {
  return (
    one.hash === other.hash &&
    one.from === other.from &&
    one.transport === other.transport &&
    one.certificate?.fingerprint === other.certificate?.fingerprint &&
    one.relay === other.relay &&
    one.who === other.who
  );
}
