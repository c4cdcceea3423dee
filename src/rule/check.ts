/** Everything that is wrong or doubtful in rule files, each with its place. */

import type { CasedRule } from "./compiled.ts";
import { noRules, shippedRules, shown, strayFiles } from "./files.ts";
import { lintAdvisory, lintRule } from "./lint/lint.ts";
import { readRules } from "./load.ts";

/** One fault or warning. */
export interface Finding {
  /** `file:line:col`. */
  place: string;
  message: string;
}

export interface Checked {
  /** Those without a fault. */
  rules: CasedRule[];
  /** Such files do not load. */
  faults: Finding[];
  /** They load, but say something that is never so, never used or not finished. */
  warnings: Finding[];
}

/** Reads what `loadRules` would load. Throws NO_INPUT where there is nothing. */
export function checkRules(path: string = shippedRules()): Checked {
  const { rules, advisories, problems } = readRules(path);
  if (rules.length + problems.length === 0) throw noRules(path);
  const inOrder = new Intl.Collator("en", { numeric: true });
  const warnings = [
    ...advisories.flatMap(({ file, place }) => lintAdvisory(file).map((one) => ({ one, place }))),
    ...rules.flatMap(({ file, place }) => lintRule(file).map((one) => ({ one, place }))),
  ];
  return {
    rules: rules.map(({ rule }) => rule),
    faults: problems.flatMap(findings),
    warnings: warnings
      .map(({ one: [where, message], place }) => ({
        place: place(where).place,
        message: `${where.length === 0 ? "" : `${where.join(".")}: `}${message}`,
      }))
      .concat(strayFiles(path).map((file) => ({ place: `${shown(file)}:1:1`, message: STRAY })))
      .sort((a, b) => inOrder.compare(a.place, b.place)),
  };
}

const STRAY = "is not loaded: a rule lies in its advisory's folder, beside advisory.yaml";

/** `file:line:col: message` lines taken apart; what begins otherwise belongs to the line before it. */
function findings(problem: string): Finding[] {
  const found: Finding[] = [];
  for (const line of problem.split("\n")) {
    const parts = /^(.*?:\d+:\d+): (.*)$/.exec(line);
    if (parts !== null) found.push({ place: parts[1]!, message: parts[2]! });
    else if (found.length > 0) found.at(-1)!.message += `\n${line}`;
  }
  return found;
}
