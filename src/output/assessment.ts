/** Exposures as people and programs read them. */
import type { Assessment, ExposureState } from "../model.ts";
import { escapeText } from "./escape.ts";
import { labelsOf } from "./labels.ts";
import { type CardOptions, formatCount, inLanguage, type Lang, paint, type Style } from "./presentation.ts";
import { paragraph } from "./runbook.ts";
import { displayWidth, padToWidth } from "./width.ts";

/** One JSON line's value; the reason is in the language asked for. */
export function assessmentJson(one: Assessment, lang: Lang): Record<string, unknown> {
  const { device, advisory, state, os, release, reason, firstFixed, source } = one;
  return { device, advisory, state, os, release, reason: inLanguage(reason, lang), firstFixed, source };
}

/** Exposures by device, the worst first, each with its reason; ends in LF. */
export function assessmentCards(all: readonly Assessment[], options: CardOptions): string {
  const byDevice = new Map<string, Assessment[]>();
  for (const one of all) byDevice.set(one.device, [...(byDevice.get(one.device) ?? []), one]);
  return [...byDevice.values()].map((some) => card(some, options)).join("\n");
}

/** How many devices are in which state, each counted by the worst of its advisories; for people, ends in LF. */
export function assessmentSummary(all: readonly Assessment[], lang: Lang): string {
  const labels = labelsOf(lang);
  const worst = new Map<string, number>();
  for (const { device, state } of all) {
    worst.set(device, Math.min(worst.get(device) ?? STATES.length, STATES.indexOf(state)));
  }
  const counts = STATES.map((state, i): [ExposureState, number] => [
    state,
    [...worst.values()].filter((one) => one === i).length,
  ]);
  const shown = counts.filter(([, count]) => count > 0);
  const list = shown.map(([state, count]) => `${labels.exposures[state]} ${formatCount(count)}`);
  return `${labels.devices(worst.size)}${labels.colon}${list.join(labels.comma)}\n`;
}

/** The worst first. */
const STATES: readonly ExposureState[] = ["vulnerable", "unknown", "fixed", "not-affected"];

const STYLES: Record<ExposureState, Style> = {
  vulnerable: ["bold", "red"],
  unknown: "yellow",
  fixed: "green",
  "not-affected": "green",
};

function card(some: readonly Assessment[], options: CardOptions): string {
  const { color, width, lang } = options;
  const labels = labelsOf(lang);
  const first = some[0]!;
  const system =
    first.os === "unknown"
      ? labels.exposures.unknown
      : `${first.os}${first.release === null ? "" : ` ${first.release}`}`;
  const head = `${paint(color, "bold", escapeText(first.device))}  ${escapeText(system)}  ${paint(color, "dim", escapeText(first.source))}`;
  const column = Math.max(...STATES.map((state) => displayWidth(labels.exposures[state])));
  const blank = " ".repeat(column + 4);
  const byState = [...some].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const lines = byState.flatMap((one) => {
    const state = padToWidth(labels.exposures[one.state], column);
    const fixed = one.firstFixed === null ? "" : `${labels.comma}${labels.firstFixed} ${one.firstFixed}`;
    return [
      `  ${paint(color, STYLES[one.state], state)}  ${escapeText(one.advisory + fixed)}`,
      ...paragraph(blank, escapeText(inLanguage(one.reason, lang)), width),
    ];
  });
  return `${[head, "", ...lines].join("\n")}\n`;
}
