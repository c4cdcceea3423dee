/** Conditions of verdicts and caveats: `level|gte: $threshold`, `top: ipsec_pp`, `table: complete`. */
import type { CompiledCondition, CompiledWhen, ConditionData, Facts, Scalar } from "./compiled.ts";
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
  return new Condition({ source, field, operator, wanted });
}

/** One condition; made of what can be written down of it. */
export class Condition implements CompiledCondition {
  readonly source: string;
  readonly field: string;
  readonly operator: string;
  readonly wanted: Scalar[];

  constructor({ source, field, operator, wanted }: ConditionData) {
    this.source = source;
    this.field = field;
    this.operator = operator;
    this.wanted = wanted;
  }

  /** A fact that is not known makes every condition false, `|not` too. */
  holds(facts: Facts): boolean {
    const fact = facts[this.field];
    if (fact === null || fact === undefined) return false;
    const compare = COMPARE[this.operator];
    if (compare !== undefined) return typeof fact === "number" && compare(fact, Number(this.wanted[0]));
    const elements = Array.isArray(fact) ? fact : [fact];
    const isWanted = elements.some((element) => this.wanted.some((one) => equal(element, one)));
    return isWanted === (this.operator !== "not");
  }
}

const COMPARE: Record<string, (fact: number, limit: number) => boolean> = {
  gte: (fact, limit) => fact >= limit,
  gt: (fact, limit) => fact > limit,
  lte: (fact, limit) => fact <= limit,
  lt: (fact, limit) => fact < limit,
};

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
