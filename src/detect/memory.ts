/** Memory that lasts: a signal that is remembered until another takes it back, for months where a rule says so. */
import type { CompiledRule, MemorySpec } from "../rule/compiled.ts";
import { newGroup } from "./group.ts";
import type { DetectState, GroupState, KeptLine } from "./state.ts";

/** Groups with such a memory; for one more, that which was renewed longest ago is forgotten. Each may last for years,
 * so forged messages must not fill the room of all other groups. */
const MAX_MEMORIES = 10_000;
/** Longest line kept with a memory, in base64. */
const MAX_LINE = 1_400;

/** Applies what takes a memory back, and leaves out the signals that mean nothing without one. */
export function recall(memory: MemorySpec, group: GroupState | undefined, names: Set<string>): void {
  for (const name of [...names]) {
    for (const first of memory.endedBy[name] ?? []) if (group !== undefined) forget(memory, group, first);
    const needs = memory.needs[name];
    if (needs !== undefined && !needs.some((first) => group?.remembered?.[first] !== undefined)) names.delete(name);
  }
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
  for (const first of firsts) group.remembered[first] = line.raw.length > MAX_LINE ? { at: line.at, raw: "" } : line;
  state.memories.delete(key);
  state.memories.add(key);
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
  }
  if (Object.keys(group.remembered ?? {}).length > 0) return;
  delete group.remembered;
  for (const name of Object.keys(memory.needs)) delete group.windows[name];
}

/** The lines that began what is remembered, oldest first. */
export function rememberedLines(group: GroupState): KeptLine[] {
  const lines = Object.values(group.remembered ?? {}).filter((line) => line.raw !== "");
  return lines.sort((a, b) => a.at - b.at || (a.raw < b.raw ? -1 : 1));
}

/** What another version of the rule goes on remembering of an old group; null where that is nothing. */
export function carried(rule: CompiledRule | undefined, old: GroupState): GroupState | null {
  const names = (rule?.memory?.firsts ?? []).filter((name) => old.remembered?.[name] !== undefined);
  if (rule === undefined || names.length === 0) return null;
  const group = newGroup(rule, old.device, old.node, old.clock);
  group.windows = Object.fromEntries(names.map((name) => [name, old.windows[name] ?? []]));
  group.remembered = Object.fromEntries(names.map((name) => [name, old.remembered![name]!]));
  group.timers.expire = Math.max(...Object.values(group.windows).flat()) + rule.horizon + 1;
  return group;
}
