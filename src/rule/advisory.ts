/** A checked advisory.yaml -> an advisory: exposure data and runbook. */
import { checkExposure } from "../exposure/check.ts";
import type { ExposureSpec } from "../exposure/types.ts";
import { RUNBOOK_PARTS, type Runbook, type RunbookItem } from "../model.ts";
import type { Advisory } from "./compiled.ts";
import { digest } from "./digest.ts";
import { checkRunbook } from "./placeholder.ts";
import { RuleProblem } from "./problem.ts";
import type { AdvisoryFile } from "./schema-advisory.ts";
import { asText } from "./text.ts";

/** Compiles an advisory file; `source` is its text. */
export function compileAdvisory(file: AdvisoryFile, source: string): Advisory {
  const exposure = compileExposure(file.exposure);
  const fault = exposure === null ? undefined : checkExposure(exposure)[0];
  if (fault !== undefined) throw new RuleProblem(["exposure", ...fault.path], fault.problem);
  const runbook = compileRunbook(file.runbook) as Runbook;
  checkRunbook(runbook);
  const items = RUNBOOK_PARTS.flatMap((part) => file.runbook[part]);
  return {
    id: file.id,
    version: digest(source),
    title: asText(file.title),
    summary: asText(file.summary),
    cves: file.cves,
    references: file.references,
    exposure,
    falsepositives: file.falsepositives.map(asText),
    runbook,
    unauthenticated: items.filter((item) => item.when === "unauthenticated").map((item) => item.id),
  };
}

/** Null for rules that are not about a release. */
function compileExposure(file: AdvisoryFile["exposure"]): ExposureSpec | null {
  if (file === undefined) return null;
  return { ...file, feature: file.feature === undefined ? undefined : asText(file.feature) };
}

type RunbookParts = { [part in keyof AdvisoryFile["runbook"]]?: AdvisoryFile["runbook"][part] | undefined };

/** The parts of a runbook that are there; every item is either a command or an act. */
export function compileRunbook(parts: RunbookParts): Partial<Runbook> {
  const result: Partial<Runbook> = {};
  for (const part of RUNBOOK_PARTS) {
    const items = parts[part];
    if (items === undefined) continue;
    result[part] = items.map((item, i): RunbookItem => {
      if ((item.run === undefined) === (item.do === undefined)) {
        throw new RuleProblem(["runbook", part, i], "an item has either run (a command) or do (an act)");
      }
      return {
        id: item.id,
        run: item.run?.trimEnd() ?? null,
        do: item.do === undefined ? null : asText(item.do),
        why: asText(item.why),
        expect: item.expect === undefined ? null : asText(item.expect),
        source: item.source,
        done: null,
      };
    });
  }
  return result;
}
