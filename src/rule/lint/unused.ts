/** What a rule names and never uses: signals, correlations, parameters, groups of patterns. A name is used where any
 * part of the rule that judges says it, so that a field of the language that is new here needs no line. */
import { namesIn, parseExpression } from "../expression.ts";
import type { RuleFile } from "../schema.ts";
import { CONDITION_FIELDS, type SignalFile } from "../schema-signal.ts";
import { groupsOf } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintUnused(file: RuleFile): Warning[] {
  const used = usedNames(file);
  return [
    ...Object.keys(file.signals)
      .filter((name) => !used.has(name))
      .map((name): Warning => [["signals", name], `is never used: nothing else in this rule names ${name}`]),
    ...Object.entries(file.correlations)
      .filter(([name, { type }]) => type !== "absence" && !used.has(name))
      .map(([name]): Warning => [["correlations", name], `is never used: no condition names ${name}`]),
    ...Object.keys(file.params)
      .filter((name) => !used.has(`$${name}`))
      .map((name): Warning => [["params", name], `is never used: no condition says $${name}`]),
    ...Object.entries(file.signals).flatMap(([name, signal]) =>
      groupsOf(signal)
        .filter(({ group }) => !used.has(group))
        .map(
          ({ group, key }): Warning => [
            ["signals", name, key],
            `the group ${group} is never used: show it in details, ask for it in a condition, or write (?:…)`,
          ],
        ),
    ),
  ];
}

/** Parts that are texts, or that only say what something is called. */
const SAYS_NOTHING = new Set([
  ...["id", "title", "status", "level", "description", "params", "falsepositives", "references", "origin", "tests"],
  ...["name", "runbook", "text", "confidence"],
]);
/** Fields of a signal that hold words of messages. */
const WORDS = new Set([...Object.keys(CONDITION_FIELDS), "literal", "or-literal", "dialect", "severity"]);

function usedNames(file: RuleFile): Set<string> {
  const { signals, correlations, details, block, ...rest } = file;
  const used = new Set<string>();
  for (const one of Object.values(signals as Record<string, SignalFile>)) {
    const { condition, ...more } = one;
    for (const name of joinedIn(condition, file)) used.add(name);
    for (const [key, value] of Object.entries(more)) if (!WORDS.has(key.split("|")[0]!)) collect(value, used);
  }
  collect([...Object.values(correlations), ...Object.values(details)], used);
  collect([block, block?.table.name], used);
  collect(rest, used);
  return used;
}

/** Signals that the condition of another one names. */
function joinedIn(condition: string | undefined, file: RuleFile): string[] {
  if (condition === undefined) return [];
  const all = Object.entries(file.signals as Record<string, SignalFile>);
  const plain = all.filter(([, one]) => one.condition === undefined).map(([name]) => name);
  const expression = parseExpression(condition, plain);
  return [...namesIn(expression, true), ...namesIn(expression, false)];
}

/** Every word of the keys and strings in a value. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string") for (const [word] of value.matchAll(/\$?[A-Za-z][\w-]*/g)) into.add(word);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && SAYS_NOTHING.has(key)) continue;
    if (!Array.isArray(value)) collect(key, into);
    collect(inner, into);
  }
}
