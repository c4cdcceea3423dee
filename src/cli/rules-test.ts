/** `telltale rules test`: runs the cases at the foot of each rule file, and says what is not as they expect. */
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { yamlEntry } from "../output/yaml.ts";
import type { CasedRule } from "../rule/compiled.ts";
import { loadRules } from "../rule/load.ts";
import { expectationOf, type Rehearsal, rehearse } from "../run/rehearse.ts";
import { print } from "./terminal.ts";
import { runAndWatch } from "./watching.ts";

interface TestOptions {
  json?: boolean;
  case?: string;
  watch?: boolean;
}

export async function testRulesCommand(path: string | undefined, options: TestOptions): Promise<void> {
  await runAndWatch(path, options.watch === true, async () => {
    const rules = loadRules(path);
    const results = select(rules, options.case).flatMap(rehearse);
    for (const result of results) await print(options.json ? `${jsonLine(resultJson(result))}\n` : resultText(result));
    if (!options.json) await print(summary(rules, results, options.case));
    return results.every((result) => result.passed) ? 0 : 1;
  });
}

/** The rules with only those cases whose names have this in them. */
function select(rules: CasedRule[], part: string | undefined): CasedRule[] {
  if (part === undefined) return rules;
  const wanted = (name: string) => name.toLowerCase().includes(part.toLowerCase());
  const some = rules.map((rule) => ({ ...rule, tests: rule.tests.filter((test) => wanted(test.name)) }));
  if (some.some((rule) => rule.tests.length > 0)) return some;
  const names = rules.flatMap((rule) => rule.tests.map((test) => test.name));
  throw new TelltaleError(
    "NOT_FOUND",
    `no case has "${part}" in its name`,
    `The cases: ${names.join("; ") || "none"}.`,
  );
}

function summary(rules: CasedRule[], results: Rehearsal[], part: string | undefined): string {
  const failed = results.filter((result) => !result.passed).length;
  const without = part === undefined ? rules.filter((rule) => rule.tests.length === 0) : [];
  const more = without.map((rule) => `no case yet: ${rule.id} (${rule.status}), ${rule.file}\n`);
  return `${results.length - failed} passed, ${failed} failed\n${more.map((line) => escapeText(line, { keepNewlines: true })).join("")}`;
}

function resultText(result: Rehearsal): string {
  const { rule, name, passed, problems, at, written, alerts, nearest, log } = result;
  const head = `${passed ? "ok    " : "FAILED"}  ${escapeText(`${rule}: ${name}`)}`;
  if (passed) return `${head}\n`;
  const paste = "; what it got is below, to be pasted under its steps once you have seen that it is right";
  const said = written ? problems : problems.map((problem) => problem + paste);
  const lines = [`${at.place}`, ...said];
  const countsDiffer = !written || problems.some((problem) => /^expected \d+ alert/.test(problem));
  if (alerts.length === 0) {
    lines.push(...nearest);
    if (log !== null) lines.push(`more: telltale rules explain ${log}`);
  }
  const told = lines.map((line) => `          ${escapeText(line)}\n`).join("");
  return `${head}\n${told}${countsDiffer ? got(result) : ""}`;
}

/** The alerts as the case would expect them. */
function got({ alerts, at }: Rehearsal): string {
  return yamlEntry("expect", alerts.map(expectationOf), at.flow ? 0 : at.column - 1, at.flow);
}

function resultJson(result: Rehearsal): Record<string, unknown> {
  const { rule, file, name, passed, problems, at, alerts, nearest } = result;
  const [line, column] = at.place.split(":").slice(-2).map(Number);
  return {
    rule,
    file,
    name,
    passed,
    problems,
    line,
    column,
    ...(passed ? {} : { got: alerts.map(expectationOf) }),
    ...(passed || nearest.length === 0 ? {} : { nearest }),
  };
}
