/** What loads and still cannot be meant: told as warnings, by path in the file. */
import type { RuleFile } from "../schema.ts";
import type { AdvisoryFile } from "../schema-advisory.ts";
import { asText } from "../text.ts";
import { lintConditions } from "./conditions.ts";
import { lintHidden } from "./hidden.ts";
import { lintPlaceholders } from "./placeholders.ts";
import { lintShadows } from "./shadows.ts";
import { lintSignals } from "./signals.ts";
import { lintUnused } from "./unused.ts";

/** Where, and what. */
export type Warning = [(string | number)[], string];

/** Everything doubtful in a rule file. */
export function lintRule(file: RuleFile): Warning[] {
  return [
    ...lintPlaceholders(file),
    ...lintSignals(file),
    ...lintConditions(file),
    ...lintHidden(file),
    ...lintShadows(file),
    ...lintUnused(file),
    ...lintCases(file),
  ];
}

/** Everything doubtful in an advisory. */
export function lintAdvisory(file: AdvisoryFile): Warning[] {
  const untitled: Warning[] =
    asText(file.title).en === file.id ? [[["title"], "is the id; give the title as Cisco prints it"]] : [];
  return [...lintPlaceholders(file), ...untitled];
}

function lintCases({ tests, status }: RuleFile): Warning[] {
  const warnings: Warning[] = tests.flatMap((test, i): Warning[] => {
    const twice = tests.findIndex((one) => one.name === test.name) < i;
    return [
      ...(test.expect === undefined
        ? [[["tests", i], "does not say what it expects; `telltale rules test` says what it got"] as Warning]
        : []),
      ...(twice ? [[["tests", i, "name"], "another case has this name"] as Warning] : []),
    ];
  });
  if (status === "experimental" && !tests.some((test) => (test.expect ?? []).length > 0))
    warnings.push([["tests"], "no case fires yet"]);
  return warnings;
}
