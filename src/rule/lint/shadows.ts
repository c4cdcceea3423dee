/** Verdicts that are never reached, because an earlier one holds whenever they would. */
import type { WhenFile } from "../condition.ts";
import type { RuleFile } from "../schema.ts";
import { within } from "./conditions.ts";
import { alternatives, type Condition } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintShadows(file: RuleFile): Warning[] {
  const all = file.verdicts.map(({ when }) => alternatives(when as WhenFile, file));
  return file.verdicts.flatMap((verdict, i): Warning[] => {
    const earlier = file.verdicts.findIndex(
      (_, j) => j < i && all[i]!.every((one) => all[j]!.some((b) => follows(b, one))),
    );
    if (earlier < 0) return [];
    const { name } = file.verdicts[earlier]!;
    return [[["verdicts", i], `${verdict.name} is never reached: ${name} before it holds whenever this does`]];
  });
}

/** Whether all of these conditions hold wherever all of `given` do. */
function follows(conditions: Condition[], given: Condition[]): boolean {
  return conditions.every((one) => given.some((known) => implies(known, one)));
}

function implies(known: Condition, one: Condition): boolean {
  if (known.field !== one.field) return false;
  if (known.key === one.key && JSON.stringify(known.wanted) === JSON.stringify(one.wanted)) return true;
  if (one.operator === "not" || known.operator === "not") return false;
  if (one.operator === "") return known.operator === "" && known.wanted.every((value) => one.wanted.includes(value));
  if (known.operator === "") return known.wanted.every((value) => within(value, one));
  if (known.operator[0] !== one.operator[0]) return false;
  const [a, b] = [Number(known.wanted[0]), Number(one.wanted[0])];
  const loose = one.operator.length >= known.operator.length;
  return known.operator[0] === "g" ? a > b || (a === b && loose) : a < b || (a === b && loose);
}
