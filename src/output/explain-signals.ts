/** What the rules made of one message, rule by rule. */
import { escapeCommand } from "./escape.ts";
import type { ExplainedCondition, ExplainedSignal } from "./explanation.ts";
import { paint, type Style } from "./presentation.ts";
import { prose } from "./prose.ts";
import { paragraph } from "./runbook.ts";

const RESULTS: Record<ExplainedSignal["result"], string> = {
  matched: "matches",
  excused: "matches, but is excused",
  failed: "does not match",
  near: "near miss",
};
const STYLES: Record<ExplainedSignal["result"], Style> = {
  matched: "green",
  excused: "yellow",
  failed: "yellow",
  near: "dim",
};

/** One paragraph for each signal with its conditions below; `said` holds what earlier lines have told. */
export function signalLines(
  signals: readonly ExplainedSignal[],
  said: ReadonlySet<string>,
  options: { color: boolean; width: number },
): string[] {
  const shown = signals.filter((one) => !isBeside(one, signals));
  if (shown.length === 0) return [];
  return [
    "  Rules",
    ...shown.flatMap((one) => {
      const head = `    ${paint(options.color, STYLES[one.result], RESULTS[one.result])}: `;
      const plain = `    ${RESULTS[one.result]}: `;
      const [first = "", ...rest] = paragraph(
        plain,
        `${prose(one.rule)}, signal ${prose(one.signal)} (${prose(one.index)})`,
        options.width,
      );
      const captured = Object.entries(one.captures).map(
        ([name, value]) => `${prose(name)} = ${prose(JSON.stringify(value))}`,
      );
      return [
        head + first.slice(plain.length),
        ...rest,
        ...one.conditions
          .filter(({ condition, held }) => !held || !said.has(`${one.rule} ${one.signal} ${condition}`))
          .flatMap((condition) =>
            paragraph(condition.held ? "      ok   " : "      no   ", conditionText(condition), options.width),
          ),
        ...(captured.length === 0 ? [] : paragraph("      took ", captured.join(", "), options.width)),
        ...one.notes
          .filter((note) => !said.has(note))
          .flatMap((note) => paragraph("      ", prose(note), options.width)),
      ];
    }),
  ];
}

/** A rule's own text keeps its backslashes single. */
function conditionText({ condition, held, note, wants }: ExplainedCondition): string {
  if (held || note === null) return escapeCommand(cut(condition));
  const stopped = wants === null ? "" : `, where the rule wants ${escapeCommand(cut(wants))}`;
  return `${escapeCommand(cut(condition))}: ${prose(note)}${stopped}`;
}

function cut(text: string): string {
  return text.length > 70 ? `${text.slice(0, 70)}…` : text;
}

/** Where a rule knows the message by one signal, another that a whole family of tags leads to is no news. */
function isBeside(one: ExplainedSignal, signals: readonly ExplainedSignal[]): boolean {
  if (one.result !== "failed" && one.result !== "near") return false;
  if (!one.index.startsWith("by the beginning") || one.conditions.some(({ wants }) => wants !== null)) return false;
  return signals.some(({ rule, result }) => rule === one.rule && (result === "matched" || result === "excused"));
}
