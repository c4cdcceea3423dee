/** `cancelled-by` -> which signals are remembered until another takes them back. */
import type { CompiledCorrelation, CompiledSignal, MemorySpec } from "./compiled.ts";
import { RuleProblem } from "./problem.ts";

/** What a rule remembers until it is taken back; null where no correlation says `cancelled-by`. */
export function compileMemory(correlations: CompiledCorrelation[], signals: CompiledSignal[]): MemorySpec | null {
  const lasting = correlations.filter((one) => one.cancelledBy.length > 0);
  if (lasting.length === 0) return null;
  const firsts = [...new Set(lasting.map((one) => one.signals[0]!))];
  const memory: MemorySpec = { firsts, endedBy: {}, needs: {}, passing: [], marked: [] };
  for (const one of lasting) {
    const [first = ""] = one.signals;
    const other = correlations.find(
      (two) => two.signals.includes(first) && two.cancelledBy.join() !== one.cancelledBy.join(),
    );
    if (other !== undefined)
      throw new RuleProblem(
        ["correlations", one.name, "signals"],
        `"${first}" begins this memory and stands in "${other.name}" too, which other signals cancel`,
      );
    if (one.cancelled && !memory.marked.includes(first)) memory.marked.push(first);
    for (const name of one.cancelledBy) memory.endedBy[name] = [...new Set([...(memory.endedBy[name] ?? []), first])];
    for (const name of one.signals.slice(1)) memory.needs[name] = [...(memory.needs[name] ?? []), first];
  }
  const elsewhere = new Set([
    ...correlations.filter((one) => one.cancelledBy.length === 0).flatMap((one) => one.signals),
    ...signals.flatMap((signal) => (signal.unless === null ? [] : [signal.unless.signal])),
  ]);
  for (const name of [...firsts, ...elsewhere]) delete memory.needs[name];
  const within = new Set(correlations.flatMap((one) => one.signals));
  memory.passing = Object.keys(memory.endedBy).filter((name) => !within.has(name) && !elsewhere.has(name));
  return memory;
}
