/** How a runbook is printed: numbered steps, each command on a line of its own that can be copied. */
import type { Alert, RunbookItem, RunbookPart } from "../model.ts";
import { isTicked, RUNBOOK_PARTS } from "../model.ts";
import { escapeCommand, escapeText } from "./escape.ts";
import { labelsOf } from "./labels.ts";
import { type CardOptions, formatTime, inLanguage, paint } from "./presentation.ts";
import { displayWidth } from "./width.ts";
import { wrapText } from "./wrap.ts";

/** Every part that has steps, the leading one first, with steps numbered through; no lines when there is nothing to do. */
export function runbookLines(alert: Alert, options: CardOptions): string[] {
  const labels = labelsOf(options.lang);
  const lines: string[] = [];
  let number = 0;
  for (const part of partsInOrder(alert)) {
    const items = alert.runbook[part];
    if (items.length === 0) continue;
    lines.push("", paint(options.color, "bold", labels.parts[part]));
    if (part === "mitigate" && alert.lead === "mitigate" && alert.status === "recurring") {
      lines.push(`  ${paint(options.color, "yellow", labels.mitigateFirst)}`);
    }
    for (const item of items) lines.push(...itemLines(++number, item, options));
  }
  return lines;
}

/** The first step that is not done, in the order in which they are printed; recovery is over once an alert is resolved.
 * Where recovery stopped half done, what is left of it comes first. */
export function nextItem(alert: Alert): RunbookItem | null {
  if (alert.status === "closed") return null;
  const left = String(alert.details.stepsLeft ?? "").split(", ");
  const half = alert.lead === "recover" && alert.runbook.recover.find((item) => left.includes(item.id));
  if (half) return half;
  for (const part of partsInOrder(alert)) {
    if (part === "recover" && alert.status === "resolved") continue;
    const open = alert.runbook[part].find((item) => !isTicked(item));
    if (open !== undefined) return open;
  }
  return null;
}

/** The commands of a step, one a line; none when the step is no command. */
export function commandLines(item: RunbookItem): string[] {
  return item.run === null ? [] : item.run.split("\n").map(escapeCommand);
}

/** Prose under a hanging indent: the first line begins with `lead`, the others with as many blanks. */
export function paragraph(lead: string, text: string, width: number): string[] {
  const indent = displayWidth(lead);
  const lines = wrapText(text, Math.max(20, width - indent));
  return lines.map((line, i) => (i === 0 ? lead : " ".repeat(indent)) + line);
}

function partsInOrder(alert: Alert): RunbookPart[] {
  return [alert.lead, ...RUNBOOK_PARTS.filter((part) => part !== alert.lead)];
}

function itemLines(number: number, item: RunbookItem, options: CardOptions): string[] {
  const { color, lang, width } = options;
  const labels = labelsOf(lang);
  const lead = `${String(number).padStart(3)}. ${isTicked(item) ? "[x]" : "[ ]"} `;
  const indent = " ".repeat(lead.length);
  const heading = `${escapeText(item.id)}${paint(color, isTicked(item) ? "green" : "yellow", doneText(item, options))}`;
  return [
    `${lead}${heading}  ${paint(color, "dim", `(${labels.sources[item.source]})`)}`,
    ...commandLines(item).map((command) => `${indent}  ${paint(color, "bold", command)}`),
    ...(item.do === null ? [] : paragraph(indent, escapeText(inLanguage(item.do, lang)), width)),
    ...paragraph(`${indent}${labels.why}`, escapeText(inLanguage(item.why, lang)), width),
    ...(item.expect === null
      ? []
      : paragraph(`${indent}${labels.expect}`, escapeText(inLanguage(item.expect, lang)), width)),
  ];
}

/** When and by whom, and where it was if not here; empty where nobody did it. */
function doneText({ done }: RunbookItem, { lang, utcOffsetMinutes }: CardOptions): string {
  if (done === null) return "";
  const where = done.node === undefined ? "" : `, ${labelsOf(lang).notHere(escapeText(done.node))}`;
  return `  ${formatTime(done.at, utcOffsetMinutes)} ${escapeText(done.by)}${where}`;
}
