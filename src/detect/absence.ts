/** What is judged when its time is over: B did not follow A, and windows that may hold only so much. */
import type { Millis } from "../model.ts";
import type { Captures, CompiledCorrelation, CompiledRule } from "../rule/compiled.ts";
import { enterCorrelation } from "./correlate.ts";
import { linesWithin } from "./prior.ts";
import { addDeviceFacts, type Bench, type Decision, enterReport, eventFacts } from "./report.ts";
import type { GroupState, KeptLine } from "./state.ts";
import { measure } from "./window.ts";

/** Messages of one kind that wait for another at the same time; in a flood the first of them tell enough. */
const MAX_ABSENCES = 64;

type Pending = GroupState["absences"][number];

export function enterAbsences(
  rule: CompiledRule,
  group: GroupState,
  names: Set<string>,
  at: Millis,
  line: KeptLine,
): void {
  for (const one of rule.correlations) {
    if (one.lte !== null) enterWindow(group, one, names, at, line);
    if (one.type !== "absence") continue;
    const [seen = "", followed = ""] = one.signals;
    if (names.has(followed)) group.absences = group.absences.filter((pending) => pending.name !== one.name);
    const pending = group.absences.filter((pending) => pending.name === one.name).length;
    if (names.has(seen) && pending < MAX_ABSENCES)
      group.absences.push({ name: one.name, due: at + one.timespan, at, line });
  }
  setAbsenceTimer(group);
}

/** A window with an upper limit begins with its first message; the next one begins after it. */
function enterWindow(
  group: GroupState,
  one: CompiledCorrelation,
  names: Set<string>,
  at: Millis,
  line: KeptLine,
): void {
  const counts = one.signals.some((name) => names.has(name) || group.windows[name]?.at(-1) === at);
  if (!counts || group.absences.some((pending) => pending.name === one.name)) return;
  group.absences.push({ name: one.name, due: at + one.timespan, at, line });
}

export function judgeAbsences(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  due: Millis,
): Decision[] {
  const over = group.absences.filter((pending) => pending.due <= due);
  group.absences = group.absences.filter((pending) => pending.due > due);
  setAbsenceTimer(group);
  const device = bench.state.devices.get(group.deviceKey);
  if (device === undefined) return [];
  const captures: Captures = Object.create(null);
  for (const [i, field] of rule.groupFields.entries()) captures[field] = group.by?.[i] ?? "";
  return over.flatMap((pending) => {
    if (!isTrue(rule, group, pending)) return [];
    const facts = eventFacts(rule, group, new Set(), captures, due);
    facts[pending.name] = true;
    addDeviceFacts(facts, rule, device, device.facts.dialect);
    return enterReport(bench, rule, key, group, facts, false, {
      first: pending.at,
      last: due,
      lines: linesOf(rule, group, pending),
      weight: 1,
      address: group.address,
    });
  });
}

/** An absence that is over is true; a window that is over, when it holds as much as it may and no more. */
function isTrue(rule: CompiledRule, group: GroupState, pending: Pending): boolean {
  const one = rule.correlations.find(({ name }) => name === pending.name);
  if (one === undefined || one.lte === null) return true;
  const counted = measure(one, group, pending.at, pending.due);
  if (counted < one.gte || counted > one.lte) return false;
  enterCorrelation(rule, group, one, pending.due);
  return true;
}

/** Of a window that is over, what it held; of an absence, the message that no other followed. */
function linesOf(rule: CompiledRule, group: GroupState, pending: Pending): KeptLine[] {
  const one = rule.correlations.find(({ name }) => name === pending.name);
  return one === undefined || one.lte === null
    ? [pending.line]
    : linesWithin(rule, group, one, pending.line, pending.due);
}

function setAbsenceTimer(group: GroupState): void {
  if (group.absences.length === 0) delete group.timers.absence;
  else group.timers.absence = Math.min(...group.absences.map((pending) => pending.due));
}
