/** Messages of several datagrams: heads that wait for their lines, by hop. */
import { isLatest } from "../detect/device.ts";
import type { DeviceState } from "../detect/state.ts";
import type { Event, EventFlag, Millis } from "../model.ts";
import { deviceKey } from "../model.ts";
import { type Continuation, type ContinuationKind, continuationKind } from "../parse/continuation.ts";
import {
  addLine,
  createJoinState,
  endedBy,
  expectedLines,
  type Found,
  findHead,
  type Head,
  HOLD,
  heldBriefly,
  heldHeads,
  hold,
  isEndedBy,
  release,
} from "../parse/join.ts";
import type { Clocks } from "./clocks.ts";
import type { Naming, TimedLine } from "./session.ts";

const ALL_KINDS: ContinuationKind[] = ["pool", "process", "traceback", "banner", "indented"];
/** In a capture of one terminal every line may have lines after it. */
const BRIEF: Pick<Head, "kinds" | "last" | "lastText"> = { kinds: ALL_KINDS, last: "traceback", lastText: null };

/** A message that is whole, with its clock and the number of its first frame. */
export interface Whole {
  event: Event;
  clock: string;
  order: number;
  /** A repetition that speaks of it, and how often. */
  repeated: Head["repeated"];
}

/** Holds heads and puts lines to them; timers of kind `hold` let them go. */
export class Assembler {
  readonly #joins = createJoinState();
  readonly #held = new Map<string, Head>();
  readonly #ofDevice = new Map<string, Head[]>();
  #brief = 0;
  readonly #orders = new Map<number, number>();
  readonly #clocks: Clocks;
  readonly #naming: Naming;

  constructor(clocks: Clocks, naming: Naming) {
    this.#clocks = clocks;
    this.#naming = naming;
  }

  /** Holds a message that may get lines; gives what has to go to make room, or the message itself when it stands alone. */
  enter(event: Event, timed: TimedLine, order: number): Whole | null {
    const { line, frame, time, hop } = timed;
    const lines = expectedLines(event);
    const brief = frame.transport === "file" && line.head && line.pri === null && line.relay === null;
    if (lines === null && !brief) return { event, clock: time.clock, order, repeated: null };
    const due = event.at + HOLD;
    const { kinds, last, lastText } = lines ?? BRIEF;
    const head = { hop, event, clock: time.clock, due, kinds, last, lastText, briefly: brief && lines === null };
    const { held, pushed } = hold(this.#joins, head);
    this.#orders.set(held.id, order);
    this.#wait(held);
    return pushed === null ? null : this.release(pushed);
  }

  /** Whether no message of this hop waits for lines. */
  isIdle(hop: string): boolean {
    return this.#joins.hops.size === 0 || !this.#joins.hops.has(hop);
  }

  /** Whether a header of this device ends no message of this hop. */
  endsNone(hop: string, device: string, counter: number): boolean {
    const own = this.#ofDevice.get(device);
    return this.#brief === 0 && !own?.some((head) => head.hop === hop && isEndedBy(head, counter));
  }

  /** The head that a continuation line belongs to. */
  find({ line, frame, hop }: TimedLine, found: Continuation): Found {
    const said = found.origin ?? line.origin;
    const origin = said === null ? null : this.#naming.name(said, frame, line.relay);
    return findHead(this.#joins, hop, found.kind, origin, line.counter, found.text);
  }

  /** What to say of a continuation line that stays alone. */
  orphanFlags(timed: TimedLine): EventFlag[] {
    const found = continuationKind(timed.line.text);
    if (found === null) return [];
    const owner = this.find(timed, found);
    return ["flag" in owner ? owner.flag : "continuation"];
  }

  /** Adds a line to its head; gives the message when that was its last. */
  add(head: Head, { line, frame }: TimedLine, found: Continuation): Whole | null {
    return addLine(head, found.kind, line.counter, found.text, frame.raw) ? this.release(head) : null;
  }

  /** Notes a repetition of the newest message of the first of these devices that waits for its lines, on whatever hop;
   * false where none does. */
  repeat(devices: readonly DeviceState[], event: Event, times: number): boolean {
    for (const device of devices) {
      const head = this.#ofDevice.get(device.key)?.at(-1);
      if (head === undefined || !isLatest(device, head.event)) continue;
      head.repeated = { event, times: times + (head.repeated?.times ?? 0) };
      return true;
    }
    return false;
  }

  /** Messages of a capture that wait only for the next line. */
  *brief(hop: string): Generator<Whole> {
    for (const head of heldBriefly(this.#joins, hop)) yield this.release(head);
  }

  /** Messages that a header of this device (or any, null) on this hop ends. */
  *ended(hop: string, device: string | null, counter: number | null): Generator<Whole> {
    for (const head of endedBy(this.#joins, hop, device, counter)) yield this.release(head);
  }

  /** When the head of a timer is due; undefined when it has gone. */
  dueOf(name: string): Millis | undefined {
    return this.#held.get(name)?.due;
  }

  /** The message of a timer that is due. */
  releaseBy(name: string): Whole {
    return this.release(this.#held.get(name)!);
  }

  /** Every head that is held, in the order of arrival. */
  held(): Head[] {
    return heldHeads(this.#joins);
  }

  /** The number of a head's own frame; 0 for one that was held before this run. */
  orderOf(head: Head): number {
    return this.#orders.get(head.id) ?? 0;
  }

  release(head: Head): Whole {
    const order = this.orderOf(head);
    this.#orders.delete(head.id);
    this.#held.delete(holdName(head));
    if (head.briefly) this.#brief--;
    const key = deviceKey(head.event.device);
    const others = this.#ofDevice.get(key)!.filter((one) => one !== head);
    if (others.length === 0) this.#ofDevice.delete(key);
    else this.#ofDevice.set(key, others);
    return { event: release(this.#joins, head), clock: head.clock, order, repeated: head.repeated };
  }

  /** Puts back heads that were stored. */
  restore(heads: Head[]): void {
    for (const head of heads) {
      const { held } = hold(this.#joins, head);
      held.parts = head.parts;
      held.repeated = head.repeated;
      this.#wait(held);
    }
  }

  /** Every message up to this number is out, when `order` is the newest. */
  settled(order: number): number {
    let settled = order;
    for (const held of this.#orders.values()) settled = Math.min(settled, held - 1);
    return settled;
  }

  #wait(head: Head): void {
    this.#held.set(holdName(head), head);
    if (head.briefly) this.#brief++;
    const key = deviceKey(head.event.device);
    this.#ofDevice.set(key, [...(this.#ofDevice.get(key) ?? []), head]);
    this.#clocks.put(head.clock, { due: head.due, rule: "", group: holdName(head), kind: "hold" });
  }
}

/** Names sort like the ids, so that heads due at the same time are judged in the order in which they came. */
function holdName(head: Head): string {
  return String(head.id).padStart(15, "0");
}
