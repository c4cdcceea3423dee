/** Conditions of verdicts and caveats: `level|gte: $threshold`, `top: ipsec_pp`, `table: complete`. */
import type { CompiledCondition, CompiledWhen, ConditionData, Fact, Facts, Scalar } from "./compiled.ts";
import { RuleProblem } from "./problem.ts";

export type WhenFile = Record<string, Scalar | Scalar[]> | Record<string, Scalar | Scalar[]>[];
type Params = Record<string, { default: number | string }>;
type Path = (string | number)[];

/** Compiles `when`; `known` are the facts a condition of this rule may name. */
export function compileWhen(when: WhenFile, params: Params, known: Set<string>, path: Path): CompiledWhen {
  if (!Array.isArray(when)) return [compileAll(when, params, known, path)];
  return when.map((conditions, i) => compileAll(conditions, params, known, [...path, i]));
}

/** True when one of the alternatives holds whole. */
export function holds(when: CompiledWhen, facts: Facts): boolean {
  return when.some((conditions) => conditions.every((condition) => condition.holds(facts)));
}

/** Texts compare with white space collapsed and ASCII case folded (`PAK FSV` = `pak  fsv`). */
export function fold(value: string): string {
  return value
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[A-Z]/g, (c) => c.toLowerCase());
}

function compileAll(conditions: Record<string, Scalar | Scalar[]>, params: Params, known: Set<string>, path: Path) {
  return Object.entries(conditions).map(([key, value]) => compileOne(key, value, params, known, [...path, key]));
}

function compileOne(
  key: string,
  value: Scalar | Scalar[],
  params: Params,
  known: Set<string>,
  path: Path,
): CompiledCondition {
  const [field = "", operator = ""] = key.split("|");
  if (!known.has(field)) {
    throw new RuleProblem(path, `unknown fact "${field}"; this rule knows: ${[...known].sort().join(", ")}`);
  }
  const wanted = (Array.isArray(value) ? value : [value]).map((one) => resolve(one, params, path));
  const source = `${key}: ${JSON.stringify(wanted.length === 1 ? wanted[0] : wanted)}`;
  if (COMPARE[operator] !== undefined && (wanted.length !== 1 || !Number.isFinite(Number(wanted[0]))))
    throw new RuleProblem(path, `|${operator} takes one number`);
  return conditionOf({ source, field, operator, wanted });
}

/** A condition from what can be written down of it. */
export function conditionOf(data: ConditionData): CompiledCondition {
  const { field, operator, wanted } = data;
  const compare = COMPARE[operator];
  if (compare !== undefined) {
    const limit = Number(wanted[0]);
    const test = (fact: Exclude<Fact, null>) => typeof fact === "number" && compare(fact, limit);
    return { ...data, holds: (facts) => present(facts[field], test) };
  }
  const same = (fact: Exclude<Fact, null>) =>
    (Array.isArray(fact) ? fact : [fact]).some((element) => wanted.some((one) => equal(element, one)));
  const test = operator === "" ? same : (fact: Exclude<Fact, null>) => !same(fact);
  return { ...data, holds: (facts) => present(facts[field], test) };
}

const COMPARE: Record<string, (fact: number, limit: number) => boolean> = {
  gte: (fact, limit) => fact >= limit,
  gt: (fact, limit) => fact > limit,
  lte: (fact, limit) => fact <= limit,
  lt: (fact, limit) => fact < limit,
};

/** A fact that is not known makes every condition false, `|not` too. */
function present(fact: Fact | undefined, test: (fact: Exclude<Fact, null>) => boolean): boolean {
  return fact !== null && fact !== undefined && test(fact);
}

function equal(fact: Scalar, wanted: Scalar): boolean {
  return typeof fact === "string" && typeof wanted === "string" ? fold(fact) === fold(wanted) : fact === wanted;
}

function resolve(value: Scalar, params: Params, path: Path): Scalar {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  const param = params[value.slice(1)];
  if (param === undefined)
    throw new RuleProblem(path, `unknown parameter "${value}"; declared: ${Object.keys(params).join(", ") || "none"}`);
  return param.default;
}
