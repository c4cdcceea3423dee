/** Messages that raised nothing by themselves and are evidence once a correlation holds that counts them. */
import type { Millis } from "../model.ts";
import type { CompiledCorrelation, CompiledRule, Facts } from "../rule/compiled.ts";
import { byNewestLine, MAX_LINE, rememberedLines } from "./memory.ts";
import type { DetectState, GroupState, KeptLine } from "./state.ts";

/** Lines of a group, the newest; with the message that is judged they are the first part of an alert's evidence. */
const MOST = 7;
/** Groups that keep some, so that forged messages fill no memory; the one that was added to longest ago loses its own. */
const MAX_GROUPS = 10_000;

/** Keeps the message's line for as long as a correlation may count it. */
export function keepPrior(
  state: DetectState,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  names: Set<string>,
  line: KeptLine,
): void {
  if (rule.memory !== null || line.raw === "" || line.raw.length > MAX_LINE) return;
  const counted = [...names].filter((name) => rule.correlations.some((one) => one.signals.includes(name)));
  if (counted.length === 0) return;
  group.prior = [...(group.prior ?? []), { names: counted, line }].slice(-MOST);
  state.priors.delete(key);
  state.priors.add(key);
  if (state.priors.size <= MAX_GROUPS) return;
  const oldest = state.priors.keys().next().value!;
  state.priors.delete(oldest);
  delete state.groups.get(oldest)?.prior;
  state.dirtyGroups.add(oldest);
}

/** An alert has them, or counts its reports from now on. */
export function dropPrior(state: DetectState, key: string, group: GroupState): void {
  if (group.prior === undefined) return;
  delete group.prior;
  state.priors.delete(key);
}

/** What came before a message that opens an alert and is part of its report: what is remembered for long, and what the
 * correlations counted that hold; the newest of it. */
export function linesBefore(rule: CompiledRule, group: GroupState, facts: Facts, at: Millis): KeptLine[] {
  return [...rememberedLines(group), ...priorLines(rule, group, facts, at)].slice(-MOST);
}

/** The lines that a correlation counted up to `to`, the one that began its window first. */
export function linesWithin(
  rule: CompiledRule,
  { prior = [] }: GroupState,
  { signals }: CompiledCorrelation,
  begin: KeptLine,
  to: Millis,
): KeptLine[] {
  const counted = prior.filter(
    ({ names, line }) => line.at >= begin.at && line.at <= to && names.some((name) => counts(rule, signals, name)),
  );
  return [begin, ...counted.map(({ line }) => line).filter(({ at, raw }) => at !== begin.at || raw !== begin.raw)];
}

/** The lines that the correlations counted which hold at `at`, oldest first. */
function priorLines(rule: CompiledRule, { prior }: GroupState, facts: Facts, at: Millis): KeptLine[] {
  if (prior === undefined) return [];
  const held = rule.correlations.filter((one) => facts[one.name] === true);
  const within = ({ names, line }: { names: string[]; line: KeptLine }) =>
    held.some((one) => line.at >= at - one.timespan && names.some((name) => counts(rule, one.signals, name)));
  return prior.filter(within).map(({ line }) => line);
}

function counts(rule: CompiledRule, signals: readonly string[], name: string): boolean {
  if (signals.includes(name)) return true;
  return rule.correlations.some((one) => signals.includes(one.name) && counts(rule, one.signals, name));
}

/** Forgets lines that no window reaches any more. */
export function expirePrior(rule: CompiledRule, group: GroupState, due: Millis): void {
  const left = group.prior?.filter(({ line }) => line.at + rule.horizon >= due) ?? [];
  if (left.length === 0) delete group.prior;
  else group.prior = left;
}

/** Keys of the groups that keep lines, the one that was added to longest ago first. */
export function byAddition(groups: ReadonlyMap<string, GroupState>): string[] {
  return byNewestLine(groups, ({ prior = [] }) => prior.map(({ line }) => line));
}
