/** What a rule names and never uses: signals, correlations, parameters, groups of patterns. */
import type { WhenFile } from "../condition.ts";
import type { RuleFile } from "../schema.ts";
import { alternatives, groupsOf } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintUnused(file: RuleFile): Warning[] {
  const facts = usedFacts(file);
  const signals = new Set([...facts, ...usedSignals(file)]);
  const groups = new Set([...facts, ...usedGroups(file)]);
  const params = new Set(conditionValues(file));
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
      .filter(([name, { type }]) => type !== "absence" && !facts.has(name))
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
    ...Object.values(file.correlations).flatMap((one) => one.signals),
    ...Object.values(file.signals).flatMap((one) => (one.unless === undefined ? [] : [one.unless.signal])),
    ...file.lifecycle.steps.map((step) => step.signal),
  ];
}

/** Groups that a block or a step reads. */
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
  return [...ofBlock, ...ofSteps];
}

/** Every value of every condition, as written. */
function conditionValues(file: RuleFile): unknown[] {
  const whens = [...file.verdicts, ...file.caveats].flatMap(({ when }) => (Array.isArray(when) ? when : [when]));
  return whens.flatMap((all) => Object.values(all as Record<string, unknown>).flat());
}
