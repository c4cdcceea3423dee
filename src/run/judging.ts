/** Whole messages, and what falls due, in the order of time: each is judged, and what follows from it is entered. */
import { apartFact } from "../detect/conflict.ts";
import { detect, detectObservations, detectRepeat, detectTimer } from "../detect/detect.ts";
import { deviceOf, learn } from "../detect/device.ts";
import { enterFleet } from "../detect/fleet.ts";
import { repeatOf } from "../detect/hop.ts";
import type { Bench, Decision } from "../detect/report.ts";
import type { SilenceTimers } from "../detect/silence-timers.ts";
import type { Timer } from "../detect/timers.ts";
import type { Event, Millis } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { Assembler, Whole } from "./assembler.ts";
import type { Clocks } from "./clocks.ts";
import { repeatedTimes } from "./event.ts";
import type { Ledger } from "./ledger.ts";

/** The parts of an engine that judgement touches. */
export interface JudgingParts {
  bench: Bench;
  clocks: Clocks;
  assembler: Assembler;
  silences: SilenceTimers;
  ledger: Ledger;
  /** Told of each message before it is judged, with its number. */
  tell(event: Event, order: number): void;
}

/** The judgement of one engine. */
export class Judging {
  readonly #parts: JudgingParts;

  constructor(parts: JudgingParts) {
    this.#parts = parts;
  }

  all(messages: Iterable<Whole>): void {
    for (const whole of messages) this.judge(whole);
  }

  judge({ event, clock, order, repeated }: Whole): void {
    const { bench, ledger, tell } = this.#parts;
    const { state } = bench;
    const device = state.devices.get(deviceKey(event.device)) ?? deviceOf(state, event);
    state.dirtyDevices.add(device.key);
    tell(event, order);
    for (const fact of learn(device, event)) ledger.deviceEvent(apartFact(device, fact), device);
    const times = repeatedTimes(event);
    // What a repetition quotes does not count, only that the message before it came again.
    if (event.flags.includes("untrusted-tag") && times === null) return;
    if (times !== null) {
      this.decide(detectRepeat(bench, repeatOf(state, device, event), event, clock, times));
      return;
    }
    const { decisions, last } = detect(bench, device, event, clock);
    this.decide(decisions);
    // By now others may have been judged that came after the repetition.
    if (repeated !== null) this.decide(detectRepeat(bench, device, repeated.event, clock, repeated.times, last));
  }

  /** Fires what is due on a clock at or before `now`, in order. */
  advance(name: string, now: Millis): void {
    const { bench, clocks, assembler, silences } = this.#parts;
    for (const timer of clocks.advance(name, now, (one) => this.#dueOf(one))) {
      if (timer.kind === "hold") this.judge(assembler.releaseBy(timer.group));
      else if (timer.kind === "silence") this.decide(detectObservations(bench, silences.observe(timer)));
      else this.decide(detectTimer(bench, timer));
    }
  }

  /** Puts back the timers of what was stored. */
  resume(): void {
    const { bench, clocks, silences } = this.#parts;
    for (const [key, group] of bench.state.groups) {
      for (const [kind, due] of Object.entries(group.timers)) {
        clocks.put(group.clock, { due, rule: group.rule, group: key, kind: kind as Timer["kind"] });
      }
    }
    silences.resume();
  }

  decide(decisions: Decision[]): void {
    for (const decision of decisions) {
      const ofFleet = enterFleet(this.#parts.bench, decision);
      for (const one of [decision, ...ofFleet]) this.#parts.ledger.enter(one);
    }
  }

  #dueOf(timer: Timer): Millis | undefined {
    const { bench, assembler, silences } = this.#parts;
    if (timer.kind === "hold") return assembler.dueOf(timer.group);
    if (timer.kind === "silence") return silences.dueOf(timer);
    return bench.state.groups.get(timer.group)?.timers[timer.kind];
  }
}
