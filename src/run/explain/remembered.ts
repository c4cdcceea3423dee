/** What a message does to what its rule remembers, or why it counts for nothing there. */
import type { CompiledRule, MemorySpec } from "../../rule/compiled.ts";

/** Sentences on a matched signal; `counted` says whether it was judged. */
export function memoryNotes({ memory, groupByNode }: CompiledRule, signal: string, counted: boolean): string[] {
  if (memory === null) return [];
  const same = `the same router${groupByNode ? " and node" : ""}`;
  const notes: string[] = [];
  if (memory.firsts.includes(signal))
    notes.push(
      `It is remembered: ${anyOf(after(memory, signal))} after it, about ${same}, raises an alert, until ${anyOf(endersOf(memory, signal))} takes the memory back.`,
    );
  const needed = memory.needs[signal];
  if (needed !== undefined && !counted)
    notes.push(
      `It counts only where ${anyOf(needed)} is remembered of ${same}, and nothing is: it was not seen, or ${anyOf(needed.flatMap((first) => endersOf(memory, first)))} took it back.`,
    );
  const ended = memory.endedBy[signal];
  if (ended !== undefined) notes.push(`It takes ${anyOf(ended)} back where that is remembered of ${same}.`);
  return notes;
}

/** What a matched signal that raised nothing waits for; null where nothing is remembered for it. */
export function memoryMissing({ memory }: CompiledRule, signal: string): string | null {
  if (memory === null) return null;
  if (memory.firsts.includes(signal)) return `${anyOf(after(memory, signal))} after it`;
  const needed = memory.needs[signal];
  return needed === undefined ? null : `${anyOf(needed)} before it, and not taken back`;
}

function after(memory: MemorySpec, first: string): string[] {
  return Object.keys(memory.needs).filter((name) => memory.needs[name]!.includes(first));
}

function endersOf(memory: MemorySpec, first: string): string[] {
  return Object.keys(memory.endedBy).filter((name) => memory.endedBy[name]!.includes(first));
}

function anyOf(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(" or ");
}
