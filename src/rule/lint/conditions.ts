/** Conditions that can never hold. */
import type { Scalar } from "../compiled.ts";
import { fold, type WhenFile } from "../condition.ts";
import type { RuleFile } from "../schema.ts";
import { asList } from "../text.ts";
import { alternatives, type Condition, domainOf } from "./facts.ts";
import type { Warning } from "./lint.ts";

export function lintConditions(file: RuleFile): Warning[] {
  return [
    ...file.verdicts.flatMap(({ when }, i) => lintWhen(when as WhenFile, ["verdicts", i, "when"], file, false)),
    ...file.caveats.flatMap(({ when }, i) => lintWhen(when as WhenFile, ["caveats", i, "when"], file, true)),
  ];
}

function lintWhen(when: WhenFile, path: (string | number)[], file: RuleFile, ofCaveat: boolean): Warning[] {
  return alternatives(when, file).flatMap((all, i): Warning[] => {
    const here = Array.isArray(when) ? [...path, i] : path;
    const each = all.flatMap((one): Warning[] => {
      const why = neverAlone(one, domainOf(one.field, file, ofCaveat));
      return why === null ? [] : [[[...here, one.key], why]];
    });
    if (each.length > 0) return each;
    const why = neverTogether(all) ?? neverOnOneMessage(all, file);
    return why === null ? [] : [[here, why]];
  });
}

function neverAlone({ operator, wanted }: Condition, domain: Scalar[] | null): string | null {
  const compares = operator !== "" && operator !== "not";
  if (domain !== null) {
    if (compares) return `can never hold: this is no number but one of ${domain.join(", ")}`;
    const strange = wanted.filter((one) => !domain.some((legal) => same(legal, one)));
    if (strange.length === 0) return null;
    const what = strange.map((one) => JSON.stringify(one)).join(", ");
    return operator === "not" && wanted.length > strange.length
      ? `${what} is never so; it can be ${domain.join(", ")}`
      : `${operator === "not" ? "always holds" : "can never hold"}: ${what} is not among ${domain.join(", ")}`;
  }
  const digits = wanted.find((one) => typeof one === "string" && /^\d{1,15}$/.test(one));
  return digits === undefined ? null : `can never be equal: digits are a number, write ${digits} without quotes`;
}

/** Limits of one fact that exclude each other. */
function neverTogether(all: Condition[]): string | null {
  for (const field of new Set(all.map((one) => one.field))) {
    const mine = all.filter((one) => one.field === field);
    const values = mine.filter((one) => one.operator === "").flatMap((one) => one.wanted);
    const limits = mine.filter((one) => one.operator !== "" && one.operator !== "not");
    const keys = mine.map((one) => one.key).join(" and ");
    if (values.length > 0 && !values.some((value) => limits.every((limit) => within(value, limit))))
      return `can never hold: ${keys} exclude each other`;
    const low = Math.max(...limits.filter((one) => one.operator.startsWith("g")).map((one) => Number(one.wanted[0])));
    const high = Math.min(...limits.filter((one) => one.operator.startsWith("l")).map((one) => Number(one.wanted[0])));
    const open = limits.some((one) => one.operator.length === 2 && Number(one.wanted[0]) === low);
    if (low > high || (low === high && open)) return `can never hold: ${keys} exclude each other`;
  }
  return null;
}

/** Whether a value is within a limit. */
export function within(value: Scalar, { operator, wanted }: Condition): boolean {
  const limit = Number(wanted[0]);
  if (typeof value !== "number") return false;
  if (operator === "gte") return value >= limit;
  if (operator === "gt") return value > limit;
  return operator === "lte" ? value <= limit : value < limit;
}

/** In a rule about single messages, a signal is true for the message at hand: two tags are two messages. */
function neverOnOneMessage(all: Condition[], file: RuleFile): string | null {
  if (file.block !== undefined) return null;
  const signals = all.filter((one) => one.operator === "" && one.wanted.includes(true) && one.field in file.signals);
  for (const [i, a] of signals.entries()) {
    for (const b of signals.slice(i + 1)) {
      const [ofA, ofB] = [onlyTags(file.signals[a.field]!), onlyTags(file.signals[b.field]!)];
      if (ofA.length === 0 || ofB.length === 0 || ofA.some((tag) => ofB.includes(tag))) continue;
      return `can never hold: ${a.field} and ${b.field} are two messages; a correlation (type: temporal) joins them`;
    }
  }
  return null;
}

/** The tags of a signal that nothing else finds. */
function onlyTags(signal: Record<string, unknown>): string[] {
  const more = ["tag|startswith", "or-literal", "every"].some((key) => signal[key] !== undefined);
  return more ? [] : asList(signal.tag);
}

function same(a: Scalar, b: Scalar): boolean {
  return typeof a === "string" && typeof b === "string" ? fold(a) === fold(b) : a === b;
}
