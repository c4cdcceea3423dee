/** What is known of an alert, as labelled lines. */
import type { Alert, Detail } from "../model.ts";
import { escapeText } from "./escape.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { type CardOptions, formatTime, inLanguage, paint } from "./presentation.ts";
import { paragraph } from "./runbook.ts";
import { displayWidth, padToWidth } from "./width.ts";
import { KEEP } from "./wrap.ts";

/** The facts as lines under hanging labels. */
export function factLines(alert: Alert, options: CardOptions): string[] {
  const facts = factsOf(alert, options).filter(([, value]) => value !== null) as [string, string][];
  const width = Math.max(...facts.map(([label]) => displayWidth(label)));
  return facts.flatMap(([label, value]) => {
    const lead = `  ${padToWidth(label, width)}  `;
    const lines = paragraph(lead, value, options.width);
    return lines.map((line, i) => (i === 0 ? paint(options.color, "dim", lead) + line.slice(lead.length) : line));
  });
}

/** What is known of the alert, in the order of an operator's questions; null where there is nothing to say. */
function factsOf(alert: Alert, { lang, utcOffsetMinutes }: CardOptions): [string, string | null][] {
  const labels = labelsOf(lang);
  const time = (at: number) => formatTime(at, utcOffsetMinutes);
  const first = time(alert.firstSeen);
  const last = time(alert.lastSeen);
  const { acknowledged, disposition, exposure } = alert;
  return [
    [labels.device, escapeText(alert.device)],
    [labels.node, alert.node === null ? null : escapeText(alert.node)],
    [labels.address, alert.address === null ? null : escapeText(alert.address)],
    [labels.source, labels.sourceAuth[alert.sourceAuth]],
    [labels.status, labels.statuses[alert.status] + labels.comma + countText(alert, labels)],
    [labels.seen, first === last ? first : first + labels.to + last],
    [labels.verdict, escapeText(alert.verdict) + labels.comma + labels.confidence(alert.confidence)],
    [labels.exposure, labels.exposures[exposure.state] + labels.colon + escapeText(inLanguage(exposure.reason, lang))],
    [labels.details, detailText(alert.details, labels)],
    [labels.related, relatedText(alert.related)],
    [labels.acknowledged, acknowledged === null ? null : `${escapeText(acknowledged.by)}, ${time(acknowledged.at)}`],
    [labels.disposition, disposition === null ? null : labels.dispositions[disposition]],
    ...alert.notes.map((note): [string, string] => [
      labels.notes,
      `${time(note.at)} ${escapeText(note.by)}: ${escapeText(note.text)}`,
    ]),
  ];
}

/** How many reports there were; how many routers where the alert is about several. */
export function countText({ device, count }: Alert, labels: Labels): string {
  return device === "*" ? labels.routers(count) : labels.reports(count);
}

function detailText(details: Record<string, Detail>, labels: Labels): string | null {
  const known = Object.entries(details).filter(([, value]) => value !== null);
  if (known.length === 0) return null;
  // A name and its value stay on one line.
  return known.map(([name, value]) => escapeText(name) + KEEP + detailValue(name, value)).join(labels.comma);
}

/** A share is a part of 1. */
function detailValue(name: string, value: Detail): string {
  if (name === "share" && typeof value === "number") return `${Math.round(value * 10_000) / 100}${KEEP}%`;
  return escapeText(String(value));
}

/** Ids shown of related alerts; the JSON has them all. */
const RELATED_SHOWN = 20;

function relatedText(ids: string[]): string | null {
  if (ids.length === 0) return null;
  const more = ids.length > RELATED_SHOWN ? ` +${ids.length - RELATED_SHOWN}` : "";
  return (
    ids
      .slice(0, RELATED_SHOWN)
      .map((id) => escapeText(id))
      .join(" ") + more
  );
}
