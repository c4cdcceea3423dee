/** A checked `fleet` -> when several routers are one trouble, and what to say of it. */
import type { Runbook } from "../model.ts";
import { compileRunbook } from "./advisory.ts";
import type { CompiledFleet } from "./compiled.ts";
import { durationMillis } from "./duration.ts";
import { RuleProblem } from "./problem.ts";
import type { FleetFile } from "./schema-fleet.ts";
import { asText } from "./text.ts";

/** Compiles a rule's fleet; null where it has none. */
export function compileFleet(file: FleetFile | undefined): CompiledFleet | null {
  if (file === undefined) return null;
  const ids = Object.values(file.runbook).flatMap((items) => items.map((item) => item.id));
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new RuleProblem(["fleet", "runbook"], `two items have the id "${twice}"`);
  return {
    timespan: durationMillis(file.timespan),
    gte: file.condition.gte,
    from: file.from,
    verdict: file.verdict,
    level: file.level,
    confidence: file.confidence,
    title: asText(file.title),
    falsepositives: file.falsepositives.map(asText),
    runbook: compileRunbook(file.runbook) as Runbook,
  };
}
