/** The engine: frames in, judged; what must be saved and told comes out. Live and replay run this code. */
import type { Bench, Decision } from "../detect/detect.ts";
import { closeOpenBlocks, detect, detectRepeat, detectTimer } from "../detect/detect.ts";
import { deviceOf, enterDevice, enterDeviceCounter, learn } from "../detect/device.ts";
import { isDuplicate } from "../detect/duplicate.ts";
import { indexSignals } from "../detect/index-signals.ts";
import type { DetectState, DeviceState } from "../detect/state.ts";
import type { Timer } from "../detect/timers.ts";
import type { Act, Event, EventFlag, Frame, Millis, Outcome } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { YearPolicy } from "../parse/clock.ts";
import { type ContinuationKind, continuationKind } from "../parse/continuation.ts";
import {
  addLine,
  createJoinState,
  endedBy,
  expectedLines,
  findHead,
  type Head,
  HOLD,
  heldBriefly,
  heldHeads,
  hold,
  release,
} from "../parse/join.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { Clocks } from "./clocks.ts";
import { countFrame, countOutcome, newCounters } from "./counters.ts";
import { outcomeOf, repeatedTimes, toEvent } from "./event.ts";
import { Ledger } from "./ledger.ts";
import { Session, type TimedLine } from "./session.ts";

export interface EngineOptions {
  rules: CompiledRule[];
  policy: YearPolicy;
  maxDevices: number;
  /** Told of every message once it is whole, with the number of its first frame; every message up to `settled` is out. */
  onEvent?: (event: Event, order: number, settled: number) => void;
  recall?: (key: string) => DeviceState | null;
}

const ALL_KINDS: ContinuationKind[] = ["pool", "process", "traceback", "banner", "indented"];

/** One stream of messages under one set of rules. */
export class Engine {
  readonly counters = newCounters();
  readonly session: Session;
  readonly state: DetectState;
  readonly ledger: Ledger;
  readonly #joins = createJoinState();
  readonly #clocks = new Clocks();
  readonly #bench: Bench;
  readonly #onEvent: EngineOptions["onEvent"];
  readonly #held = new Map<string, Head>();
  readonly #orders = new Map<number, number>();
  #order = 0;

  constructor(options: EngineOptions) {
    this.session = new Session(options.policy);
    this.state = {
      rules: options.rules,
      groups: new Map(),
      groupsByDevice: new Map(),
      devices: new Map(),
      dirtyGroups: new Set(),
      dropped: new Set(),
      dirtyDevices: new Set(),
      maxDevices: options.maxDevices,
      // What is not saved yet is newer than what is stored.
      recall: (key) => this.ledger.takeEvicted(key) ?? options.recall?.(key) ?? null,
      evicted: (key, device) => this.ledger.evicted.set(key, device),
    };
    this.ledger = new Ledger(this.state);
    this.#onEvent = options.onEvent;
    this.#bench = {
      state: this.state,
      index: indexSignals(options.rules),
      put: (clock, timer) => this.#clocks.put(clock, timer),
    };
  }

  /** Takes one frame as it came. */
  accept(frame: Frame): void {
    countFrame(this.counters, frame);
    for (const line of this.session.push(frame)) this.#enter(line);
  }

  /** Time passes on the shared clock although no message comes. */
  tick(now: Millis): void {
    this.session.now = Math.max(this.session.now ?? now, now);
    this.#advance("", now);
  }

  /** The input has ended: lines that were held and blocks that are open count as whole. `until` moves time on. */
  finish(until: Millis | null = null): void {
    for (const line of this.session.end()) this.#enter(line);
    if (until !== null) for (const clock of this.#clocks.names()) this.#advance(clock, until);
    for (const head of heldHeads(this.#joins)) this.#release(head);
    this.#decide(closeOpenBlocks(this.#bench));
  }

  /** Applies an operator's act, already stored and told, to the alert in memory. */
  act(act: Act): void {
    this.#decide(this.ledger.act(act, this.#bench.put));
  }

  /** Heads that wait for their lines, for keeping over a restart. */
  held(): Head[] {
    return heldHeads(this.#joins);
  }

  /** Puts back what was stored: groups with their timers, and heads. */
  restore(heads: Head[]): void {
    for (const [key, group] of this.state.groups) {
      for (const [kind, due] of Object.entries(group.timers)) {
        this.#clocks.put(group.clock, { due, rule: group.rule, group: key, kind: kind as Timer["kind"] });
      }
    }
    for (const head of heads) {
      const { held } = hold(this.#joins, head);
      held.parts = head.parts;
      this.#putHold(held);
    }
  }

  #enter(timed: TimedLine): void {
    const { line, frame, time } = timed;
    this.#order++;
    // Before time moves on: in a capture a message waits for its own lines only, not for a time.
    if (line.head) for (const head of heldBriefly(this.#joins, timed.hop)) this.#release(head);
    this.#advance(time.clock, time.at);
    if (line.text === "" && line.tag === null && line.prompt === null) {
      this.#outcome("empty");
      return;
    }
    if (!line.head && this.#continue(timed)) return;
    const event = toEvent(timed);
    if (!line.head) this.#flagOrphan(event, timed);
    const outcome = outcomeOf(event);
    if (outcome === "unparsed") {
      this.#endHeads(timed, null);
      this.#outcome("unparsed");
      this.ledger.keepUnparsed({ at: event.at, source: frame.from, line: event.raw });
      this.#tell(event, this.#order);
      return;
    }
    const { device, duplicate } = enterDevice(this.state, event);
    if (duplicate) {
      this.#outcome("duplicate");
      event.flags.push("duplicate");
      this.#tell(event, this.#order);
      return;
    }
    // A repetition speaks of the message before it, which must have been judged, whatever its counter.
    this.#endHeads(timed, repeatedTimes(event) === null ? line.counter : null);
    this.#outcome(outcome);
    const lines = expectedLines(event);
    const brief = frame.transport === "file" && line.head && line.pri === null && line.relay === null;
    if (lines === null && !brief) {
      this.#judge(event, time.clock, device, this.#order);
      return;
    }
    const head = {
      hop: timed.hop,
      event,
      clock: time.clock,
      due: event.at + HOLD,
      ...(lines ?? BRIEF),
      briefly: brief && lines === null,
    };
    const { held, pushed } = hold(this.#joins, head);
    this.#orders.set(held.id, this.#order);
    this.#putHold(held);
    if (pushed !== null) this.#release(pushed);
  }

  #endHeads(timed: TimedLine, counter: number | null): void {
    const device = timed.line.head ? timed.device : null;
    for (const head of endedBy(this.#joins, timed.hop, device, counter)) this.#release(head);
  }

  /** Joins a line to its head; false when it has none. */
  #continue(timed: TimedLine): boolean {
    const { line, frame, hop } = timed;
    const found = continuationKind(line.text);
    if (found === null) return false;
    const owner = findHead(this.#joins, hop, found.kind, found.origin ?? line.origin, line.counter);
    if ("flag" in owner) return false;
    const device = this.state.devices.get(deviceKey(owner.head.event.device));
    if (owner.duplicate || (device !== undefined && isDuplicate(device.recent, toEvent(timed)))) {
      if (device !== undefined) device.facts.duplicates++;
      this.#outcome("duplicate");
      return true;
    }
    if (device !== undefined) enterDeviceCounter(device, line.counter);
    this.#outcome("joined");
    if (addLine(owner.head, found.kind, line.counter, found.text, frame.raw)) this.#release(owner.head);
    return true;
  }

  #flagOrphan(event: Event, { line, hop }: TimedLine): void {
    const found = continuationKind(event.text);
    if (found === null) return;
    const owner = findHead(this.#joins, hop, found.kind, found.origin ?? line.origin, line.counter);
    const flag: EventFlag = "flag" in owner ? owner.flag : "continuation";
    event.flags.push(flag);
  }

  #release(head: Head): void {
    const event = release(this.#joins, head);
    const order = this.#orders.get(head.id) ?? 0;
    this.#orders.delete(head.id);
    this.#held.delete(holdName(head));
    const device = deviceOf(this.state, event);
    this.#judge(event, head.clock, device, order);
  }

  #judge(event: Event, clock: string, device: DeviceState, order: number): void {
    this.#tell(event, order);
    for (const fact of learn(device, event)) this.ledger.deviceEvent(fact, device);
    if (event.flags.includes("untrusted-tag")) return;
    const times = repeatedTimes(event);
    if (times !== null) this.#decide(detectRepeat(this.#bench, device, event, clock, times));
    else this.#decide(detect(this.#bench, device, event, clock));
    this.ledger.recent.note(event);
  }

  /** Fires what is due on a clock at or before `now`, in order. */
  #advance(name: string, now: Millis): void {
    for (const timer of this.#clocks.advance(name, now, (one) => this.#dueOf(one))) {
      if (timer.kind === "hold") this.#release(this.#heldBy(timer)!);
      else this.#decide(detectTimer(this.#bench, timer));
    }
  }

  #dueOf(timer: Timer): Millis | undefined {
    return timer.kind === "hold" ? this.#heldBy(timer)?.due : this.state.groups.get(timer.group)?.timers[timer.kind];
  }

  #heldBy(timer: Timer): Head | undefined {
    return this.#held.get(timer.group);
  }

  #decide(decisions: Decision[]): void {
    for (const decision of decisions) this.ledger.enter(decision);
  }

  #putHold(head: Head): void {
    this.#held.set(holdName(head), head);
    this.#clocks.put(head.clock, { due: head.due, rule: "", group: holdName(head), kind: "hold" });
  }

  #tell(event: Event, order: number): void {
    if (this.#onEvent === undefined) return;
    let settled = this.#order;
    for (const held of this.#orders.values()) settled = Math.min(settled, held - 1);
    this.#onEvent(event, order, settled);
  }

  #outcome(outcome: Outcome): void {
    countOutcome(this.counters, outcome);
  }
}

/** In a capture of one terminal every line may have lines after it. */
const BRIEF: Pick<Head, "kinds" | "last" | "lastText"> = { kinds: ALL_KINDS, last: "traceback", lastText: null };

/** Names sort like the ids, so that heads due at the same time are judged in the order in which they came. */
function holdName(head: Head): string {
  return String(head.id).padStart(15, "0");
}
