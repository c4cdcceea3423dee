/** The answer in a few sentences: an alert, or why there is none. */

import { LEVELS } from "../../model.ts";
import type { ExplainedLine, ExplainedReport } from "../../output/explanation.ts";
import type { CompiledRule } from "../../rule/compiled.ts";

import { OWNER_LOST } from "./outcome.ts";

/** What somebody reads who reads nothing else. */
export function summarize(
  lines: readonly ExplainedLine[],
  reports: readonly ExplainedReport[],
  rules: readonly CompiledRule[],
): string[] {
  const last = new Map(reports.map((report) => [`${report.rule}\n${report.device}\n${report.node}`, report]));
  const alerts = [...last.values()].filter((report) => report.alert !== null);
  if (alerts.length > 0) {
    const rank = ({ alert }: ExplainedReport) => LEVELS.indexOf(alert!.level);
    return alerts.sort((a, b) => rank(b) - rank(a)).map(reportSentence);
  }
  const sentences = [...last.values()].map(reportSentence);
  const hints = lines.flatMap((line) => line.hints);
  if (sentences.length > 0)
    return [
      ...new Set([...sentences, ...hints, ...lines.flatMap((line) => line.why.filter((one) => one === OWNER_LOST))]),
    ];
  return ["No alert.", ...new Set(lines.flatMap((line) => lineSentences(line, rules)))];
}

function reportSentence(report: ExplainedReport): string {
  const where = `${report.device}${report.node === null ? "" : ` ${report.node}`}`;
  const { alert } = report;
  if (alert !== null) {
    const again = alert.count <= 1 ? "" : ` It ${alert.change}.`;
    const fleet =
      alert.related.length === 0 ? "" : ` Alert ${alert.related.join(", ")} is about all routers that show the same.`;
    return `${capital(alert.level)} alert of ${report.rule} on ${where}, ${alert.confidence} confidence: ${alert.title} (${alert.verdict}).${again}${fleet}`;
  }
  if (report.outcome === "ignored") {
    const chosen = report.verdicts.find((one) => one.chosen);
    const held = chosen?.when.find((conditions) => conditions.every((one) => one.held)) ?? [];
    return `No alert: ${report.rule} judged it on ${where} and keeps quiet (${report.verdict}: ${held.map((one) => one.is).join(", ")}).`;
  }
  return `No alert: ${report.rule} looked at it on ${where}, and none of its verdicts holds.`;
}

function lineSentences(line: ExplainedLine, rules: readonly CompiledRule[]): string[] {
  if (line.hints.length > 0) return line.hints;
  if (line.outcome !== "parsed" && line.outcome !== "untagged") return line.why.slice(0, 1);
  if (line.flags.some(({ flag }) => flag === "untrusted-tag")) return line.why.slice(0, 1);
  const excused = line.signals.filter((one) => one.result === "excused");
  if (excused.length > 0) {
    const names = [...new Set(excused.map((one) => one.rule))];
    return [
      `${names.join(" and ")} ${names.length === 1 ? "knows" : "know"} this message, but ${lower(excused[0]!.notes[0]!)}`,
    ];
  }
  const matched = line.signals.find((one) => one.result === "matched");
  if (matched !== undefined)
    return [`${matched.rule} knows this message (${matched.signal}). ${matched.notes[0] ?? ""}`.trim()];
  const near = line.signals[0];
  const note = near?.conditions.find((one) => !one.held);
  if (near !== undefined)
    return [
      note === undefined
        ? `${near.rule} comes near (${near.signal}): ${near.index}.`
        : `${near.rule} looked for ${near.signal} and did not find it: ${note.note}.`,
    ];
  const tag = line.parts.find(({ part }) => part === "Tag")?.value ?? "none";
  const nobody =
    rules.length === 1 ? "The 1 rule that was asked does not look" : `None of the ${rules.length} rules looks`;
  return [`${nobody} for ${tag.startsWith("%") ? tag : "such a message"}.`];
}

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

function lower(text: string): string {
  return `${text[0]!.toLowerCase()}${text.slice(1)}`;
}
