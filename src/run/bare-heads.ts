/** Messages that may get lines and that no rule asks for so far: nothing is made of one before such a line comes.
 *
 * The first line on a hop that goes the usual way has the heads of that hop made: from there on they are held like any
 * others. Most of them have had their time by then, and nothing would have come of them. */
import { hopOf } from "../detect/hop.ts";
import type { DeviceState } from "../detect/state.ts";
import type { Event, Frame, Millis } from "../model.ts";
import type { LineTime } from "../parse/clock.ts";
import { BEHIND, type Head, HOLD, MAX_HELD } from "../parse/join.ts";
import { parseLine } from "../parse/parse.ts";
import { Assembler } from "./assembler.ts";
import { Clocks } from "./clocks.ts";
import { toEvent } from "./event.ts";
import type { Sender } from "./senders.ts";
import { AS_SAID, type TimedLine, timedLine } from "./session.ts";

interface BareHead {
  sender: Sender;
  at: Millis;
  counter: number;
  order: number;
  /** As it came; ASCII. */
  line: string;
}

/** Hops with heads; beyond this those whose heads have all had their time are forgotten. */
const MANY = 4_096;

/** Heads as lines, by hop as devices' records name it. */
export class BareHeads {
  readonly #assembler: Assembler;
  readonly #hops = new Map<string, BareHead[]>();
  #many = MANY;

  constructor(assembler: Assembler) {
    this.#assembler = assembler;
  }

  add(head: BareHead): void {
    const hop = head.sender.hopName;
    let heads = this.#hops.get(hop);
    if (heads === undefined) {
      if (this.#hops.size >= this.#many) this.#sweep();
      heads = [];
      this.#hops.set(hop, heads);
    }
    while (heads.length >= MAX_HELD || (heads.length > 0 && !isHeld(heads[0]!))) heads.shift();
    heads.push(head);
  }

  /** A line goes the usual way: heads of its hop, and of the one on which its router was heard before, are held the
   * usual way from here on. */
  revive({ frame, line }: TimedLine, device: DeviceState | undefined): void {
    if (this.#hops.size === 0) return;
    const hop = hopOf(frame.from, line.relay);
    this.#revive(hop);
    if (device !== undefined && device.hop !== hop) this.#revive(device.hop);
  }

  #revive(hop: string): void {
    const heads = this.#hops.get(hop);
    if (heads === undefined) return;
    this.#hops.delete(hop);
    for (const head of heads) if (isHeld(head)) this.#assembler.enter(...this.#made(head));
  }

  /** The heads that wait, as they would be if they were held the usual way. */
  held(): Head[] {
    const assembler = new Assembler(new Clocks(), AS_SAID);
    const waiting = [...this.#hops.values()].flat().filter(isHeld);
    for (const head of waiting.sort((a, b) => a.order - b.order)) assembler.enter(...this.#made(head));
    return assembler.held();
  }

  /** Nothing comes any more. */
  clear(): void {
    this.#hops.clear();
  }

  #made({ sender, at, order, line: text }: BareHead): [Event, TimedLine, number] {
    const { transport, from, certificate, sourceAuth, hop, clockName, source, name } = sender;
    const raw = new Uint8Array(Buffer.from(text, "latin1"));
    const live: Frame = { raw, from, transport, at: transport === "file" ? null : at, flags: [], line: 0 };
    const frame = certificate === null ? live : { ...live, certificate };
    const time: LineTime = { at, source, clock: clockName, flags: [] };
    const line = parseLine(raw, transport === "file");
    const timed = timedLine({ frame, line, device: name, sourceAuth, time, hop });
    return [toEvent(timed), timed, order];
  }

  #sweep(): void {
    for (const [hop, heads] of this.#hops) if (!heads.some(isHeld)) this.#hops.delete(hop);
    this.#many = Math.max(MANY, this.#hops.size * 2);
  }
}

/** Whether the message would still be waiting: neither has its time passed, nor has its router gone on for long. */
function isHeld({ sender, at, counter }: BareHead): boolean {
  return sender.running.now < at + HOLD && (sender.device.gap.high ?? 0) - counter <= BEHIND;
}
