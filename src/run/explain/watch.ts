/** What the engine shows while it runs: for each frame where it ended, its message, and the reports it became part of. */
import { renderAlert } from "../../detect/advise.ts";
import type { RuleMatch } from "../../detect/index-signals.ts";
import type { Judged } from "../../detect/judge.ts";
import { keep } from "../../detect/report.ts";
import type { DetectState, GroupState, KeptLine } from "../../detect/state.ts";
import { measure } from "../../detect/window.ts";
import type { Alert, Event, Outcome } from "../../model.ts";
import type { CompiledRule, CompiledSignal, Facts } from "../../rule/compiled.ts";
import type { TimedLine } from "../session.ts";
import type { EngineWatcher } from "../watcher.ts";
import { matches } from "./signals.ts";

/** One frame as it ended. */
export interface Seen {
  order: number;
  timed: TimedLine;
  outcome: Outcome;
  head: number | null;
}

/** A group that a message entered, and the signals that counted there. */
export interface Entered {
  rule: string;
  key: string;
  names: ReadonlySet<string>;
}

/** One judged report, with what was known then. */
export interface SeenReport {
  rule: CompiledRule;
  key: string;
  device: string;
  node: string | null;
  deviceKey: string;
  facts: Facts;
  /** Its messages, as `printOf` has them. */
  messages: ReadonlySet<string>;
  judged: Judged;
  correlations: { name: string; seen: number }[];
  before: { verdict: string; count: number } | null;
  /** The alert after the report; null while it is being entered, and where there is none. */
  alert: Alert | null;
}

/** Frames remembered, so that a line can name the earlier one that it continues or repeats. */
const REMEMBERED = 4_096;

/** Looks on. From `begin` on it keeps everything; before, only what later lines may refer to. */
export class Watch implements EngineWatcher {
  readonly seen = new Map<number, Seen>();
  readonly events = new Map<number, Event>();
  readonly reports: SeenReport[] = [];
  /** Groups that each message entered, and the signals that counted there; by its print, since the engine may judge a
   * message under another node than the one that logged it. */
  readonly #counted = new Map<string, Entered[]>();
  #state: DetectState | null = null;
  #keeping = false;

  /** Whose judgement is looked at. */
  attach(state: DetectState): void {
    this.#state = state;
  }

  begin(): void {
    this.#keeping = true;
  }

  onEvent(event: Event, order: number): void {
    this.events.set(order, event);
    this.events.delete(order - REMEMBERED);
  }

  ended(timed: TimedLine, order: number, outcome: Outcome, head: number | null): void {
    this.seen.set(order, { order, timed, outcome, head });
    this.seen.delete(order - REMEMBERED);
  }

  matched(event: Event, match: RuleMatch, key: string, names: ReadonlySet<string>): void {
    if (!this.#keeping) return;
    const print = printOf(keep(event));
    const entered = this.#counted.get(print) ?? [];
    entered.push({ rule: match.rule.id, key, names: new Set(names) });
    this.#counted.set(print, entered);
  }

  /** What a message entered. */
  countedAs(event: Event): readonly Entered[] {
    return this.#counted.get(printOf(keep(event))) ?? [];
  }

  reported(
    rule: CompiledRule,
    key: string,
    group: GroupState,
    facts: Facts,
    judged: Judged,
    lines: readonly KeptLine[],
  ): void {
    if (!this.#keeping) return;
    this.settle();
    const newest = Math.max(...Object.values(group.windows).map((times) => times.at(-1) ?? 0));
    this.reports.push({
      rule,
      key,
      device: group.device,
      deviceKey: group.deviceKey,
      node: group.node,
      facts: { ...facts },
      messages: new Set(lines.map(printOf)),
      judged,
      correlations: rule.correlations.map((one) => ({
        name: one.name,
        seen: measure(one, group, newest - one.timespan, newest),
      })),
      before: group.episode === null ? null : { verdict: group.episode.judgement.verdict, count: group.episode.count },
      alert: null,
    });
  }

  /** The line of the last message before this frame that matches a signal; null when it is no longer remembered. */
  lineBefore(order: number, signal: CompiledSignal): number | null {
    let line: number | null = null;
    for (const [at, event] of this.events)
      if (at < order && matches(signal, event)) line = this.seen.get(at)?.timed.frame.line ?? line;
    return line;
  }

  /** What the reports so far have made of their alerts; asked before the next report changes them. */
  settle(): void {
    for (const report of this.reports) {
      if (report.alert !== null || report.judged.outcome !== "alert") continue;
      const group = this.#state?.groups.get(report.key);
      const device = this.#state?.devices.get(report.deviceKey);
      if (group?.episode == null || device === undefined) continue;
      report.alert = structuredClone(renderAlert(report.rule, group, group.episode, device));
    }
  }
}

/** A message as reports keep it. */
export function printOf({ at, raw }: KeptLine): string {
  return `${at} ${raw}`;
}
