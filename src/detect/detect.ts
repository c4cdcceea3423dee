/** The whole judgement: (rules, state, event) -> decisions. Pure in effects; mutates the state it is given. */
import type { AlertChange, Event, Millis } from "../model.ts";
import { deviceKey, LEVELS, nodeKey } from "../model.ts";
import type { Captures, CompiledRule, Facts } from "../rule/compiled.ts";
import { addMember, closeBlock, opensNext } from "./block.ts";
import { exposureOf } from "./device.ts";
import { expire, onTimer, type Report, report, takeStep } from "./episode.ts";
import { groupKey, groupOf, type PutTimer, settle } from "./group.ts";
import { matchSignals, type RuleMatch, type SignalIndex } from "./index-signals.ts";
import { judge } from "./judge.ts";
import type { DetectState, DeviceState, Episode, GroupState, KeptLine, Member } from "./state.ts";
import { readTable } from "./table.ts";
import type { Timer } from "./timers.ts";
import { correlates, count, remember } from "./window.ts";

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
    }
  | { kind: "ignored"; rule: string; reason: string };

/** What judgement needs besides the event. */
export interface Bench {
  state: DetectState;
  index: SignalIndex;
  put: PutTimer;
}

/** Judges one event. `clock` names the clock that its `at` belongs to. */
export function detect(bench: Bench, device: DeviceState, event: Event, clock: string): Decision[] {
  const matches = matchSignals(bench.index, event);
  const last: DeviceState["last"] = [];
  const decisions: Decision[] = [];
  for (const match of matches) {
    decisions.push(...judgeMatch(bench, device, event, clock, match, 1));
    last.push({
      rule: match.rule.id,
      group: groupKey(match.rule, event),
      signals: match.signals.map((signal) => signal.name),
      captures: match.signals[0]!.captures,
    });
  }
  device.last = last;
  return decisions;
}

/** `last message repeated N times`: N more of what the device's last message stood for. */
export function detectRepeat(
  bench: Bench,
  device: DeviceState,
  event: Event,
  clock: string,
  times: number,
): Decision[] {
  return device.last.flatMap((one) => {
    const rule = bench.state.rules.find((candidate) => candidate.id === one.rule);
    if (rule === undefined) return [];
    const group = bench.state.groups.get(one.group);
    if (rule.block !== null && one.signals.includes(rule.block.open))
      return repeatBlock(bench, rule, one.group, group, event, times);
    if (!one.signals.some((name) => rule.reports.includes(name))) return [];
    const match = { rule, signals: one.signals.map((name) => ({ name, captures: one.captures })) };
    return judgeMatch(bench, device, event, clock, match, times);
  });
}

/** A timer that has come due; stale ones do nothing. */
export function detectTimer(bench: Bench, timer: Timer): Decision[] {
  const { state } = bench;
  const group = state.groups.get(timer.group);
  if (group === undefined || timer.kind === "hold" || group.timers[timer.kind] !== timer.due) return [];
  const rule = state.rules.find((candidate) => candidate.id === group.rule);
  if (rule === undefined) return [];
  const before = { ...group.timers };
  delete group.timers[timer.kind];
  const decisions = ((): Decision[] => {
    switch (timer.kind) {
      case "block":
        return judgeBlock(bench, rule, timer.group, group, timer.due);
      case "absence":
        return judgeAbsences(bench, rule, timer.group, group, timer.due);
      case "resolve":
      case "quiet":
        return decided(rule, timer.group, group, onTimer(rule, group, timer.kind, timer.due), timer.due);
      case "expire":
        expire(rule, group, timer.due);
        return [];
      default:
        return [];
    }
  })();
  settle(state, timer.group, group, before, bench.put);
  return decisions;
}

/** Judges every block that is still open, as if its time had passed: the end of a replayed capture. */
export function closeOpenBlocks(bench: Bench): Decision[] {
  return [...bench.state.groups]
    .filter(([, group]) => group.block !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, group]) => {
      const due = group.timers.block ?? group.block!.start;
      return detectTimer(bench, { due, rule: group.rule, group: key, kind: "block" });
    });
}

function judgeMatch(
  bench: Bench,
  device: DeviceState,
  event: Event,
  clock: string,
  match: RuleMatch,
  weight: number,
): Decision[] {
  const { state } = bench;
  const { rule } = match;
  const decisions = weight === 1 ? takeSteps(bench, rule, event, match) : [];
  const names = new Set(match.signals.map((signal) => signal.name));
  const member = weight === 1 ? match.signals.find((signal) => rule.block?.order.includes(signal.name)) : undefined;
  const windowed = rule.correlations.length > 0 || rule.signals.some((signal) => signal.unless !== null);
  if (member === undefined && !windowed && !rule.reports.some((name) => names.has(name))) return decisions;

  const key = groupKey(rule, event);
  const group = groupOf(state, rule, event, clock);
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
    for (const { name } of match.signals) if (excused(rule, group, name, event.at)) names.delete(name);
    for (const name of names) {
      group.windows[name] ??= [];
      const times = group.windows[name];
      for (let i = 0; i < Math.min(weight, rule.keep); i++) remember(times, event.at, rule.keep);
    }
    group.timers.expire = Math.max(group.timers.expire ?? 0, event.at + rule.horizon + 1);
    enterAbsences(rule, group, names, event.at, line);
  }
  if (rule.reports.some((name) => names.has(name))) {
    const captures: Captures = Object.assign(Object.create(null), ...match.signals.map((signal) => signal.captures));
    const facts = eventFacts(rule, group, names, captures, event.at);
    addDeviceFacts(facts, rule, device, event.dialect);
    decisions.push(
      ...enterReport(rule, key, group, facts, isCapped(event, device), {
        first: event.at,
        last: event.at,
        lines: [line],
        weight,
        address: addressOf(event),
      }),
    );
  }
  settle(state, key, group, before, bench.put);
  return decisions;
}

/** Ticks the recovery steps that this message shows, on the alerts of its device. */
function takeSteps(bench: Bench, rule: CompiledRule, event: Event, match: RuleMatch): Decision[] {
  const decisions: Decision[] = [];
  for (const step of rule.lifecycle.steps) {
    const signal = match.signals.find(
      (one) => one.name === step.signal && step.where.every(([name, value]) => one.captures[name] === value),
    );
    if (signal === undefined) continue;
    const target = step.node === null ? null : (signal.captures[step.node] ?? null);
    const running = openGroups(bench.state, rule, event);
    const exact = running.filter(
      ([, group]) => target === null || group.node === null || nodeKey(group.node) === nodeKey(target),
    );
    const elsewhere = exact.length === 0 ? target : null;
    for (const [key, group] of exact.length > 0 ? exact : running) {
      const before = { ...group.timers };
      const by = step.by === null ? null : (signal.captures[step.by] ?? null);
      const mark = { at: event.at, by: by ?? "router log", line: keep(event).raw, elsewhere };
      decisions.push(...decided(rule, key, group, takeStep(rule, group, step.id, mark), event.at));
      settle(bench.state, key, group, before, bench.put);
    }
  }
  return decisions;
}

/** Groups of the rule on the event's device with an alert that its advisory explains. */
function openGroups(state: DetectState, rule: CompiledRule, event: Event): [string, GroupState][] {
  const keys = state.groupsByDevice.get(deviceKey(event.device)) ?? [];
  return [...keys]
    .map((key): [string, GroupState] => [key, state.groups.get(key)!])
    .filter(
      ([, group]) => group.rule === rule.id && group.episode !== null && group.episode.judgement.level !== LEVELS[0],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function enterBlock(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  event: Event,
  member: Member,
): Decision[] {
  const block = rule.block!;
  const decisions = opensNext(block, group, member.signal) ? judgeBlock(bench, rule, key, group, event.at) : [];
  const device = bench.state.devices.get(group.deviceKey);
  const step = addMember(block, group, member, event.dialect, isCapped(event, device));
  if (group.block !== null && group.block.members.length === 1) group.address = addressOf(event);
  return step === "complete" ? [...decisions, ...judgeBlock(bench, rule, key, group, event.at)] : decisions;
}

function judgeBlock(bench: Bench, rule: CompiledRule, key: string, group: GroupState, at: Millis): Decision[] {
  const block = closeBlock(group);
  const device = bench.state.devices.get(group.deviceKey);
  if (block === null || device === undefined) return [];
  const facts = readTable(rule.block!, block.members, device.gap.missing);
  addDeviceFacts(facts, rule, device, block.dialect);
  const lines = block.members.map((member) => member.line);
  const last = Math.max(...lines.map((line) => line.at));
  const weight = 1 + block.repeats;
  const decisions = enterReport(rule, key, group, facts, block.capped, {
    first: block.start,
    last,
    lines,
    weight,
    address: group.address,
  });
  return decisions.map((decision) => (decision.kind === "alert" ? { ...decision, at } : decision));
}

function repeatBlock(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState | undefined,
  event: Event,
  times: number,
): Decision[] {
  if (group === undefined) return [];
  if (group.block !== null) {
    group.block.repeats += times;
    bench.state.dirtyGroups.add(key);
    return [];
  }
  if (group.episode === null) return [];
  const before = { ...group.timers };
  const lines = [keep(event)];
  const again = {
    judgement: group.episode.judgement,
    first: event.at,
    last: event.at,
    lines,
    weight: times,
    address: null,
  };
  const decisions = decided(rule, key, group, report(rule, group, again), event.at);
  settle(bench.state, key, group, before, bench.put);
  return decisions;
}

function enterReport(
  rule: CompiledRule,
  key: string,
  group: GroupState,
  facts: Facts,
  split: boolean,
  one: Omit<Report, "judgement">,
): Decision[] {
  const judged = judge(rule, facts, split);
  if (judged.outcome !== "alert") {
    return [{ kind: "ignored", rule: rule.id, reason: judged.outcome === "ignored" ? judged.verdict : "no-verdict" }];
  }
  return decided(rule, key, group, report(rule, group, { ...one, judgement: judged.judgement }), one.last);
}

function decided(rule: CompiledRule, key: string, group: GroupState, changes: AlertChange[], at: Millis): Decision[] {
  const { episode } = group;
  return changes.length === 0 || episode === null ? [] : [{ kind: "alert", rule, key, group, episode, changes, at }];
}

/** A signal with `unless` does not count when the other came within the time before it. */
function excused(rule: CompiledRule, group: GroupState, name: string, at: Millis): boolean {
  const unless = rule.signals.find((signal) => signal.name === name)?.unless;
  return unless != null && count([unless.signal], group.windows, at - unless.within, at) > 0;
}

function eventFacts(rule: CompiledRule, group: GroupState, names: Set<string>, captures: Captures, at: Millis): Facts {
  const facts: Facts = {};
  for (const [name, value] of Object.entries(captures)) facts[name] = /^\d{1,15}$/.test(value) ? Number(value) : value;
  for (const signal of rule.signals) facts[signal.name] = names.has(signal.name);
  // A message that waited for its lines is judged after later ones: what came meanwhile belongs to the same window.
  const newest = Math.max(at, ...Object.values(group.windows).map((times) => times.at(-1) ?? at));
  for (const one of rule.correlations) {
    facts[one.name] = correlates(one, group.windows, at) || correlates(one, group.windows, newest);
  }
  return facts;
}

function addDeviceFacts(facts: Facts, rule: CompiledRule, device: DeviceState, dialect: string): void {
  facts.dialect = dialect;
  facts.exposure = exposureOf(device, rule.advisory).state;
  facts.release = device.facts.release;
}

/** Messages of one kind that wait for another at the same time; in a flood the first of them tell enough. */
const MAX_ABSENCES = 64;

function enterAbsences(rule: CompiledRule, group: GroupState, names: Set<string>, at: Millis, line: KeptLine): void {
  for (const one of rule.correlations) {
    if (one.type !== "absence") continue;
    const [seen = "", followed = ""] = one.signals;
    if (names.has(followed)) group.absences = group.absences.filter((pending) => pending.name !== one.name);
    const pending = group.absences.filter((pending) => pending.name === one.name).length;
    if (names.has(seen) && pending < MAX_ABSENCES)
      group.absences.push({ name: one.name, due: at + one.timespan, at, line });
  }
  setAbsenceTimer(group);
}

function judgeAbsences(bench: Bench, rule: CompiledRule, key: string, group: GroupState, due: Millis): Decision[] {
  const over = group.absences.filter((pending) => pending.due <= due);
  group.absences = group.absences.filter((pending) => pending.due > due);
  setAbsenceTimer(group);
  const device = bench.state.devices.get(group.deviceKey);
  if (device === undefined) return [];
  return over.flatMap((pending) => {
    const facts = eventFacts(rule, group, new Set(), {}, due);
    facts[pending.name] = true;
    addDeviceFacts(facts, rule, device, device.facts.dialect);
    return enterReport(rule, key, group, facts, false, {
      first: pending.at,
      last: due,
      lines: [pending.line],
      weight: 1,
      address: group.address,
    });
  });
}

function setAbsenceTimer(group: GroupState): void {
  if (group.absences.length === 0) delete group.timers.absence;
  else group.timers.absence = Math.min(...group.absences.map((pending) => pending.due));
}

/** Evidence cut from an unframed stream counts fully only when its counter follows on. */
function isCapped(event: Event, device: DeviceState | undefined): boolean {
  return event.flags.includes("split") && device?.follows !== true;
}

function addressOf(event: Event): string | null {
  if (event.transport !== "file") return event.from;
  return event.relay !== null && /^[\d.]+$|:/.test(event.relay) ? event.relay : null;
}

function keep(event: Event): KeptLine {
  return { at: event.at, raw: Buffer.from(event.raw).toString("base64") };
}
