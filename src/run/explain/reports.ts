/** What a report became: every verdict with every condition, the one that stands, and the alert. */
import { isStronger } from "../../detect/judge.ts";
import { type Alert, LEVELS, type Text } from "../../model.ts";
import type { ExplainedAlert, ExplainedReport, ExplainedVerdict } from "../../output/explanation.ts";
import type { CompiledCondition, CompiledVerdict } from "../../rule/compiled.ts";
import { holds } from "../../rule/condition.ts";
import { asksForLoss, conditionAsked, conditionIs, missingFor } from "./conditions.ts";
import { durationText } from "./duration.ts";
import type { SeenReport } from "./watch.ts";

/** A report as data, in the reader's language where the rule speaks. */
export function explainReport(report: SeenReport, say: (text: Text) => string): ExplainedReport {
  const { rule, facts, judged } = report;
  const first = rule.verdicts.findIndex((one) => holds(one.when, facts));
  return {
    rule: rule.id,
    device: report.device,
    node: report.node,
    outcome: judged.outcome,
    facts,
    correlations: rule.correlations.map((one) => ({
      name: one.name,
      seen: report.correlations.find((other) => other.name === one.name)?.seen ?? 0,
      needed: one.gte,
      within: durationText(one.timespan),
      signals: one.signals,
      holds: facts[one.name] === true,
    })),
    verdicts: rule.verdicts.map((one, i) => explainVerdict(one, report, i === first)),
    verdict:
      judged.outcome === "alert" ? judged.judgement.verdict : judged.outcome === "ignored" ? judged.verdict : null,
    alert: report.alert === null ? null : explainAlert(report, report.alert, say),
  };
}

function explainVerdict(verdict: CompiledVerdict, report: SeenReport, chosen: boolean): ExplainedVerdict {
  return {
    name: verdict.name,
    level: verdict.alert ? verdict.level : null,
    confidence: verdict.confidence,
    held: holds(verdict.when, report.facts),
    chosen,
    when: verdict.when.map((conditions) =>
      conditions.map((one) => ({
        condition: one.source,
        held: one.holds(report.facts),
        is: conditionIs(one, report),
        asked: conditionAsked(one, report),
      })),
    ),
  };
}

function explainAlert(report: SeenReport, alert: Alert, say: (text: Text) => string): ExplainedAlert {
  const { judged } = report;
  const judgement = judged.outcome === "alert" ? judged.judgement : null;
  const adjustments: string[] = [];
  if (judgement?.split)
    adjustments.push(
      "The confidence is medium at most, because the message was cut from a stream without separators and its counter does not follow on.",
    );
  const base = report.rule.verdicts.find((one) => one.name === alert.verdict && one.alert)?.level ?? alert.level;
  if (judgement !== null && judgement.verdict !== alert.verdict)
    adjustments.push(
      `This report alone is ${judgement.verdict} (${judgement.level}, ${judgement.confidence} confidence); the alert keeps its strongest verdict, ${alert.verdict}.`,
    );
  else if (judgement !== null && judgement.level !== alert.level)
    adjustments.push(
      `The verdict's level is ${judgement.level}; it is lowered to ${alert.level} because of the release: ${alert.exposure.state}. ${say(alert.exposure.reason)}`,
    );
  else if (LEVELS.indexOf(base) < LEVELS.indexOf(alert.level))
    adjustments.push(`The level is that of an earlier report.`);
  return {
    id: alert.id,
    title: say(alert.title),
    level: alert.level,
    confidence: alert.confidence,
    verdict: alert.verdict,
    status: alert.status,
    count: alert.count,
    caveats: alert.caveats.map(say),
    related: alert.related,
    change: changeOf(report, alert),
    adjustments,
  };
}

function changeOf({ before }: SeenReport, alert: Alert): string {
  if (before === null || alert.count <= 1) return "opens an alert";
  const verb =
    before.verdict === alert.verdict
      ? "is counted in the alert that is open already"
      : `raises the alert that is open already (it was ${before.verdict})`;
  return `${verb}: ${alert.count} reports so far`;
}

/** What the report lacks for each stronger verdict of its rule, the strongest first. */
export function missingOf(report: SeenReport): string[] {
  const { rule, judged, facts } = report;
  const stands = judged.outcome === "alert" ? judged.judgement : null;
  const stronger = rule.verdicts
    .filter((one) => one.alert && (stands === null || isStronger(one, stands)))
    .sort((a, b) => (isStronger(a, b) ? -1 : isStronger(b, a) ? 1 : 0));
  const told = new Set<string>();
  return stronger.flatMap((verdict) => {
    // Nobody waits for a note where there could be an alert.
    if (verdict.level === LEVELS[0] && told.size > 0) return [];
    const [best] = verdict.when
      .map((conditions) => conditions.filter((one) => !one.holds(facts)))
      .filter((failed) => !failed.some(asksForLoss) && concerns(failed, report))
      .sort((a, b) => a.length - b.length);
    if (best === undefined) return [];
    const lacks = withoutCovered(best, report).map((one) => missingFor(one, report));
    const needs = [...new Set([...earlier(verdict, best, report), ...lacks])].join("; ");
    if (needs === "") return [];
    // A weaker verdict that lacks the same adds nothing.
    if (told.has(needs)) return [];
    told.add(needs);
    return [`For ${verdict.name} (${verdict.level}, ${verdict.confidence} confidence): ${needs}.`];
  });
}

/** What makes the report another verdict that is asked before this one, whatever else may come. */
function earlier(verdict: CompiledVerdict, failed: readonly CompiledCondition[], report: SeenReport): string[] {
  const { verdicts } = report.rule;
  const first = verdicts.find((one) => holds(one.when, report.facts));
  if (first === undefined || verdicts.indexOf(first) >= verdicts.indexOf(verdict)) return [];
  const held = first.when.find((conditions) => conditions.every((one) => one.holds(report.facts)))!;
  if (held.some(({ field }) => failed.some((one) => one.field === field))) return [];
  return [`${held.map((one) => conditionIs(one, report)).join(", ")}, which makes it ${first.name}`];
}

/** A verdict about another kind of message lacks this one only where a correlation has begun to count. */
function concerns(failed: readonly CompiledCondition[], report: SeenReport): boolean {
  const otherSignal = failed.some(({ field }) => report.rule.signals.some((one) => one.name === field));
  return (
    !otherSignal || failed.some(({ field }) => report.correlations.some((one) => one.name === field && one.seen > 0))
  );
}

/** A signal that a correlation waits for is told with the correlation. */
function withoutCovered(failed: readonly CompiledCondition[], report: SeenReport): CompiledCondition[] {
  const waiting = report.rule.correlations.filter((one) => failed.some(({ field }) => field === one.name));
  return failed.filter(({ field }) => !waiting.some((one) => one.signals.includes(field)));
}
