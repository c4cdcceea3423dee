/** Facts of a report -> a verdict with its reasons. */
import type { Confidence, Level } from "../model.ts";
import { CONFIDENCES, LEVELS } from "../model.ts";
import type { CompiledRule, CompiledVerdict, Facts } from "../rule/compiled.ts";
import { holds } from "../rule/condition.ts";
import type { Judgement } from "./state.ts";

/** Why a report raised nothing, or the verdict that stands. */
export type Judged =
  | { outcome: "alert"; judgement: Judgement }
  | { outcome: "ignored"; verdict: string }
  | { outcome: "no-verdict" };

/** The first verdict that holds; `split` evidence (cut from an unframed stream) is medium at most. */
export function judge(rule: CompiledRule, facts: Facts, split: boolean): Judged {
  const verdict = rule.verdicts.find((one) => holds(one.when, facts));
  if (verdict === undefined) return { outcome: "no-verdict" };
  if (!verdict.alert) return { outcome: "ignored", verdict: verdict.name };
  const confidence: Confidence = split && verdict.confidence === "high" ? "medium" : verdict.confidence;
  const told: Facts = { ...facts, verdict: verdict.name, level: facts.level ?? null, confidence };
  return {
    outcome: "alert",
    judgement: {
      verdict: verdict.name,
      level: verdict.level,
      confidence,
      details: details(rule, facts),
      caveats: rule.caveats.flatMap((caveat, i) => (holds(caveat.when, told) ? [i] : [])),
      split: split && verdict.confidence === "high",
    },
  };
}

/** Whether `a` says more than `b`: a higher level, or the same level with more confidence. */
export function isStronger(
  a: { level: Level; confidence: Confidence },
  b: { level: Level; confidence: Confidence },
): boolean {
  const byLevel = LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level);
  return byLevel > 0 || (byLevel === 0 && CONFIDENCES.indexOf(a.confidence) > CONFIDENCES.indexOf(b.confidence));
}

/** Whether `a` takes the place of `b` in an episode: it is stronger, or as strong and earlier in the rule's list. */
export function outranks(rule: CompiledRule, a: Judgement, b: Judgement): boolean {
  if (isStronger(a, b)) return true;
  if (isStronger(b, a)) return false;
  const rank = (one: Judgement) => rule.verdicts.findIndex((verdict) => verdict.name === one.verdict);
  return rank(a) < rank(b);
}

/** The compiled verdict of a name. */
export function verdictOf(rule: CompiledRule, name: string): CompiledVerdict | undefined {
  return rule.verdicts.find((verdict) => verdict.name === name);
}

function details(rule: CompiledRule, facts: Facts): Judgement["details"] {
  const result: Judgement["details"] = {};
  for (const [name, fact] of rule.details) {
    const value = facts[fact];
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) result[name] = value.join(", ");
    else
      result[name] =
        typeof value === "number" && !Number.isInteger(value) ? Math.round(value * 10_000) / 10_000 : value;
  }
  return result;
}
