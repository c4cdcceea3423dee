/** Groups of patterns that no condition can read, since a fact of the rule has their name. */
import type { WhenFile } from "../condition.ts";
import { BLOCK_FACTS, COMMON_FACTS } from "../facts.ts";
import type { RuleFile } from "../schema.ts";
import { alternatives, groupsOf } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintHidden(file: RuleFile): Warning[] {
  const facts = new Set([
    ...Object.keys(COMMON_FACTS),
    ...(file.block === undefined ? [] : Object.keys(BLOCK_FACTS)),
    ...Object.keys(file.signals),
    ...Object.keys(file.correlations),
  ]);
  const asked = new Set([
    ...Object.values(file.details),
    ...[...file.verdicts, ...file.caveats].flatMap(({ when }) =>
      alternatives(when as WhenFile, file).flatMap((all) => all.map((one) => one.field)),
    ),
  ]);
  return Object.entries(file.signals).flatMap(([name, signal]) =>
    groupsOf(signal)
      .filter(({ group }) => facts.has(group) && asked.has(group) && !counted(file, name, group))
      .map(
        ({ group, key }): Warning => [
          ["signals", name, key],
          `the group ${group} cannot be read: a fact of this rule has its name; give the group another`,
        ],
      ),
  );
}

/** The table of a block reads how many rows were announced by signal and group. */
function counted({ block }: RuleFile, signal: string, group: string): boolean {
  return block?.table.expect.includes(`${signal}.${group}`) === true;
}
