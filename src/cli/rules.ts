/** `telltale rules list` and `show`: the detections that are loaded. */
import { TelltaleError } from "../error.ts";
import type { Text } from "../model.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { table } from "../output/table.ts";
import type { CompiledRule, CompiledSignal, Origin } from "../rule/compiled.ts";
import { openRules } from "../rule/open.ts";
import { print, terminalWidth, wantsJson } from "./terminal.ts";

export async function listRulesCommand(options: { rules?: string; json?: boolean }): Promise<void> {
  const rules = await openRules(options.rules);
  if (wantsJson(options)) {
    for (const rule of rules) await print(`${jsonLine(ruleJson(rule))}\n`);
    return;
  }
  const rows = rules.map((rule) => [
    rule.id,
    rule.level,
    rule.status,
    rule.advisory.id,
    rule.title.en.replace(/ on \{node\}/, ""),
  ]);
  await print(table(["ID", "LEVEL", "STATUS", "ADVISORY", "TITLE"], rows, terminalWidth()));
}

export async function showRuleCommand(
  id: string,
  options: { rules?: string; json?: boolean; lang: "en" | "ja" },
): Promise<void> {
  const { loadRules } = await import("../rule/load.ts");
  const rule = loadRules(options.rules).find((one) => one.id === id);
  if (rule === undefined)
    throw new TelltaleError("NOT_FOUND", `no rule "${id}"`, "`telltale rules list` shows the ids.");
  if (wantsJson(options)) return print(`${jsonLine(ruleJson(rule))}\n`);
  const say = (text: Text) => (options.lang === "ja" ? (text.ja ?? text.en) : text.en);
  const lines = [
    `${rule.id}  (${rule.status}, ${rule.level} at most)`,
    say(rule.title),
    "",
    ...(rule.description === null ? [] : [say(rule.description), ""]),
    `Advisory   ${rule.advisory.id}  ${rule.advisory.cves.join(", ")}`,
    `File       ${rule.file}`,
    ...(rule.origin === null ? [] : [`Origin     ${originLine(rule.origin)}`]),
    `Signals    ${rule.signals.map(signalLine).join("\n           ")}`,
    `Verdicts   ${rule.verdicts.map((one) => `${one.name}: ${one.alert ? `${one.level} / ${one.confidence}` : "no alert"} when ${one.when.map((all) => all.map((condition) => condition.source).join(", ")).join("; or ")}`).join("\n           ")}`,
    `Cases      ${rule.tests.map((test) => test.name).join("\n           ")}`,
    `Causes     ${[...rule.falsepositives, ...rule.advisory.falsepositives].map(say).join("\n           ")}`,
    `See        ${rule.advisory.references.join("\n           ")}`,
  ];
  await print(`${lines.map((line) => escapeText(line, { keepNewlines: true })).join("\n")}\n`);
}

function ruleJson(rule: CompiledRule): Record<string, unknown> {
  return {
    id: rule.id,
    advisory: rule.advisory.id,
    title: rule.title.en,
    ...(rule.title.ja === undefined ? {} : { title_ja: rule.title.ja }),
    level: rule.level,
    status: rule.status,
    version: rule.version,
    file: rule.file,
    cves: rule.advisory.cves,
    verdicts: rule.verdicts
      .filter((one) => one.alert)
      .map(({ name, level, confidence }) => ({ name, level, confidence })),
    references: [...rule.advisory.references, ...rule.references],
    ...(rule.origin === null ? {} : { origin: rule.origin }),
  };
}

function signalLine(signal: CompiledSignal): string {
  const { name, tags, tagPrefixes, literals, folded, every, condition, observation } = signal;
  const found = [...tags, ...tagPrefixes.map((one) => `${one}*`), ...literals, ...folded];
  if (observation !== null) found.push(`observed: ${observation}`);
  if (every) found.push("every message");
  if (condition !== null) found.push(condition.source);
  return `${name} (${found.join(", ")})`;
}

function originLine({ format, id, author, license, tags = [] }: Origin): string {
  return [format, id, author && `by ${author}`, license, tags.join(" ")].filter(Boolean).join(", ");
}
