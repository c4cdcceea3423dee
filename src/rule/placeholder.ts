/** Placeholders in texts and commands: each must be one that will be filled. */
import { RUNBOOK_PARTS } from "../model.ts";
import type { Advisory } from "./compiled.ts";
import { PLACEHOLDERS } from "./facts.ts";
import { RuleProblem } from "./problem.ts";
import type { RuleFile } from "./schema.ts";

const COMMON = Object.keys(PLACEHOLDERS);

/** What an alert about several routers has. */
const FLEET = ["devices", "count"];

/** Throws RuleProblem for a placeholder that is neither common nor among the rule's `details`. */
export function checkPlaceholders(file: RuleFile, advisory: Advisory): void {
  const known = new Set([...COMMON, ...Object.keys(file.details)]);
  for (const key of ["title", "verdicts", "caveats", "exposure"] as const) {
    const unknown = findUnknown(file[key], known);
    if (unknown !== null) throw problem([key], unknown, known);
  }
  const ofFleet = findUnknown(file.fleet, new Set(FLEET));
  if (ofFleet !== null) throw problem(["fleet"], ofFleet, new Set(FLEET));
  for (const part of RUNBOOK_PARTS) {
    for (const item of advisory.runbook[part]) {
      const unknown = findUnknown(item, new Set(COMMON));
      if (unknown === null) continue;
      throw new RuleProblem(
        [],
        `advisory.yaml, runbook item ${item.id}: unknown placeholder {${unknown}}; known there: ${COMMON.join(", ")}`,
      );
    }
  }
}

function problem(path: string[], name: string, known: Set<string>): RuleProblem {
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
