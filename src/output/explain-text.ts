/** An explanation as somebody reads it who does not know the rules by heart: the answer first, then how it came about. */
import { escapeText } from "./escape.ts";
import { reportLines } from "./explain-reports.ts";
import { signalLines } from "./explain-signals.ts";
import type { ExplainedLine, ExplainedPart, Explanation } from "./explanation.ts";
import { formatCount, paint } from "./presentation.ts";
import { prose } from "./prose.ts";
import { paragraph } from "./runbook.ts";
import { displayWidth, padToWidth } from "./width.ts";

/** How to show an explanation. */
export interface ExplainOptions {
  color: boolean;
  /** Columns to wrap at; Infinity in a pipe. */
  width: number;
}

/** The whole explanation, ending in LF; each text in it may hold anything. */
export function explainText(explanation: Explanation, options: ExplainOptions): string {
  const title = (text: string) => paint(options.color, "bold", text);
  const section = (name: string, lines: string[]) => (lines.length === 0 ? [] : ["", title(name), ...lines]);
  const bullets = (texts: readonly string[]) => texts.flatMap((text) => paragraph("  - ", prose(text), options.width));
  const alerted = explanation.reports.some((one) => one.alert !== null);
  const missing = section(
    alerted ? "Missing for a stronger alert" : "Missing for an alert",
    bullets(explanation.missing),
  );
  const several = explanation.lines.length > 1;
  const lines = [
    title("In short"),
    ...explanation.summary.flatMap((text) => paragraph("  ", prose(text), options.width)),
    ...missing,
    ...explanation.lines.flatMap((line, i) => lineLines(line, explanation.lines.slice(0, i), several, options)),
    ...explanation.reports.flatMap((report, i) => reportLines(report, explanation.reports.slice(i + 1), options)),
    ...section("What is known of the router", deviceLines(explanation, options)),
    ...section("Notes", bullets(explanation.notes)),
  ];
  return `${lines.join("\n")}\n`;
}

function lineLines(
  line: ExplainedLine,
  before: readonly ExplainedLine[],
  several: boolean,
  options: ExplainOptions,
): string[] {
  const bullets = (texts: readonly string[]) => texts.flatMap((text) => paragraph("  - ", prose(text), options.width));
  const name = several || line.line > 1 ? `Line ${formatCount(line.line)}` : "The line";
  const flags = line.flags.filter(({ flag }) => !TOLD.has(flag)).map(({ flag, meaning }) => `${flag}: ${meaning}`);
  const said = new Set(before.flatMap(textsOf));
  return [
    "",
    paint(options.color, "bold", `${name}: ${line.outcome}${partOf(line)}`),
    // The bar keeps the line's own text apart from what is said of it.
    `  | ${escapeText(line.raw)}`,
    ...partLines(newParts(line, before), options),
    ...bullets(
      (line.outcome === "unparsed"
        ? [...line.hints, ...line.why, ...flags]
        : [...line.why, ...line.hints, ...flags]
      ).filter((text) => !said.has(text)),
    ),
    ...signalLines(line.signals, said, options),
  ];
}

function partOf({ outcome, partOf }: ExplainedLine): string {
  if (partOf === null) return "";
  return outcome === "joined" ? ` to line ${partOf}` : ` of line ${partOf}`;
}

/** What is said once and holds for later lines too. */
function textsOf({ why, hints, signals, outcome }: ExplainedLine): string[] {
  const whole = outcome === "parsed" || outcome === "joined" ? why : [];
  const matched = signals.filter(({ result }) => result === "matched");
  return [
    ...whole,
    ...hints,
    ...matched.flatMap(({ rule, signal, conditions, notes }) => [
      ...notes,
      ...conditions.map(({ condition }) => `${rule} ${signal} ${condition}`),
    ]),
  ];
}

/** Flags that the parts or the reasons tell already. */
const TOLD = new Set([
  "no-time",
  "clock-unset",
  "clock-unsynced",
  "untrusted-tag",
  "joined",
  "duplicate",
  "continuation",
  "ambiguous-continuation",
]);

/** What the line before says already is not said again, and no note twice. */
function newParts({ parts }: ExplainedLine, before: readonly ExplainedLine[]): ExplainedPart[] {
  const last = before.findLast((line) => line.parts.length > 0)?.parts ?? [];
  const notes = new Set(before.flatMap((line) => line.parts.map(({ note }) => note)));
  return parts
    .filter(
      ({ part, value, note }) => !last.some((one) => one.part === part && one.value === value && one.note === note),
    )
    .map((one) => (notes.has(one.note) ? { ...one, note: null } : one));
}

function partLines(parts: readonly ExplainedPart[], options: ExplainOptions): string[] {
  const width = Math.max(0, ...parts.map(({ part }) => displayWidth(part)));
  return parts.flatMap(({ part, value, note }) => {
    const lead = `  ${padToWidth(prose(part), width)}  `;
    const text = note === null ? prose(value) : `${prose(value)}  (${prose(note)})`;
    const lines = paragraph(lead, text, options.width);
    return lines.map((one, i) => (i === 0 ? paint(options.color, "dim", lead) + one.slice(lead.length) : one));
  });
}

const SYSTEMS: Record<string, string> = {
  ios: "IOS",
  "ios-xe": "IOS XE",
  "ios-xr": "IOS XR",
  "nx-os": "NX-OS",
  unknown: "system not known",
};

function deviceLines({ devices }: Explanation, options: ExplainOptions): string[] {
  return devices.flatMap(({ name, os, release, exposures }) => [
    ...paragraph(
      "  ",
      `${prose(name)}: ${prose(SYSTEMS[os] ?? os)}, release ${release === null ? "not known" : prose(release)}`,
      options.width,
    ),
    ...exposures.flatMap(({ advisory, state, reason }) =>
      paragraph("  - ", `${prose(advisory)}: ${state}. ${prose(reason)}`, options.width),
    ),
  ]);
}
