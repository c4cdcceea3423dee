/** How a report was judged: the verdicts in the rule's order, the first that holds, and the alert. */

import type { ExplainedReport, ExplainedVerdict } from "./explanation.ts";
import { LEVEL_STYLES, paint } from "./presentation.ts";
import { prose } from "./prose.ts";
import { paragraph } from "./runbook.ts";

/** The judgement of one report; `later` are those that are told after it. */
export function reportLines(
  report: ExplainedReport,
  later: readonly ExplainedReport[],
  options: { color: boolean; width: number },
): string[] {
  const where = `${report.device}${report.node === null ? "" : ` ${report.node}`}`;
  const { alert } = report;
  // Of a flood the last report is told whole.
  const again = later.some(
    ({ rule, device, node, verdict }) =>
      rule === report.rule && device === report.device && node === report.node && verdict === report.verdict,
  );
  return [
    "",
    paint(options.color, "bold", `How ${prose(report.rule)} judged it on ${prose(where)}`),
    ...(again ? [] : judgementLines(report, options)),
    ...(alert === null
      ? paragraph(
          "  => ",
          report.verdict === null ? "no verdict holds: no alert" : `${prose(report.verdict)}: this raises nothing`,
          options.width,
        )
      : [
          `  => ${paint(options.color, LEVEL_STYLES[alert.level], `${alert.level}, ${alert.confidence} confidence`)}: ${prose(alert.title)}`,
          ...paragraph("     ", `It ${prose(alert.change)} (${prose(alert.id)}, ${alert.status}).`, options.width),
          ...alert.adjustments.flatMap((text) => paragraph("     ", prose(text), options.width)),
          ...(again ? [] : alert.caveats).flatMap((text) => paragraph("     Caveat: ", prose(text), options.width)),
        ]),
  ];
}

function judgementLines(report: ExplainedReport, options: { width: number }): string[] {
  return [
    ...paragraph("  Facts: ", prose(factsText(report)), options.width),
    "  Verdicts in the rule's order; the first that holds counts:",
    ...report.verdicts.slice(0, shown(report)).flatMap((verdict) => verdictLines(verdict, options)),
  ];
}

/** What is known; of signals and correlations only those that hold. */
function factsText({ facts }: ExplainedReport): string {
  const known = Object.entries(facts).filter(
    ([, fact]) => fact !== null && fact !== false && !(Array.isArray(fact) && fact.length === 0),
  );
  return known.map(([name, fact]) => (fact === true ? name : `${name} = ${factText(fact)}`)).join(", ");
}

function factText(fact: ExplainedReport["facts"][string]): string {
  if (Array.isArray(fact)) return fact.join(" and ");
  return typeof fact === "number" ? String(Math.round(fact * 10_000) / 10_000) : String(fact);
}

/** Verdicts behind the first that holds were not asked. */
function shown({ verdicts }: ExplainedReport): number {
  const chosen = verdicts.findIndex((one) => one.chosen);
  return chosen < 0 ? verdicts.length : chosen + 1;
}

/** For a verdict that holds, why; for another, the first thing in each alternative that is against it. */
function verdictLines(verdict: ExplainedVerdict, options: { width: number }): string[] {
  const level = verdict.level === null ? "no alert" : `${verdict.level}, ${verdict.confidence} confidence`;
  const name = `${prose(verdict.name)} (${level})`;
  if (verdict.held) {
    const why = verdict.when.find((conditions) => conditions.every((one) => one.held)) ?? [];
    return paragraph("  yes  ", `${name}: ${prose(notes(why))}`, options.width);
  }
  const against = verdict.when.flatMap((conditions) => conditions.find((one) => !one.held) ?? []);
  const told = [...new Set(against.map(({ is, asked }) => (asked === "" ? is : `${is} (asked for: ${asked})`)))];
  return paragraph("  no   ", `${name}: ${prose(told.join("; or "))}`, options.width);
}

function notes(conditions: readonly { is: string }[]): string {
  return [...new Set(conditions.map((one) => one.is))].join(", ");
}
