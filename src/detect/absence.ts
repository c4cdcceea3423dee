/** Absence: B did not follow A in time. */
import type { Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { addDeviceFacts, type Bench, type Decision, enterReport, eventFacts } from "./report.ts";
import type { GroupState, KeptLine } from "./state.ts";

/** Messages of one kind that wait for another at the same time; in a flood the first of them tell enough. */
const MAX_ABSENCES = 64;

export function enterAbsences(
  rule: CompiledRule,
  group: GroupState,
  names: Set<string>,
  at: Millis,
  line: KeptLine,
): void {
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
  return over.flatMap((pending) => {
    const facts = eventFacts(rule, group, new Set(), {}, due);
    facts[pending.name] = true;
    addDeviceFacts(facts, rule, device, device.facts.dialect);
    return enterReport(bench, rule, key, group, facts, false, {
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
