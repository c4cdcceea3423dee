/** From a report's facts to what it changes: the decision that judgement hands on. */
import type { AlertChange, Event, Millis } from "../model.ts";
import type { Captures, CompiledRule, Facts } from "../rule/compiled.ts";
import { exposureOf } from "./device.ts";
import { doubtsOf } from "./doubt.ts";
import { type Report, report } from "./episode.ts";
import type { Indicator } from "./fleet.ts";
import type { PutTimer } from "./group.ts";
import type { RuleMatch, SignalIndex } from "./index-signals.ts";
import { type Judged, judge } from "./judge.ts";
import type { DetectState, DeviceState, Episode, GroupState, KeptLine } from "./state.ts";
import { correlates } from "./window.ts";

/** What one event or timer did. */
export type Decision =
  | {
      kind: "alert";
      rule: CompiledRule;
      key: string;
      group: GroupState;
      episode: Episode;
      changes: AlertChange[];
      at: Millis;
      /** What the report behind it counts as for the fleet; null where there is no report. */
      indicator: Indicator | null;
    }
  | { kind: "expired"; key: string }
  | { kind: "ignored"; rule: string; reason: string };

/** What judgement needs besides the event. */
export interface Bench {
  state: DetectState;
  index: SignalIndex;
  put: PutTimer;
  watcher: Watcher | null;
}

/** Looks on while judgement works, for explanations; it changes nothing. */
export interface Watcher {
  /** A message matched signals of a rule; `counted` are those that no `unless` excused. */
  matched(event: Event, match: RuleMatch, key: string, counted: ReadonlySet<string>): void;
  /** A report of these messages was judged by these facts; its episode is still as it was before. */
  reported(
    rule: CompiledRule,
    key: string,
    group: GroupState,
    facts: Facts,
    judged: Judged,
    lines: readonly KeptLine[],
  ): void;
}

export function enterReport(
  { state, watcher }: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  facts: Facts,
  split: boolean,
  one: Omit<Report, "judgement">,
): Decision[] {
  const judged = judge(rule, facts, split);
  watcher?.reported(rule, key, group, facts, judged, one.lines);
  if (judged.outcome !== "alert") {
    return [{ kind: "ignored", rule: rule.id, reason: judged.outcome === "ignored" ? judged.verdict : "no-verdict" }];
  }
  const doubts = doubtsOf(state, rule, group, facts, one);
  const judgement = doubts.length === 0 ? judged.judgement : { ...judged.judgement, doubts };
  const full = { ...one, judgement };
  return decided(rule, key, group, report(rule, group, full), one.last, indicatorOf(full, rule.block === null));
}

export function decided(
  rule: CompiledRule,
  key: string,
  group: GroupState,
  changes: AlertChange[],
  at: Millis,
  indicator: Indicator | null = null,
): Decision[] {
  const { episode } = group;
  if (changes.length === 0 || episode === null) return [];
  return [{ kind: "alert", rule, key, group, episode, changes, at, indicator }];
}

/** What a report counts as for the fleet, by its own verdict and not by the strongest of its episode; it shows a block by
 * its first line, a message by its own and not by what came before. */
export function indicatorOf({ judgement, last, lines }: Report, isMessage: boolean): Indicator | null {
  const line = lines.at(isMessage ? -1 : 0);
  return line === undefined ? null : { level: judgement.level, at: last, line };
}

export function eventFacts(
  rule: CompiledRule,
  group: GroupState,
  names: Set<string>,
  captures: Captures,
  at: Millis,
): Facts {
  const facts: Facts = {};
  for (const [name, value] of Object.entries(captures)) facts[name] = /^\d{1,15}$/.test(value) ? Number(value) : value;
  for (const signal of rule.signals) facts[signal.name] = names.has(signal.name);
  // A message that waited for its lines is judged after later ones: what came meanwhile belongs to the same window.
  const newest = Math.max(at, ...Object.values(group.windows).map((times) => times.at(-1) ?? at));
  for (const one of rule.correlations) {
    facts[one.name] = correlates(one, group, at) || correlates(one, group, newest);
  }
  return facts;
}

export function addDeviceFacts(facts: Facts, rule: CompiledRule, device: DeviceState, dialect: string): void {
  facts.dialect = dialect;
  const { state, release } = exposureOf(device, rule.advisory);
  facts.exposure = state;
  facts.release = release;
}

/** Evidence cut from an unframed stream counts fully only when its counter follows on. */
export function isCapped(event: Event, device: DeviceState | undefined): boolean {
  return event.flags.includes("split") && device?.follows !== true;
}

export function addressOf(event: Event): string | null {
  if (event.transport !== "file") return event.from;
  return event.relay !== null && /^[\d.]+$|:/.test(event.relay) ? event.relay : null;
}

export function keep(event: Event): KeptLine {
  return { at: event.at, raw: Buffer.from(event.raw).toString("base64") };
}
