/** What a message does to what its rule remembers, or why it counts for nothing there. */
import type { CompiledRule, MemorySpec } from "../../rule/compiled.ts";

/** Sentences on a matched signal; `counted` says whether it was judged. */
export function memoryNotes({ memory, groupByNode }: CompiledRule, signal: string, counted: boolean): string[] {
  if (memory === null) return [];
  const same = `the same router${groupByNode ? " and node" : ""}`;
  const notes: string[] = [];
  if (memory.firsts.includes(signal))
    notes.push(
      `It is remembered: ${anyOf(after(memory, signal))} after it, about ${same}, raises an alert, ${memory.marked.includes(signal) ? "a different one once" : "until"} ${anyOf(endersOf(memory, signal))} takes the memory back.`,
    );
  const needed = memory.needs[signal];
  if (needed !== undefined && !counted)
    notes.push(
      `It counts only where ${anyOf(needed)} is remembered of ${same}, and nothing is: it was not seen, or ${lostBy(memory, needed)}.`,
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
  return needed === undefined
    ? null
    : `${anyOf(needed)} before it${forgotten(memory, needed).length > 0 ? ", and not taken back" : ""}`;
}

function lostBy(memory: MemorySpec, firsts: readonly string[]): string {
  const enders = forgotten(memory, firsts).flatMap((first) => endersOf(memory, first));
  return enders.length > 0 ? `${anyOf(enders)} took it back` : "its alert was closed";
}

/** The firsts that are gone once they are taken back. */
function forgotten({ marked }: MemorySpec, firsts: readonly string[]): string[] {
  return firsts.filter((first) => !marked.includes(first));
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
