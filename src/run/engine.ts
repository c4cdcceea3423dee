/** The engine: frames in, judged; what must be saved and told comes out. Live and replay run this code. */
import { observeCollector } from "../detect/collector.ts";
import { closeOpenBlocks, detectObservations } from "../detect/detect.ts";
import { enterDevice, enterDeviceCounter } from "../detect/device.ts";
import { type DeviceMap, enterSettings } from "../detect/device-map.ts";
import { isDuplicate } from "../detect/duplicate.ts";
import { repeatOf } from "../detect/hop.ts";
import { indexSignals } from "../detect/index-signals.ts";
import { newState } from "../detect/new-state.ts";
import type { Operations } from "../detect/observe.ts";
import { observe } from "../detect/observe.ts";
import type { Bench } from "../detect/report.ts";
import { SilenceTimers } from "../detect/silence-timers.ts";
import type { DetectState } from "../detect/state.ts";
import type { Act, DeviceSettings, Event, Frame, Millis, Outcome } from "../model.ts";
import { deviceKey } from "../model.ts";
import { continuationKind } from "../parse/continuation.ts";
import type { Head } from "../parse/join.ts";
import { QuickReader } from "../parse/quick/read.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { Assembler } from "./assembler.ts";
import { CaptureHeader } from "./capture-header.ts";
import { Clocks } from "./clocks.ts";
import { countFrame, countOutcome, newCounters, receivedBy } from "./counters.ts";
import { naming, toKnown } from "./device-map.ts";
import type { EngineOptions } from "./engine-options.ts";
import { isOwn, outcomeOf, repeatedTimes, toEvent } from "./event.ts";
import { forget } from "./forget.ts";
import { Judging } from "./judging.ts";
import { Ledger } from "./ledger.ts";
import { noteOf, QuickPath, type TagNote } from "./quick.ts";
import { Session, type TimedLine } from "./session.ts";
import { Streams } from "./streams.ts";
import { type Swapped, swapRules } from "./swap.ts";
import type { EngineWatcher } from "./watcher.ts";

/** One stream of messages under one set of rules. */
export class Engine {
  readonly counters = newCounters();
  readonly session: Session;
  readonly state: DetectState;
  readonly ledger: Ledger;
  readonly #clocks = new Clocks();
  readonly #assembler: Assembler;
  readonly #silences: SilenceTimers;
  readonly #streams = new Streams();
  readonly #bench: Bench;
  readonly #judging: Judging;
  readonly #onEvent: EngineOptions["onEvent"];
  readonly #watcher: EngineWatcher | null;
  readonly #header = new CaptureHeader();
  /** Takes ordinary lines straight from their bytes; what it leaves is for `accept`. */
  readonly quick: QuickPath;
  #order = 0;

  constructor(options: EngineOptions) {
    const map: DeviceMap = new Map();
    const names = naming(map);
    const keepsHistory = options.keepsHistory ?? true;
    const reader = new QuickReader<TagNote>((tag) => noteOf(this.#bench.index, tag, keepsHistory));
    this.session = new Session(options.policy, names);
    this.#assembler = new Assembler(this.#clocks, names);
    this.state = newState(options.rules, map, options.maxDevices, options.operations ?? null, {
      // What is not saved yet is newer than what is stored.
      recall: (key) => this.ledger.takeEvicted(key) ?? options.recall?.(key) ?? null,
      evicted: (key, device) => forget(this.ledger, this.counters.shed, key, device),
    });
    this.#silences = new SilenceTimers(this.state, (clock, timer) => this.#clocks.put(clock, timer));
    this.ledger = new Ledger(this.state, this.counters, keepsHistory);
    this.#onEvent = options.onEvent;
    this.#watcher = options.watcher ?? null;
    this.#bench = {
      watcher: this.#watcher,
      state: this.state,
      index: indexSignals(options.rules),
      put: (clock, timer) => this.#clocks.put(clock, timer),
    };
    const { session, state, ledger, counters } = this;
    const parts = {
      // Whoever is told of every message needs every message made.
      isOff: options.quick === false || options.onEvent !== undefined || options.watcher !== undefined,
      reader,
      bench: this.#bench,
      header: this.#header,
      state,
      session,
      clocks: this.#clocks,
      assembler: this.#assembler,
      ledger,
      silences: this.#silences,
      counters,
      tell: (event: Event, order: number) => this.#tell(event, order),
      take: () => ++this.#order,
    };
    const judging = new Judging(parts);
    this.#judging = judging;
    this.quick = new QuickPath({ ...parts, advance: (clock, now) => judging.advance(clock, now) });
  }

  /** Takes one frame as it came. */
  accept(frame: Frame): void {
    countFrame(this.counters, frame);
    const lines = this.session.push(frame);
    for (const line of lines) this.#enter(line);
    if (lines.length === 1) this.quick.met(lines[0]!);
  }

  /** Time passes on the shared clock although no message comes. */
  tick(now: Millis): void {
    this.session.now = Math.max(this.session.now ?? now, now);
    this.#judging.advance("", now);
    if (this.state.collector.loss === null) return;
    this.#judging.decide(detectObservations(this.#bench, observeCollector(this.state, receivedBy(this.counters), now)));
  }

  /** The input has ended: lines that were held and blocks that are open count as whole. `until` moves time on. */
  finish(until: Millis | null = null): void {
    for (const line of this.session.end()) this.#enter(line);
    if (until !== null) for (const clock of this.#clocks.names()) this.#judging.advance(clock, until);
    this.quick.heads.clear();
    for (const head of this.#assembler.held()) this.#judging.judge(this.#assembler.release(head));
    this.#judging.decide(closeOpenBlocks(this.#bench));
  }

  /** Takes what operators say of devices; their open alerts are judged anew. */
  know(settings: readonly DeviceSettings[], at: Millis): void {
    if (settings.length > 0) this.quick.forget();
    for (const device of enterSettings(this.state, settings.map(toKnown))) this.ledger.exposureChanged(device, at);
  }

  /** Other bounds for what is observed of the routers' logging, and for how many routers are remembered. */
  bound(operations: Operations | null, maxDevices: number): void {
    const isNew = this.state.operations?.silence == null && operations?.silence != null;
    Object.assign(this.state, { operations, maxDevices });
    if (isNew) this.#silences.resume();
  }

  /** Puts other rules in force between two messages. */
  swap(rules: CompiledRule[]): Swapped {
    this.quick.forget();
    return swapRules(this.#bench, this.ledger, rules, Math.max(this.session.latest ?? 0, this.session.now ?? 0));
  }

  /** Applies an operator's act, already stored and told, to the alert in memory. */
  act(act: Act): void {
    this.#judging.decide(this.ledger.act(act, this.#bench.put));
  }

  /** Heads that wait for their lines, for keeping over a restart. */
  held(): Head[] {
    return [...this.quick.heads.held(), ...this.#assembler.held()];
  }

  /** Puts back what was stored: groups with their timers, and heads. */
  restore(heads: Head[]): void {
    this.#judging.resume();
    this.#assembler.restore(heads);
  }

  #enter(timed: TimedLine): void {
    const { line, frame, time } = timed;
    this.#order++;
    this.quick.heads.revive(timed, this.state.devices.get(deviceKey(timed.device)));
    // Before time moves on: in a capture a message waits for its own lines only, not for a time.
    if (line.head) this.#judging.all(this.#assembler.brief(timed.hop));
    this.#judging.advance(time.clock, time.at);
    if (line.text === "" && line.tag === null && line.prompt === null) {
      this.#outcome("empty", timed);
      if (line.pri !== null) this.#tell(toEvent(timed), this.#order);
      return;
    }
    if (!line.head && this.#continue(timed)) return;
    const event = toEvent(timed);
    if (!line.head) event.flags.push(...this.#assembler.orphanFlags(timed));
    const outcome = outcomeOf(event);
    if (outcome === "unparsed") {
      this.#judging.all(this.#assembler.ended(timed.hop, null, null));
      this.#header.note(event);
      this.#outcome("unparsed", timed);
      this.ledger.keepUnparsed({ at: event.at, source: frame.from, line: event.raw });
      this.#tell(event, this.#order);
      return;
    }
    // It is about no router: whoever sends our alerts back to us must not raise one more.
    if (outcome === "foreign" && isOwn(event)) {
      this.#outcome("foreign", timed);
      this.#tell(event, this.#order);
      return;
    }
    const { device, duplicate, osChanged, history } = enterDevice(this.state, event);
    for (const fact of history) this.ledger.deviceEvent(fact, device);
    this.#header.enter(device, event);
    const observed = observe(this.state, device, event, time.clock, history);
    if (observed.length > 0) this.#judging.decide(detectObservations(this.#bench, observed));
    this.#silences.wait(device);
    if (duplicate) {
      this.#outcome("duplicate", timed);
      event.flags.push("duplicate");
      this.#tell(event, this.#order);
      return;
    }
    if (osChanged) this.ledger.exposureChanged(device, event.at);
    this.#streams.trustFirstCut(event, device);
    // A number that is far from all others may be forged: it ends no message.
    const own = line.head && (line.counter === null || line.counter !== device.gap.doubted) ? timed.device : null;
    const times = repeatedTimes(event);
    if (times === null) this.#judging.all(this.#assembler.ended(timed.hop, own, line.counter));
    this.#outcome(outcome, timed);
    if (times !== null || !event.flags.includes("untrusted-tag")) this.ledger.recent.note(device, event.at, frame.raw);
    // What was repeated may still wait for its lines.
    const waits = times !== null && this.#assembler.repeat([device, repeatOf(this.state, device, event)], event, times);
    if (waits) this.#tell(event, this.#order);
    const whole = waits ? null : this.#assembler.enter(event, timed, this.#order);
    if (whole !== null) this.#judging.judge(whole);
  }

  /** Joins a line to its head; false when it has none. */
  #continue(timed: TimedLine): boolean {
    const found = continuationKind(timed.line.text);
    if (found === null) return false;
    const owner = this.#assembler.find(timed, found);
    if ("flag" in owner) return false;
    const device = this.state.devices.get(deviceKey(owner.head.event.device));
    if (device !== undefined) this.state.dirtyDevices.add(device.key);
    if (owner.duplicate || (device !== undefined && isDuplicate(device.recent, toEvent(timed)))) {
      if (device !== undefined) device.facts.duplicates++;
      this.#outcome("duplicate", timed, owner.head);
      return true;
    }
    if (device !== undefined) {
      enterDeviceCounter(device, timed.line.counter);
      this.ledger.recent.note(device, timed.time.at, timed.frame.raw);
    }
    this.#outcome("joined", timed, owner.head);
    const whole = this.#assembler.add(owner.head, timed, found);
    if (whole !== null) this.#judging.judge(whole);
    return true;
  }

  #tell(event: Event, order: number): void {
    if (this.#onEvent === undefined) return;
    this.#onEvent(event, order, this.#assembler.settled(this.#order));
  }

  #outcome(outcome: Outcome, timed: TimedLine, head: Head | null = null): void {
    countOutcome(this.counters, outcome);
    this.#watcher?.ended(timed, this.#order, outcome, head === null ? null : this.#assembler.orderOf(head));
  }
}
