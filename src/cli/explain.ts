/** `telltale rules explain`: how a line is understood, which rules look at it, and what is missing for an alert. */
import { isIP } from "node:net";
import { TelltaleError } from "../error.ts";
import type { Text } from "../model.ts";
import { explainText } from "../output/explain-text.ts";
import { jsonLine } from "../output/json-line.ts";
import { openRules } from "../rule/open.ts";
import { placeInput, stdinInput } from "../run/explain/capture-input.ts";
import { explain } from "../run/explain/explain.ts";
import { givenLines, type Input, type Place, readPlace } from "../run/explain/input.ts";
import { print, terminalWidth, wantsColor } from "./terminal.ts";

interface ExplainCommandOptions {
  rules?: string;
  rule?: string;
  from?: string;
  year?: number;
  json?: boolean;
  lang: "en" | "ja";
}

export async function explainCommand(lines: string[], options: ExplainCommandOptions): Promise<void> {
  const place = lines.length === 1 && lines[0] !== "-" ? readPlace(lines[0]!) : null;
  const placed =
    lines.length === 1
      ? undefined
      : lines.find((line) => line === "-" || (!/\s/.test(line) && readPlace(line) !== null));
  if (placed !== undefined)
    throw new TelltaleError(
      "USAGE",
      `${placed} stands beside other lines`,
      "Give FILE:LINE or - alone; only lines in quotes may be several.",
    );
  const isCase = place !== null && /\.ya?ml$/.test(place.path);
  // The author of a rule asks about the file that the line stands in.
  const all = await openRules(options.rules ?? (isCase ? place.path : undefined));
  const rules = options.rule === undefined ? all : all.filter((rule) => rule.id === options.rule);
  if (rules.length === 0)
    throw new TelltaleError("NOT_FOUND", `no rule "${options.rule}"`, "`telltale rules list` shows the ids.");
  const say = (text: Text) => (options.lang === "ja" ? (text.ja ?? text.en) : text.en);
  const input = isCase ? await casesOf(place) : await inputOf(lines, place, options);
  const explanation = await explain({ input, rules, say });
  if (options.json) return print(`${jsonLine(explanation)}\n`);
  await print(explainText(explanation, { color: wantsColor(), width: terminalWidth() }));
}

async function casesOf(place: Place): Promise<Input> {
  const { loadRules } = await import("../rule/load.ts");
  const { caseInput } = await import("../run/explain/case-input.ts");
  return caseInput(place, loadRules(place.path)[0]!);
}

async function inputOf(lines: string[], place: Place | null, options: ExplainCommandOptions): Promise<Input> {
  const year = options.year ?? null;
  const now = Date.now();
  const isStdin = lines.length === 1 && lines[0] === "-";
  if (options.from !== undefined && (place !== null || isStdin))
    throw new TelltaleError(
      "USAGE",
      "--from is for lines given on the command line",
      "Leave it out for a file or for -.",
    );
  if (options.from !== undefined && isIP(options.from) === 0)
    throw new TelltaleError("USAGE", `--from: "${options.from}" is no address`, "Write an address such as 192.0.2.7.");
  if (isStdin) return stdinInput(year, now);
  if (place !== null) return placeInput(place, year, now);
  return givenLines(lines, { from: options.from ?? null, year, now });
}
