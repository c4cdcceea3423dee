/** Placeholders in texts and commands: each must be one that will be filled. */
import { RUNBOOK_PARTS, type Runbook } from "../model.ts";
import { PLACEHOLDERS } from "./facts.ts";
import { RuleProblem } from "./problem.ts";
import type { RuleFile } from "./schema.ts";

const COMMON = Object.keys(PLACEHOLDERS);

/** What an alert about several routers has. */
const FLEET = ["devices", "count"];

/** Throws RuleProblem for a placeholder that is neither common nor among the rule's `details`. */
export function checkPlaceholders(file: RuleFile): void {
  const known = new Set([...COMMON, ...Object.keys(file.details)]);
  for (const key of ["title", "verdicts", "caveats", "exposure"] as const) {
    const unknown = findUnknown(file[key], known);
    if (unknown !== null) throw problem([key], unknown, known);
  }
  const ofFleet = findUnknown(file.fleet, new Set(FLEET));
  if (ofFleet !== null) throw problem(["fleet"], ofFleet, new Set(FLEET));
}

/** Throws RuleProblem for a placeholder in an advisory's runbook: it does not know the details of rules. */
export function checkRunbook(runbook: Runbook): void {
  const known = new Set(COMMON);
  for (const part of RUNBOOK_PARTS) {
    for (const [i, item] of runbook[part].entries()) {
      const unknown = findUnknown(item, known);
      if (unknown !== null) throw problem(["runbook", part, i], unknown, known);
    }
  }
}

function problem(path: (string | number)[], name: string, known: Set<string>): RuleProblem {
  return new RuleProblem(path, `unknown placeholder {${name}}; known here: ${[...known].join(", ")}`);
}

/** The first placeholder in any string of a value that is not known. */
function findUnknown(value: unknown, known: Set<string>): string | null {
  if (typeof value === "string") {
    for (const [, name = ""] of value.matchAll(/\{([a-z][A-Za-z_]*)\}/g)) if (!known.has(name)) return name;
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  for (const inner of Object.values(value)) {
    const unknown = findUnknown(inner, known);
    if (unknown !== null) return unknown;
  }
  return null;
}
