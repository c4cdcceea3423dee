/** The whole judgement: (rules, state, event) -> decisions. Pure in effects; mutates the state it is given. */
import type { Event } from "../model.ts";
import { enterAbsences, judgeAbsences } from "./absence.ts";
import { dueTimes } from "./block.ts";
import { enterBlock, judgeDueBlocks, repeatBlock } from "./block-report.ts";
import { laneOf } from "./claim.ts";
import { enterWindows } from "./correlate.ts";
import { isLatest } from "./device.ts";
import { endMemory, expire, isRunning, onTimer } from "./episode.ts";
import { excused } from "./excuse.ts";
import { type GroupName, groupName, groupOf, settle, splitByGroup, valuesOf } from "./group.ts";
import { matchObservation, matchSignals, mergedCaptures, type RuleMatch, spokenOf } from "./index-signals.ts";
import { forget, memorize, recall, surplus, withoutPassing } from "./memory.ts";
import { type Observation, silenceOf } from "./observe.ts";
import { dropPrior, keepPrior, linesBefore } from "./prior.ts";
import {
  addDeviceFacts,
  addressOf,
  type Bench,
  type Decision,
  decided,
  enterReport,
  eventFacts,
  isCapped,
  keep,
} from "./report.ts";
import { makeRoom } from "./room.ts";
import type { DeviceState, LastSignal } from "./state.ts";
import { takeSteps } from "./steps.ts";
import type { Timer } from "./timers.ts";

/** What a message did, and what a repetition of it stands for. */
interface Detected {
  decisions: Decision[];
  last: LastSignal[];
}

/** Judges one event. `clock` names the clock that its `at` belongs to. */
export function detect(bench: Bench, device: DeviceState, event: Event, clock: string): Detected {
  const detected = judgeMatches(bench, device, event, clock, matchSignals(bench.index, event));
  if (isLatest(device, event)) {
    device.last = detected.last;
    device.lastOf = { at: event.at, counter: event.counter };
  }
  return detected;
}

/** Judges what the engine observed of a router's logging. */
export function detectObservations(bench: Bench, observed: readonly Observation[]): Decision[] {
  return observed.flatMap(({ name, device, at, first, clock, facts, event }) => {
    const shown = event ?? silenceOf(device, at);
    const matches = matchObservation(bench.index, name, shown, facts);
    return judgeMatches(bench, device, shown, clock, matches, first).decisions;
  });
}

/** `last message repeated N times`: N more of what the message before it stood for, the device's last one. */
export function detectRepeat(
  bench: Bench,
  device: DeviceState,
  event: Event,
  clock: string,
  times: number,
  last: readonly LastSignal[] = device.last,
): Decision[] {
  return last.flatMap((one) => {
    const rule = bench.state.rules.find((candidate) => candidate.id === one.rule);
    if (rule === undefined) return [];
    const group = bench.state.groups.get(one.group);
    if (rule.block !== null && one.signals.includes(rule.block.open))
      return repeatBlock(bench, rule, one.group, group, event, times);
    if (!one.signals.some((name) => rule.reports.includes(name))) return [];
    const match = { rule, signals: one.signals.map((name) => ({ name, captures: one.captures })) };
    // The line itself may bear no name, or its relay's.
    const spoken = { ...event, device: device.facts.name, node: group?.node ?? event.node };
    const by = group?.by ?? valuesOf(rule.groupFields, one.captures, spoken) ?? [];
    const name = groupName(rule, spoken, by, group?.lane ?? null);
    return judgeMatch(bench, device, spoken, clock, match, name, times);
  });
}

/** A timer that has come due; stale ones do nothing. */
export function detectTimer(bench: Bench, timer: Timer): Decision[] {
  const { state } = bench;
  const group = state.groups.get(timer.group);
  if (
    group === undefined ||
    timer.kind === "hold" ||
    timer.kind === "silence" ||
    group.timers[timer.kind] !== timer.due
  )
    return [];
  const rule = state.rules.find((candidate) => candidate.id === group.rule);
  if (rule === undefined) return [];
  const before = { ...group.timers };
  delete group.timers[timer.kind];
  const decisions = ((): Decision[] => {
    switch (timer.kind) {
      case "block":
        return judgeDueBlocks(bench, rule, timer.group, group, timer.due);
      case "absence":
        return judgeAbsences(bench, rule, timer.group, group, timer.due);
      case "resolve":
      case "quiet":
      case "remind":
        return decided(rule, timer.group, group, onTimer(rule, group, timer.kind, timer.due), timer.due);
      case "expire":
        expire(rule, group, timer.due);
        return [{ kind: "expired", key: timer.group }];
      default:
        return [];
    }
  })();
  settle(state, timer.group, group, before, bench.put);
  return decisions;
}

/** Judges every block that is still open, as if its time had passed: the end of a replayed capture, or of the rules
 * of `which`. */
export function closeOpenBlocks(bench: Bench, which: (rule: string) => boolean = () => true): Decision[] {
  return [...bench.state.groups]
    .filter(([, group]) => group.block !== null && which(group.rule))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, group]) =>
      dueTimes(group).flatMap((due) => detectTimer(bench, { due, rule: group.rule, group: key, kind: "block" })),
    );
}

const ROOM = { "gave-way": "a group gave way to another", full: "too-many-groups" };

/** Judges what each rule matched; `last` is what a repetition of the message would stand for. */
function judgeMatches(
  bench: Bench,
  device: DeviceState,
  event: Event,
  clock: string,
  matches: readonly RuleMatch[],
  first = event.at,
): Detected {
  const lane = matches.length === 0 ? null : laneOf(device, event);
  const last: LastSignal[] = [];
  const decisions: Decision[] = [];
  for (const whole of matches) {
    const parts = splitByGroup(whole, event);
    if (parts === null && whole.signals.some(({ name }) => !whole.rule.parts.has(name)))
      decisions.push({ kind: "ignored", rule: whole.rule.id, reason: "no-group" });
    for (const { match, by } of parts ?? []) {
      const spoken = spokenOf(event, match);
      const name = groupName(match.rule, spoken, by, lane);
      decisions.push(...judgeMatch(bench, device, spoken, clock, match, name, 1, first));
      last.push({
        rule: match.rule.id,
        group: name.key,
        signals: match.signals.map((signal) => signal.name),
        captures: by.length === 0 ? match.signals[0]!.captures : mergedCaptures(match),
      });
    }
  }
  return { decisions, last };
}

function judgeMatch(
  bench: Bench,
  device: DeviceState,
  event: Event,
  clock: string,
  match: RuleMatch,
  name: GroupName,
  weight: number,
  first = event.at,
): Decision[] {
  const { state } = bench;
  const { rule } = match;
  const decisions = weight === 1 ? takeSteps(bench, rule, event, match) : [];
  const names = new Set(match.signals.map((signal) => signal.name));
  const member = weight === 1 ? match.signals.find((signal) => rule.block?.order.includes(signal.name)) : undefined;
  for (const part of rule.parts) names.delete(part);
  const windowed =
    names.size > 0 && (rule.correlations.length > 0 || rule.signals.some((signal) => signal.unless !== null));
  if (member === undefined && !windowed && !rule.reports.some((name) => names.has(name))) return decisions;

  const { key } = name;
  if (!recall(rule, state.groups.get(key), names, () => keep(event))) return decisions;
  const room = state.groups.has(key) ? "free" : makeRoom(state, device, event, name.by);
  if (room !== "free") decisions.push({ kind: "ignored", rule: rule.id, reason: ROOM[room] });
  if (room === "full") return decisions;
  const group = groupOf(state, rule, name, event, clock);
  // Where a relay's stamp gives way to the device's own, the group's timers go over to the clock that still runs.
  const before = group.clock === clock ? { ...group.timers } : {};
  group.clock = clock;
  const line = keep(event);
  if (member !== undefined)
    decisions.push(
      ...enterBlock(bench, rule, key, group, event, {
        signal: member.name,
        captures: member.captures,
        counter: event.counter,
        line,
      }),
    );
  if (windowed) {
    for (const { name } of match.signals) if (excused(state, rule, group, name, event)) names.delete(name);
    if (rule.memory !== null) memorize(state, rule.memory, key, group, names, line);
    const kept = withoutPassing(rule.memory, names);
    enterWindows(rule, group, match, kept, event, weight);
    if (kept.size > 0 || rule.memory === null)
      group.timers.expire = Math.max(group.timers.expire ?? 0, event.at + rule.horizon + 1);
    else endMemory(rule, group);
    enterAbsences(rule, group, names, event.at, line);
  }
  bench.watcher?.matched(event, match, key, names);
  if (rule.reports.some((name) => names.has(name))) {
    const opens = !isRunning(rule, group, event.at);
    const captures = mergedCaptures(match);
    for (const part of match.signals) if (rule.parts.has(part.name)) names.add(part.name);
    const facts = eventFacts(rule, group, names, captures, event.at);
    addDeviceFacts(facts, rule, device, event.dialect);
    decisions.push(
      ...enterReport(bench, rule, key, group, facts, isCapped(event, device), {
        first,
        last: event.at,
        // A silence has no line to show.
        lines: event.raw.length === 0 ? [] : [...(opens ? linesBefore(rule, group, facts, event.at) : []), line],
        weight,
        address: addressOf(event),
      }),
    );
  }
  if (isRunning(rule, group, event.at)) dropPrior(state, key, group);
  else if (windowed) keepPrior(state, rule, key, group, names, line);
  settle(state, key, group, before, bench.put);
  if (rule.memory !== null) forgetSurplus(bench);
  return decisions;
}

/** Forgets the memory that was renewed longest ago, where there are too many. */
function forgetSurplus({ state, put }: Bench): void {
  const key = surplus(state);
  if (key === null) return;
  state.memories.delete(key);
  const group = state.groups.get(key)!;
  const rule = state.rules.find((one) => one.id === group.rule)!;
  const before = { ...group.timers };
  forget(rule.memory!, group, null);
  endMemory(rule, group);
  settle(state, key, group, before, put);
}
