/** Sigma rules from text, imported and compiled as `telltale rules import` does. */
import type { CasedRule } from "../../src/rule/compiled.ts";
import { readRule } from "../../src/rule/load.ts";
import { type Imported, importSigma } from "../../src/rule/sigma/import.ts";
import { writeRule } from "../../src/rule/sigma/write.ts";
import { advisoryOf, finishDraft, type ImportedRule } from "../../src/run/import.ts";
import { ADVISORY } from "./rule.ts";
import { Stage } from "./stage.ts";

const advisory = advisoryOf("advisory.yaml", ADVISORY);

export interface Result extends Imported {
  rules: CasedRule[];
  written: ImportedRule[];
}

/** Imports one file. */
export function importText(text: string, file = "rule.yml"): Result {
  const imported = importSigma([{ file, text }]);
  const written = imported.drafts.map((draft) => finishDraft(draft, advisory));
  const rules = written.filter(({ fires }) => fires).map(({ id, text }) => readRule(`${id}.yaml`, text, advisory));
  return { ...imported, rules, written };
}

/** A detection for Cisco syslog with this body. */
export function sigma(detection: string, more = ""): string {
  return `title: A probe\nlevel: low\nlogsource: { product: cisco, service: syslog }\n${more}detection:\n${detection.replace(/^/gm, "  ")}\n`;
}

/** The only rule of a Sigma text, without a fault; its made-up case is not asked for. */
export function ruleOfSigma(text: string): CasedRule {
  const { drafts, problems } = importSigma([{ file: "rule.yml", text }]);
  if (problems.length > 0 || drafts.length !== 1) throw new Error(problems.join("\n"));
  const one = { ...drafts[0]!, rule: { ...drafts[0]!.rule, status: "deprecated" } };
  return readRule(`${one.id}.yaml`, writeRule(one, []), advisory);
}

/** Whether a message of this tag and text fires the rule. */
export function fires(rule: CasedRule, line: string): boolean {
  return new Stage({ rules: [rule] }).send(line).alerts().length > 0;
}

/** A line of IOS. */
export function ios(text: string, tag = "SYS-5-USERLOG_NOTICE"): string {
  return `<189>101: r1: Mar  4 12:00:00.101: %${tag}: ${text}`;
}
