/** The quick path: ordinary lines are entered straight from their bytes, and no object is made for them.
 *
 * It takes a line only when it is certain that the usual way would do no more than this: move a clock on, count, and
 * remember the line. Everything else, from a tag that a rule asks for to a counter that does not follow on, is left
 * untouched to the usual way. `test/run/quick.test.ts` holds both ways to the same alerts, counters and facts. */
import type { SignalIndex } from "../detect/index-signals.ts";
import { Literals } from "../detect/literals.ts";
import { enterOrdinary, goesOn, isCopy, type OrdinaryMessage, ordinaryUnless } from "../detect/ordinary.ts";
import { finishPrint, type PrintParts } from "../detect/print.ts";
import type { Bench } from "../detect/report.ts";
import type { SilenceTimers } from "../detect/silence-timers.ts";
import type { DetectState } from "../detect/state.ts";
import { hashBytes } from "../hash.ts";
import type { Certificate, Counters, Millis, Tag, Transport } from "../model.ts";
import { taggedReason } from "../parse/dialect.ts";
import { emptyHeader } from "../parse/header.ts";
import { endOfLines, linesAfter } from "../parse/join.ts";
import { trimmedEnd } from "../parse/quick/bytes.ts";
import { mayBeXePrefix } from "../parse/quick/look.ts";
import type { QuickReader } from "../parse/quick/read.ts";
import { moveOn, movesOn, QuickCalendar } from "../parse/quick/time.ts";
import { textOf } from "../parse/quick/words.ts";
import { mayBeWrapped } from "../source/capture.ts";
import type { Assembler } from "./assembler.ts";
import { BareHeads } from "./bare-heads.ts";
import type { CaptureHeader } from "./capture-header.ts";
import type { Clocks } from "./clocks.ts";
import type { Ledger } from "./ledger.ts";
import { type Sender, Senders } from "./senders.ts";
import type { Session, TimedLine } from "./session.ts";

/** What the quick path asks of a tag, once for each. */
export interface TagNote {
  /** Null: messages with this tag go the usual way. */
  dialect: "ios" | "ios-xe" | null;
  /** So do those with one of these in their text. */
  unless: Literals;
  /** Lines may follow the message. */
  isHead: boolean;
}

/** The parts of an engine that ordinary lines touch. */
export interface QuickParts {
  /** Nothing is taken. */
  isOff: boolean;
  reader: QuickReader<TagNote>;
  state: DetectState;
  session: Session;
  bench: Bench;
  header: CaptureHeader;
  clocks: Clocks;
  assembler: Assembler;
  ledger: Ledger;
  silences: SilenceTimers;
  counters: Counters;
  /** Fires what is due on a clock by then. */
  advance(clock: string, now: Millis): void;
  /** Told of each line that is taken; gives its number. */
  take(): number;
}

/** Judges by a tag alone whether messages with it are ordinary; and which system prints it, where a clock says IOS. */
export function noteOf(index: SignalIndex, tag: Tag, keepsHistory: boolean): TagNote {
  const unless = ordinaryUnless(index, tag, keepsHistory);
  const lines = linesAfter(tag);
  if (unless === null) return { dialect: null, unless: NONE, isHead: false };
  if (lines !== null) unless.push(endOfLines(lines));
  const reason = taggedReason({ ...emptyHeader(), origin: "r1" }, tag, { spaced: false, bare: false }, "");
  const dialect = reason === "ios-tag" ? "ios" : reason === "xe-facility" ? "ios-xe" : null;
  return { dialect, unless: unless.length === 0 ? NONE : new Literals(unless), isHead: lines !== null };
}

const NONE = new Literals([]);

/** Takes lines for one engine. */
export class QuickPath {
  readonly #parts: QuickParts;
  readonly #senders = new Senders();
  readonly #calendar = new QuickCalendar();
  readonly #print: PrintParts = { counter: 0, sequence: 0, clock: 0, node: 0, tag: 0 };
  /** The line that is looked at. */
  readonly #message: OrdinaryMessage = {
    at: 0,
    clockName: "",
    severity: 0,
    counter: 0,
    dialect: "ios",
    clock: "ok",
    stamp: 0,
    offset: null,
    address: null,
  };

  /** The sender of the last line was not known. */
  #missed = false;

  /** Messages that may get lines. */
  readonly heads: BareHeads;

  constructor(parts: QuickParts) {
    this.#parts = parts;
    this.heads = new BareHeads(parts.assembler);
  }

  /** Bytes from which lines will be offered; nobody may change them any more. */
  beginRun(bytes: Uint8Array): void {
    this.#parts.reader.open(bytes);
    this.#parts.ledger.recent.beginRun(bytes);
  }

  /** Offers the line of a capture that begins at `from`: its end when it was taken, else -1. */
  offer(from: number, limit: number): number {
    const { reader, isOff } = this.#parts;
    const end = isOff ? -1 : reader.read(from, limit, true);
    if (end === -1 || (reader.relayed && mayBeWrapped(end - from))) return -1;
    return this.#take(from, end, null) ? end : -1;
  }

  /** Offers a message as it was received; false when it was not taken. */
  offerReceived(from: number, to: number, received: Received): boolean {
    const { reader, isOff } = this.#parts;
    if (isOff || reader.read(from, trimmedEnd(reader.bytes, from, to), false) === -1) return false;
    return this.#take(from, to, received);
  }

  /** The line that was not taken last has gone the usual way: if its sender was not known, it is from now on. */
  met(timed: TimedLine): void {
    if (!this.#missed) return;
    this.#missed = false;
    this.#senders.meet(timed, this.#parts);
  }

  /** What is known of senders may no longer hold. */
  forget(): void {
    this.#senders.clear();
    this.#parts.reader.forgetTags();
  }

  #take(from: number, end: number, received: Received | null): boolean {
    const { reader, bench, header, session, counters, state, ledger } = this.#parts;
    const { dialect, unless, isHead } = reader.word!.value!.note;
    if (dialect === null || session.isWaiting || header.isPending) return false;
    const sender = this.#senders.find(reader, received);
    this.#missed = sender === null || !this.#isCurrent(sender);
    if (sender === null || this.#missed) return false;
    const at = received === null ? this.#instant(sender) : received.at;
    if (!movesOn(sender.clock, at)) return false;
    this.#describe(sender, dialect, at, received);
    if (!this.#isOrdinary(sender, isHead)) return false;
    const { text, bytes } = reader;
    if (bench.index.literals.isIn(bytes, text.start, text.end) || unless.isIn(bytes, text.start, text.end))
      return false;
    const next = sender.running.timers.next();
    if (next !== null && next <= at) {
      // Whatever comes due may change what was just found out.
      this.#parts.advance(sender.clockName, at);
      if (!this.#isCurrent(sender) || !this.#isOrdinary(sender, isHead)) return false;
    }
    const { device } = sender;
    const print = this.#printOf(sender);
    if (isCopy(device, print, at)) return false;

    enterOrdinary(state, device, this.#message, print);
    this.#moveOn(sender, at, received);
    if (received !== null) device.facts.address = received.from;
    counters.received[sender.transport]++;
    counters.bytes[sender.transport] += end - from;
    counters.outcomes.parsed++;
    if (state.operations !== null) this.#parts.silences.wait(device);
    ledger.recent.noteIn(device, at, from, end);
    const order = this.#parts.take();
    if (isHead) this.heads.add({ sender, at, counter: reader.counter, order, line: textOf(bytes, from, end) });
    return true;
  }

  /** Whether what was looked up for a sender is still so. */
  #isCurrent({ device, hopName, hopRound }: Sender): boolean {
    const { state } = this.#parts;
    return device.hop === hopName && hopRound === state.hopRounds && !device.left;
  }

  /** Whether its sender goes on as before with it, and no message that waits for lines is touched: one that may get
   * lines itself lines up behind them. */
  #isOrdinary({ device, hop }: Sender, isHead: boolean): boolean {
    const { reader, state, assembler } = this.#parts;
    if (!assembler.isIdle(hop) && (isHead || !assembler.endsNone(hop, device.key, reader.counter))) return false;
    const isXr = reader.nodeEnd > reader.nodeStart;
    if (!isXr && device.facts.dialect === "ios" && mayBeXePrefix(reader.bytes, reader.text.start)) return false;
    return goesOn(state, device, this.#message);
  }

  #instant(sender: Sender): Millis {
    const { reader, session } = this.#parts;
    return this.#calendar.instant(session.keeper, sender.clock, reader.relayed ? reader.relayStamp : reader.clock);
  }

  /** Tells in numbers what was read. */
  #describe({ claims, clockName }: Sender, dialect: "ios" | "ios-xe", at: Millis, received: Received | null): void {
    const { reader, state } = this.#parts;
    const message = this.#message;
    message.at = at;
    message.clockName = clockName;
    message.severity = reader.word!.value!.tag.severity;
    message.counter = reader.counter;
    message.dialect = reader.nodeEnd > reader.nodeStart ? "ios-xr" : dialect;
    const { mark } = reader.clock;
    message.clock = mark === 0 ? "ok" : mark === STAR ? "unset" : "unsynced";
    message.address = claims ? received!.from : null;
    if (state.operations === null) return;
    const isOwn = received === null && !reader.relayed;
    message.stamp = isOwn ? at : this.#calendar.nearest(at, reader.clock);
    message.offset = isOwn ? null : message.stamp - at;
  }

  #printOf({ nodeHash }: Sender): number {
    const { reader } = this.#parts;
    const print = this.#print;
    print.counter = reader.counter;
    print.sequence = reader.sequence;
    print.clock = hashBytes(reader.view, reader.clock.start, reader.clockEnd);
    print.node = nodeHash;
    print.tag = reader.word!.hash;
    return finishPrint(reader.text.print, print);
  }

  #moveOn(sender: Sender, at: Millis, received: Received | null): void {
    const { reader, session } = this.#parts;
    if (received === null) {
      const stamp = reader.relayed ? reader.relayStamp : reader.clock;
      moveOn(session.keeper, sender.clockName, sender.clock, at, stamp);
    } else sender.clock.now = at;
    if (at > sender.running.now) sender.running.now = at;
  }
}

/** By what a message was received, and when. */
export interface Received {
  at: Millis;
  transport: Transport;
  from: string;
  certificate: Certificate | null;
  /** Of the word that stands for both. */
  fromHash: number;
}

const STAR = 0x2a;
