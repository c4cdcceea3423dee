/** Drafts of imported rules -> rules with cases: a line is made up, and the engine tells whether it fires. */
import { compileAdvisory } from "../rule/advisory.ts";
import type { Advisory } from "../rule/compiled.ts";
import { readDocument } from "../rule/document.ts";
import { readRule } from "../rule/load.ts";
import { advisory as advisorySchema } from "../rule/schema-advisory.ts";
import type { Draft } from "../rule/sigma/draft.ts";
import { QUIET_LINES } from "../rule/sigma/sample.ts";
import { type CaseText, writeRule } from "../rule/sigma/write.ts";
import { rehearse } from "./rehearse.ts";

/** A rule file that can be written. */
export interface ImportedRule {
  id: string;
  text: string;
  /** False where no line could be made up that fires it: a case has to be added by hand. */
  fires: boolean;
}

/** Reads the advisory that imported rules will stand under. */
export function advisoryOf(file: string, text: string): Advisory {
  const document = readDocument(advisorySchema, file, text);
  return document.locate(() => compileAdvisory(document.value, text));
}

/** Gives a draft the cases that it needs; throws RULE_INVALID where the rule cannot be expressed. */
export function finishDraft(draft: Draft, advisory: Advisory): ImportedRule {
  const { id, verdict } = draft;
  // A rule that does not load needs no case, so that its form can be checked without one.
  readRule(`${id}.yaml`, writeRule({ ...draft, rule: { ...draft.rule, status: "deprecated" } }, []), advisory);
  const passes = (one: CaseText) => {
    const text = writeRule({ ...draft, rule: { ...draft.rule, status: "deprecated" } }, [one]);
    return rehearse(readRule(`${id}.yaml`, text, advisory)).every(({ passed }) => passed);
  };
  const firing = draft.stories
    .map((steps): CaseText => ({ name: "what it looks for", steps, expect: [{ rule: id, verdict }] }))
    .find(passes);
  const quiet = QUIET_LINES.map(
    (lines): CaseText => ({ name: "an ordinary line stays quiet", steps: [{ lines }], expect: [] }),
  ).find(passes);
  const cases = [firing, quiet].filter((one) => one !== undefined);
  if (draft.rule.status === "deprecated") return { id, text: writeRule(draft, cases), fires: true };
  return { id, text: writeRule(draft, firing === undefined ? [] : cases), fires: firing !== undefined };
}
