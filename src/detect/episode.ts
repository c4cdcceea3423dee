/** The life of an alert: open, recovering, resolved, recurring, closed. Data in the rule, time from the event. */
import type { Act, AlertChange, Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { alertId } from "./id.ts";
import { outranks } from "./judge.ts";
import { forget } from "./memory.ts";
import { expirePrior } from "./prior.ts";
import { forgetSteps, forgetUnprepared, stepsLeft } from "./recovery.ts";
import type { Episode, GroupState, Judgement, KeptLine, StepMark } from "./state.ts";
import { expireValues } from "./window.ts";

/** One report: a judged block or message. */
export interface Report {
  judgement: Judgement;
  /** Lowest and highest `at` of its messages. */
  first: Millis;
  last: Millis;
  lines: KeptLine[];
  /** How many reports it stands for (`last message repeated N times`). */
  weight: number;
  address: string | null;
}

/** Enters a report into the group's episode, opening one when none is running. */
export function report(rule: CompiledRule, group: GroupState, one: Report): AlertChange[] {
  if (group.episode !== null && hasEnded(rule, group.episode, one.first)) group.episode = null;
  const proved = group.provedSince !== undefined && group.provedSince <= one.first;
  const changes: AlertChange[] = [];
  let episode = group.episode;
  if (episode === null) {
    episode = openEpisode(group, one, proved);
    group.episode = episode;
    changes.push("opened");
  } else {
    episode.count += one.weight;
    if (!proved) delete episode.proved;
    if (recurs(rule, episode, one.last)) {
      if (episode.status === "resolved" || allStepsSeen(rule, episode)) forgetSteps(episode);
      else forgetUnprepared(rule, episode);
      episode.status = "recurring";
      episode.resolvedAt = null;
      delete group.timers.resolve;
      changes.push("status");
    }
    keepEvidence(rule, episode, one);
    if (outranks(rule, one.judgement, episode.judgement)) {
      episode.judgement = raised(rule, episode.judgement, one.judgement);
      changes.push("raised");
    }
    if (changes.length === 0) changes.push("updated");
  }
  episode.lastReport = Math.max(episode.lastReport, one.last);
  episode.quietSince = null;
  setTimers(rule, group, episode);
  return changes;
}

/** Enters a recovery step that the router's log (or an operator) shows. One that was done on the alert's node is
 * not undone by the same elsewhere. */
export function takeStep(rule: CompiledRule, group: GroupState, id: string, mark: StepMark): AlertChange[] {
  const episode = group.episode;
  if (episode === null || isOver(episode)) return [];
  if (mark.elsewhere !== null && episode.steps[id]?.elsewhere === null) return [];
  if (episode.steps[id]?.elsewhere !== mark.elsewhere) episode.reminded = false;
  episode.steps[id] = mark;
  if (!episode.stepOrder.includes(id)) episode.stepOrder.push(id);
  episode.lastStep = Math.max(episode.lastStep ?? mark.at, mark.at);
  episode.quietSince = null;
  // Without a quiet time the last step is the end.
  const status = rule.lifecycle.quiet === 0 && allStepsSeen(rule, episode) ? "resolved" : "recovering";
  const changed = episode.status !== status;
  episode.status = status;
  if (status === "resolved") episode.resolvedAt = mark.at;
  setTimers(rule, group, episode);
  return [changed ? "status" : "updated"];
}

/** A timer of the episode has come due. */
export function onTimer(
  rule: CompiledRule,
  group: GroupState,
  kind: "resolve" | "quiet" | "remind",
  due: Millis,
): AlertChange[] {
  const episode = group.episode;
  if (episode === null) return [];
  if (kind === "remind") {
    if (episode.reminded || stepsLeft(rule, episode).length === 0) return [];
    episode.reminded = true;
    return ["reminded"];
  }
  if (kind === "resolve") {
    if (episode.status !== "recovering" || !allStepsSeen(rule, episode)) return [];
    episode.status = "resolved";
    episode.resolvedAt = due;
    setTimers(rule, group, episode);
    return ["status"];
  }
  if (episode.status !== "open" && episode.status !== "recurring") return [];
  episode.quietSince = episode.lastReport;
  return ["updated"];
}

/** Applies an operator's act from the command line. */
export function applyAct(rule: CompiledRule, group: GroupState, act: Act): AlertChange[] {
  const episode = group.episode;
  if (episode === null || episode.id !== act.alert) return [];
  if (act.note !== null) episode.notes.push({ at: act.at, by: act.by, text: act.note });
  if (act.kind === "ack") episode.acknowledged ??= { at: act.at, by: act.by };
  if (act.kind === "close") {
    episode.disposition = act.disposition ?? episode.disposition;
    if (episode.status === "closed") return ["updated"];
    episode.status = "closed";
    delete group.timers.quiet;
    delete group.timers.resolve;
    delete group.timers.remind;
    if (rule.memory !== null) forget(rule.memory, group, null);
    group.timers.expire = act.at;
    return ["status"];
  }
  if (act.kind === "done" && act.step !== null) {
    const mark = { at: act.at, by: act.by, line: null, elsewhere: null };
    const inCycle = rule.lifecycle.steps.some((step) => step.id === act.step);
    if (inCycle && !isOver(episode)) return takeStep(rule, group, act.step, mark);
    episode.steps[act.step] = mark;
  }
  return ["updated"];
}

/** Forgets what the group no longer needs: an episode that has ended, times that no window reaches. */
export function expire(rule: CompiledRule, group: GroupState, due: Millis): void {
  if (group.episode !== null && hasEnded(rule, group.episode, due)) group.episode = null;
  const windows = Object.entries(group.windows)
    .map(([name, times]): [string, Millis[]] => [name, times.filter((at) => at + rule.horizon >= due)])
    .filter(([, times]) => times.length > 0);
  group.windows = Object.fromEntries(windows);
  for (const name of Object.keys(group.remembered ?? {})) {
    if (group.windows[name] === undefined) forget(rule.memory!, group, name);
  }
  expirePrior(rule, group, due);
  const ends = windows.map(([, times]) => times.at(-1)! + rule.horizon + 1);
  if (group.values !== undefined)
    ends.push(...expireValues(group.values, due - rule.horizon).map((at) => at + rule.horizon + 1));
  if (group.episode !== null) ends.push(endOf(rule, group.episode) + 1);
  if (ends.length > 0) group.timers.expire = Math.max(...ends);
}

/** Sets anew how long the group is kept, after something was taken back. */
export function endMemory(rule: CompiledRule, group: GroupState): void {
  delete group.timers.expire;
  expire(rule, group, Number.NEGATIVE_INFINITY);
}

/** Whether a report at this time would belong to the episode that there is. */
export function isRunning(rule: CompiledRule, group: GroupState, at: Millis): boolean {
  return group.episode !== null && !hasEnded(rule, group.episode, at);
}

/** True when every step of the rule's life cycle was seen; false for a rule without steps. */
export function allStepsSeen(rule: CompiledRule, episode: Episode): boolean {
  const { steps } = rule.lifecycle;
  return steps.length > 0 && steps.every((step) => episode.steps[step.id] !== undefined);
}

function isOver(episode: Episode): boolean {
  return episode.status === "closed" || episode.status === "resolved";
}

function openEpisode(group: GroupState, one: Report, proved: boolean): Episode {
  const { deviceKey, node, by = [], lane = null } = group;
  return {
    // Two addresses that claim one name have alerts of their own, also in one moment.
    id: alertId(group.rule, [deviceKey, node, ...by, ...(lane === null ? [] : [lane])], one.first),
    start: one.first,
    status: "open",
    judgement: one.judgement,
    count: one.weight,
    lastReport: one.last,
    lastStep: null,
    resolvedAt: null,
    quietSince: null,
    steps: {},
    stepOrder: [],
    reminded: false,
    related: [],
    evidence: { first: one.lines.slice(0, FIRST), strongest: [], last: [] },
    address: one.address,
    ...(proved ? { proved } : {}),
    acknowledged: null,
    disposition: null,
    notes: [],
  };
}

/** After this, a report opens a new alert: the last is closed, or was silent for longer than `reopen`. */
export function hasEnded(rule: CompiledRule, episode: Episode, at: Millis): boolean {
  return episode.status === "closed" || at > endOf(rule, episode);
}

/** The last moment at which a report still belongs to the episode. */
export function endOf(rule: CompiledRule, episode: Episode): Millis {
  return (episode.resolvedAt ?? Math.max(episode.lastReport, episode.lastStep ?? 0)) + rule.lifecycle.reopen;
}

function recurs(rule: CompiledRule, episode: Episode, at: Millis): boolean {
  if (episode.status === "resolved") return true;
  return episode.status === "recovering" && episode.lastStep !== null && at - episode.lastStep > rule.lifecycle.grace;
}

function setTimers(rule: CompiledRule, group: GroupState, episode: Episode): void {
  const { quiet } = rule.lifecycle;
  delete group.timers.quiet;
  delete group.timers.resolve;
  delete group.timers.remind;
  if (!episode.reminded && stepsLeft(rule, episode).length > 0)
    group.timers.remind = episode.lastStep! + rule.lifecycle.remind;
  if (quiet > 0 && (episode.status === "open" || episode.status === "recurring"))
    group.timers.quiet = episode.lastReport + quiet;
  if (episode.status === "recovering" && allStepsSeen(rule, episode)) group.timers.resolve = episode.lastStep! + quiet;
  group.timers.expire = endOf(rule, episode) + 1;
}

/** Lines of evidence an alert keeps in all, and of each of its parts once there are more. */
const MOST = 20;
const FIRST = 8;
const STRONGEST = 6;
const LAST = 6;

/** Everything while there is room; then the first report, the strongest and the last. */
function keepEvidence(rule: CompiledRule, episode: Episode, one: Report): void {
  const { first, strongest, last } = episode.evidence;
  const room = first.length + strongest.length + last.length + one.lines.length <= MOST;
  if (outranks(rule, one.judgement, episode.judgement)) {
    episode.evidence.strongest = room ? [...strongest, ...last, ...one.lines] : one.lines.slice(0, STRONGEST);
    episode.evidence.last = [];
  } else if (room) episode.evidence.last = [...last, ...one.lines];
  else {
    episode.evidence.strongest = strongest.slice(-STRONGEST);
    episode.evidence.last = one.lines.slice(0, LAST);
  }
}

/** A message that raises an alert may say less than those before it: what they named stays. */
function raised(rule: CompiledRule, before: Judgement, now: Judgement): Judgement {
  return rule.block === null ? { ...now, details: { ...before.details, ...now.details } } : now;
}
