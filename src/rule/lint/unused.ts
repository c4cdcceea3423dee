/** What a rule names and never uses: signals, correlations, parameters, groups of patterns. */
import type { WhenFile } from "../condition.ts";
import { namesIn, parseExpression } from "../expression.ts";
import type { RuleFile } from "../schema.ts";
import type { SignalFile } from "../schema-signal.ts";
import { asList } from "../text.ts";
import { alternatives, groupsOf } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintUnused(file: RuleFile): Warning[] {
  const facts = usedFacts(file);
  const signals = new Set([...facts, ...usedSignals(file)]);
  const groups = new Set([...facts, ...usedGroups(file)]);
  const params = new Set(conditionValues(file));
  const joined = new Set(Object.values(file.correlations).flatMap((one) => one.signals));
  return [
    ...Object.keys(file.signals)
      .filter((name) => !signals.has(name))
      .map(
        (name): Warning => [
          ["signals", name],
          `is never used: no report, block, correlation, step or condition names ${name}`,
        ],
      ),
    ...Object.entries(file.correlations)
      .filter(([name, { type }]) => type !== "absence" && !facts.has(name) && !joined.has(name))
      .map(([name]): Warning => [["correlations", name], `is never used: no condition names ${name}`]),
    ...Object.keys(file.params)
      .filter((name) => !params.has(`$${name}`))
      .map((name): Warning => [["params", name], `is never used: no condition says $${name}`]),
    ...Object.entries(file.signals).flatMap(([name, signal]) =>
      groupsOf(signal)
        .filter(({ group }) => !groups.has(group))
        .map(
          ({ group, key }): Warning => [
            ["signals", name, key],
            `the group ${group} is never used: show it in details, ask for it in a condition, or write (?:…)`,
          ],
        ),
    ),
  ];
}

/** Facts that conditions and details name. */
function usedFacts(file: RuleFile): Set<string> {
  const whens = [...file.verdicts, ...file.caveats].map(({ when }) => when as WhenFile);
  const asked = whens.flatMap((when) => alternatives(when, file).flatMap((all) => all.map((one) => one.field)));
  return new Set([...asked, ...Object.values(file.details)]);
}

function usedSignals(file: RuleFile): string[] {
  const { block } = file;
  return [
    ...file.reports,
    ...(block === undefined ? [] : [block.open, block.rows, block.close, ...block.order]),
    ...Object.values(file.correlations).flatMap((one) => [...one.signals, ...asList(one["cancelled-by"])]),
    ...Object.values(file.signals).flatMap((one) => (one.unless === undefined ? [] : [one.unless.signal])),
    ...file.lifecycle.steps.flatMap((step) => [step.signal, ...asList(step.evidence)]),
    ...Object.values(file.signals as Record<string, SignalFile>).flatMap((one) => joinedIn(one, file)),
  ];
}

/** Signals that the condition of another one names. */
function joinedIn({ condition }: SignalFile, file: RuleFile): string[] {
  if (condition === undefined) return [];
  const plain = Object.entries(file.signals as Record<string, SignalFile>).filter(
    ([, one]) => one.condition === undefined,
  );
  const expression = parseExpression(
    condition,
    plain.map(([name]) => name),
  );
  return [...namesIn(expression, true), ...namesIn(expression, false)];
}

/** Groups that grouping, counting, a block, a step or a condition beside the pattern reads. */
function usedGroups(file: RuleFile): string[] {
  const { block } = file;
  const ofBlock =
    block === undefined
      ? []
      : [
          block.table.name.split("|")[0]!,
          block.table.key,
          block.table.weight,
          ...(block.apart === undefined ? [] : [block.apart]),
          ...block.table.expect.map((one) => one.split(".")[1]!),
        ];
  const ofSteps = file.lifecycle.steps.flatMap((step) => [...Object.keys(step.where), step.node ?? "", step.by ?? ""]);
  const counted = Object.values(file.correlations).flatMap((one) => asList(one.condition?.field));
  const asked = Object.values(file.signals as Record<string, SignalFile>).flatMap((one) =>
    Object.keys(one.where ?? {}),
  );
  const about = Object.values(file.signals as Record<string, SignalFile>).flatMap((one) => asList(one.about));
  return [...ofBlock, ...ofSteps, ...about, ...counted, ...asked.map((key) => key.split("|")[0]!), ...file["group-by"]];
}

/** Every value of every condition, as written. */
function conditionValues(file: RuleFile): unknown[] {
  const whens = [...file.verdicts, ...file.caveats].flatMap(({ when }) => (Array.isArray(when) ? when : [when]));
  return whens.flatMap((all) => Object.values(all as Record<string, unknown>).flat());
}
