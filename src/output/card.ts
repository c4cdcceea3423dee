/** An alert as the operator on duty reads it: what happened, how sure it is, and what to type. */
import type { Alert, AlertChange } from "../model.ts";
import { escapeText } from "./escape.ts";
import { countText, factLines } from "./facts.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { type CardOptions, formatTime, inLanguage, LEVEL_STYLES, paint } from "./presentation.ts";
import { commandLines, nextItem, paragraph, runbookLines } from "./runbook.ts";
import { cutToWidth, displayWidth } from "./width.ts";

/** How to show a short card. */
export interface BriefOptions extends CardOptions {
  /** What happened just now. */
  change?: AlertChange | undefined;
}

/** The whole alert, ending in LF; each field may hold any text. */
export function alertCard(alert: Alert, options: CardOptions): string {
  const labels = labelsOf(options.lang);
  const title = (text: string) => paint(options.color, "bold", text);
  const lines = [
    headline(alert, options),
    "",
    ...factLines(alert, options),
    ...section(title(labels.caveats), bullets(alert.caveats, options)),
    ...section(title(labels.evidence), evidenceLines(alert, options)),
    ...runbookLines(alert, options),
    ...section(title(labels.causes), bullets(alert.falsepositives, options)),
    ...section(
      title(labels.references),
      alert.references.map((reference) => `  ${escapeText(reference)}`),
    ),
    ...section(title(labels.commands), commands(alert)),
  ];
  return `${lines.join("\n")}\n`;
}

/** Five to seven lines, ending in LF: level and title, where, verdict, state, the next step and its command, how to see the rest. */
export function alertBrief(alert: Alert, options: BriefOptions): string {
  const labels = labelsOf(options.lang);
  const lines = [
    headline(alert, options, options.width),
    ...[placeLine(alert), verdictLine(alert, labels), stateLine(alert, options, labels)].map(
      (line) => `  ${cutToWidth(line, options.width - 2)}`,
    ),
    ...nextLines(alert, options, labels),
    `  telltale alerts show ${escapeText(alert.id)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Level and title, the first line of every card; the title is cut where the line would be wider than `width` columns. */
function headline(alert: Alert, { color, lang }: CardOptions, width = Number.POSITIVE_INFINITY): string {
  const level = labelsOf(lang).levels[alert.level].toUpperCase();
  const title = cutToWidth(escapeText(inLanguage(alert.title, lang)), width - displayWidth(level) - 2);
  return `${paint(color, LEVEL_STYLES[alert.level], level)}  ${paint(color, "bold", title)}`;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function bullets(texts: Alert["caveats"], { lang, width }: CardOptions): string[] {
  return texts.flatMap((text) => paragraph("  - ", escapeText(inLanguage(text, lang)), width));
}

function evidenceLines(alert: Alert, { utcOffsetMinutes }: CardOptions): string[] {
  return alert.evidence.flatMap(({ at, raw }) => {
    const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("utf8");
    const time = formatTime(at, utcOffsetMinutes);
    // The bar keeps a joined line from passing for a line of the card.
    return escapeText(text, { keepNewlines: true })
      .split("\n")
      .map((line, i) => `  ${i === 0 ? time : " ".repeat(time.length)} | ${line}`);
  });
}

function commands(alert: Alert): string[] {
  const id = escapeText(alert.id);
  if (alert.status === "closed") return [`  telltale alerts show ${id}`];
  const step = nextItem(alert);
  return [
    ...(alert.acknowledged === null ? [`  telltale alerts ack ${id}`] : []),
    ...(step === null ? [] : [`  telltale alerts done ${id} ${escapeText(step.id)}`]),
    `  telltale alerts close ${id}`,
  ];
}

function placeLine(alert: Alert): string {
  const known = [alert.device, alert.node, alert.address].filter((part) => part !== null);
  return known.map((part) => escapeText(part)).join("  ");
}

function verdictLine(alert: Alert, labels: Labels): string {
  const { state, release } = alert.exposure;
  const known = state === "unknown" ? labels.exposureUnknown : labels.exposures[state];
  const exposure = known + (release === null ? "" : ` (${escapeText(release)})`);
  return [escapeText(alert.verdict), labels.confidence(alert.confidence), exposure].join(labels.comma);
}

function stateLine(alert: Alert, { change, utcOffsetMinutes }: BriefOptions, labels: Labels): string {
  const state = [labels.statuses[alert.status], countText(alert, labels)].join(labels.comma);
  const last = labels.last + formatTime(alert.lastSeen, utcOffsetMinutes);
  return (change === undefined ? "" : labels.changes[change] + labels.colon) + state + labels.comma + last;
}

/** The step's command whole or not at all: half a configuration is worse than none. */
function nextLines(alert: Alert, { color, lang, width }: BriefOptions, labels: Labels): string[] {
  const item = nextItem(alert);
  if (item === null) return [];
  const commands = commandLines(item);
  const reason =
    alert.status === "recurring" && alert.lead === "mitigate" && alert.runbook.mitigate.includes(item)
      ? `  ${labels.mitigateFirst}`
      : "";
  const heading = `  ${cutToWidth(labels.next + escapeText(item.id) + reason, width - 2)}`;
  if (commands.length === 1) return [heading, `    ${paint(color, "bold", commands[0]!)}`];
  const rest = item.do === null ? labels.commandLines(commands.length) : escapeText(inLanguage(item.do, lang));
  return [heading, `    ${cutToWidth(rest, width - 4)}`];
}
