/** How many rules there are, and of how many advisories; rules about the logging itself belong to none. */
import type { CompiledRule } from "./compiled.ts";

/** Rules of advisories, their advisories, and rules for operations. */
export function ruleCounts(rules: readonly CompiledRule[]): { rules: number; advisories: number; operations: number } {
  const ofAdvisories = rules.filter((rule) => !rule.signals.some((signal) => signal.observation !== null));
  return {
    rules: ofAdvisories.length,
    advisories: new Set(ofAdvisories.map((rule) => rule.advisory.id)).size,
    operations: rules.length - ofAdvisories.length,
  };
}

/** `5 rules of 2 advisories, 3 for operations`. */
export function countRules(rules: readonly CompiledRule[]): string {
  const counts = ruleCounts(rules);
  const operations = counts.operations === 0 ? "" : `, ${counts.operations} for operations`;
  return `${count(counts.rules, "rule", "rules")} of ${count(counts.advisories, "advisory", "advisories")}${operations}`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
