/** docs/rules.md: every advisory and rule that ships, from the rules themselves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { RUNBOOK_PARTS, type RunbookItem, type Text } from "../../src/model.ts";
import type { Advisory, CasedRule, CompiledVerdict } from "../../src/rule/compiled.ts";
import { shippedRules } from "../../src/rule/files.ts";
import { loadRules } from "../../src/rule/load.ts";
import type { AdvisoryFile } from "../../src/rule/schema-advisory.ts";
import { exampleOf } from "./example.ts";
import { anchor, code, codeBlock, GENERATED, prose, table } from "./markdown.ts";

/** The page. */
export function ruleCatalogue(): string {
  const rules = loadRules();
  const advisories = [...new Map(rules.map((rule) => [rule.advisory.id, rule.advisory])).values()];
  const rows = rules.map((rule) => [
    `[${rule.id}](#${anchor(rule.id)})`,
    `[${rule.advisory.id}](#${anchor(rule.advisory.id)})`,
    levels(rule),
    rule.status,
    say(rule.title),
  ]);
  return `${[
    "# The rules",
    GENERATED,
    "What Telltale detects, by advisory. `telltale rules show ID` prints one rule, `telltale rules test` runs the cases named here. How a rule is judged and what its fields mean: [rule-format.md](rule-format.md).",
    table(["rule", "advisory", "level", "status", "title"], rows),
    ...advisories.flatMap((advisory) => [
      advisorySection(advisory),
      ...rules.filter((rule) => rule.advisory.id === advisory.id).map(ruleSection),
    ]),
  ].join("\n\n")}\n`;
}

function advisorySection(advisory: Advisory): string {
  const file = read(`${advisory.id}/advisory.yaml`) as AdvisoryFile;
  const { exposure } = file;
  const facts = [
    ...(file.cves.length === 0 ? [] : [["CVE", file.cves.join(", ")]]),
    ...(file.bugs?.length ? [["Cisco bugs", file.bugs.join(", ")]] : []),
    ...(file.cwe?.length ? [["CWE", file.cwe.join(", ")]] : []),
    ...(file.cvss ? [["CVSS", `${file.cvss.base} (version ${file.cvss.version})`]] : []),
    ...(file.severity ? [["severity", file.severity]] : []),
    ["published", `${file.published}, revision ${file.revision}`],
    ...(exposure
      ? [["affected", `releases of ${exposure.os}; first fixed: ${exposure["first-fixed"].join(", ")}`]]
      : []),
    ...(exposure?.["not-affected-os"]?.length ? [["not affected", exposure["not-affected-os"].join(", ")]] : []),
  ];
  const steps = RUNBOOK_PARTS.flatMap((part) => advisory.runbook[part].map((item) => [part, ...runbookRow(item)]));
  return [
    `## ${advisory.id}`,
    `**${say(advisory.title)}.** ${say(advisory.summary)}`,
    table(
      ["", ""],
      facts.map(([name = "", value = ""]) => [name, prose(value)]),
    ),
    ...(steps.length === 0 ? [] : ["Runbook:", table(["part", "item", "what", "source"], steps)]),
    ...list("What else could cause it:", advisory.falsepositives.map(say)),
    ...list(
      "References:",
      advisory.references.map((one) => `<${one}>`),
    ),
  ].join("\n\n");
}

function runbookRow(item: RunbookItem): string[] {
  const what = item.run === null ? (item.do === null ? "" : say(item.do)) : item.run.split("\n").map(code).join("<br>");
  return [code(item.id), what, item.source];
}

function ruleSection(rule: CasedRule): string {
  const file = read(`${rule.advisory.id}/${rule.id}.yaml`) as { signals: Record<string, Record<string, unknown>> };
  const fires = rule.tests.map((test) => `${prose(test.name)}${test.expect?.length === 0 ? " (no alert)" : ""}`);
  return [
    `### ${rule.id}`,
    `**${say(rule.title)}.**${rule.description === null ? "" : ` ${say(rule.description)}`}`,
    `Level ${levels(rule)}; ${rule.status}; [${rule.advisory.id}/${rule.id}.yaml](../rules/${rule.advisory.id}/${rule.id}.yaml).`,
    "Signals:",
    ...rule.signals.map(({ name }) => signal(rule, name, file.signals[name]!)),
    "Verdicts, of which the first that holds is the report's:",
    table(["verdict", "level", "confidence", "when"], rule.verdicts.map(verdictRow)),
    ...list("What else could cause it:", rule.falsepositives.map(say)),
    ...list(
      "References:",
      rule.references.map((one) => `<${one}>`),
    ),
    ...list("Cases:", fires),
  ].join("\n\n");
}

/** A signal with its conditions as written, and a line of the rule's cases that it matches. */
function signal(rule: CasedRule, name: string, fields: Record<string, unknown>): string {
  const conditions = Object.entries(fields).map(([key, value]) => code(`${key}: ${shown(value)}`));
  const example = exampleOf(rule, name);
  const head = `- ${code(name)}: ${conditions.join(", ")}`;
  return example === null ? head : `${head}\n\n${codeBlock(example).replace(/^/gm, "  ")}`;
}

function verdictRow(verdict: CompiledVerdict): string[] {
  const when = verdict.when.map((all) => all.map((one) => code(one.source)).join(", ")).join("<br>or ");
  return [
    code(verdict.name),
    verdict.alert ? verdict.level : "no alert",
    verdict.alert ? verdict.confidence : "",
    when,
  ];
}

/** Levels that the rule's verdicts have, the gravest first. */
function levels(rule: CasedRule): string {
  const order = ["critical", "high", "medium", "low", "informational"];
  const own = new Set<string>(rule.verdicts.filter((one) => one.alert).map((one) => one.level));
  return order.filter((level) => own.has(level)).join(", ");
}

function list(title: string, items: string[]): string[] {
  return items.length === 0 ? [] : [title, items.map((item) => `- ${item}`).join("\n")];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function say(text: Text): string {
  return prose(text.en);
}

function read(path: string): unknown {
  return parse(readFileSync(join(shippedRules(), path), "utf8"));
}
