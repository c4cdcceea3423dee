/** Memory that lasts: a signal that is remembered until another takes it back, for months where a rule says so. */
import type { CompiledRule, MemorySpec } from "../rule/compiled.ts";
import { newGroup } from "./group.ts";
import type { DetectState, GroupState, KeptLine } from "./state.ts";

/** Groups with such a memory; for one more, that which was renewed longest ago is forgotten. Each may last for years,
 * so forged messages must not fill the room of all other groups. */
const MAX_MEMORIES = 10_000;
/** Longest line kept beside the evidence of alerts, in base64. */
export const MAX_LINE = 1_400;

/** Applies what takes a memory back, and leaves out the signals that mean nothing without one; false when nothing is
 * left to judge, as of a reload without a memory. `lineOf` is the message's line, encoded only where it is kept. */
export function recall(
  rule: CompiledRule,
  group: GroupState | undefined,
  names: Set<string>,
  lineOf: () => KeptLine,
): boolean {
  const { memory } = rule;
  if (memory === null) return true;
  for (const name of [...names]) {
    for (const first of memory.endedBy[name] ?? []) if (group !== undefined) takeBack(memory, group, first, lineOf);
    const needs = memory.needs[name];
    if (needs !== undefined && !needs.some((first) => group?.remembered?.[first] !== undefined)) names.delete(name);
  }
  return group !== undefined || rule.block !== null || [...names].some((name) => !memory.passing.includes(name));
}

function takeBack(memory: MemorySpec, group: GroupState, first: string, lineOf: () => KeptLine): void {
  if (!memory.marked.includes(first)) forget(memory, group, first);
  else if (group.remembered?.[first] !== undefined) group.takenBack = { ...group.takenBack, [first]: cut(lineOf()) };
}

/** The signals whose times are kept: not those that only take back. */
export function withoutPassing(memory: MemorySpec | null, names: Set<string>): Set<string> {
  return memory === null ? names : new Set([...names].filter((name) => !memory.passing.includes(name)));
}

/** Remembers the lines of signals that begin a memory, and sees that memories are not too many. */
export function memorize(
  state: DetectState,
  memory: MemorySpec,
  key: string,
  group: GroupState,
  names: Set<string>,
  line: KeptLine,
): void {
  const firsts = memory.firsts.filter((first) => names.has(first));
  if (firsts.length === 0) return;
  group.remembered ??= {};
  for (const first of firsts) {
    group.remembered[first] = cut(line);
    restore(group, first);
  }
  state.memories.delete(key);
  state.memories.add(key);
}

function cut(line: KeptLine): KeptLine {
  return line.raw.length > MAX_LINE ? { at: line.at, raw: "" } : line;
}

/** A memory that was begun anew is no longer taken back. */
function restore(group: GroupState, first: string): void {
  delete group.takenBack?.[first];
  if (Object.keys(group.takenBack ?? {}).length === 0) delete group.takenBack;
}

/** The key of the memory that must go because there are too many, or null. */
export function surplus(state: DetectState): string | null {
  return state.memories.size <= MAX_MEMORIES ? null : state.memories.keys().next().value!;
}

/** Forgets one signal, or all that begin a memory; with the last of them what came after goes too. */
export function forget(memory: MemorySpec, group: GroupState, first: string | null): void {
  for (const name of first === null ? memory.firsts : [first]) {
    delete group.windows[name];
    delete group.remembered?.[name];
    restore(group, name);
  }
  if (Object.keys(group.remembered ?? {}).length > 0) return;
  delete group.remembered;
  for (const name of Object.keys(memory.needs)) delete group.windows[name];
}

/** The lines that began what is remembered, and those that took it back, oldest first. */
export function rememberedLines({ remembered, takenBack }: GroupState): KeptLine[] {
  const lines = [...Object.values(remembered ?? {}), ...Object.values(takenBack ?? {})].filter(
    (line) => line.raw !== "",
  );
  return lines.sort((a, b) => a.at - b.at || (a.raw < b.raw ? -1 : 1));
}

/** What another version of the rule goes on remembering of an old group; null where that is nothing. */
export function carried(rule: CompiledRule | undefined, old: GroupState): GroupState | null {
  const names = (rule?.memory?.firsts ?? []).filter((name) => old.remembered?.[name] !== undefined);
  if (rule === undefined || names.length === 0) return null;
  const group = newGroup(rule, old.device, old.node, old.clock);
  if (old.by !== undefined) group.by = old.by;
  if (old.lane !== undefined) group.lane = old.lane;
  group.windows = Object.fromEntries(names.map((name) => [name, old.windows[name] ?? []]));
  group.remembered = Object.fromEntries(names.map((name) => [name, old.remembered![name]!]));
  const taken = names.filter((name) => old.takenBack?.[name] !== undefined);
  if (taken.length > 0) group.takenBack = Object.fromEntries(taken.map((name) => [name, old.takenBack![name]!]));
  group.timers.expire = Math.max(...Object.values(group.windows).flat()) + rule.horizon + 1;
  return group;
}

/** Keys of the groups that keep such lines, the one with the oldest newest line first. */
export function byNewestLine(
  groups: ReadonlyMap<string, GroupState>,
  linesOf: (group: GroupState) => readonly KeptLine[],
): string[] {
  const kept = [...groups].flatMap(([key, group]) => {
    const lines = linesOf(group);
    return lines.length === 0 ? [] : [{ key, at: Math.max(...lines.map(({ at }) => at)) }];
  });
  return kept.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1)).map(({ key }) => key);
}

/** Keys of the groups that remember something, the one renewed longest ago first. */
export function byRenewal(groups: ReadonlyMap<string, GroupState>): string[] {
  return byNewestLine(groups, ({ remembered }) => Object.values(remembered ?? {}));
}
