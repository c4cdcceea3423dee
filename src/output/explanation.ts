/** What an explanation says, as data: the JSON of `telltale rules explain --json`. */
import type { Alert, Exposure, Level, Outcome } from "../model.ts";

/** An explanation of some lines and of what became of them. Every text is one sentence or more, in English. */
export interface Explanation {
  schema: 1;
  /** The answer in a few sentences. */
  summary: string[];
  lines: ExplainedLine[];
  /** Reports that the explained lines are part of, in the order in which they were judged. */
  reports: ExplainedReport[];
  /** What would have to come, or be otherwise, for an alert or for a stronger one. */
  missing: string[];
  devices: ExplainedDevice[];
  /** How the input was taken: the year, lines read on, lines left out. */
  notes: string[];
}

/** One frame: how it was read and where it ended. */
export interface ExplainedLine {
  /** Number of the line in its file, or of the argument. */
  line: number;
  raw: string;
  outcome: Outcome;
  /** Why the frame ended there. */
  why: string[];
  /** Line of the message that this one continues or repeats. */
  partOf: number | null;
  /** The parts of the header in the order in which they are told. */
  parts: ExplainedPart[];
  flags: { flag: string; meaning: string }[];
  hints: string[];
  /** Rules that looked at the message, and rules that nearly did. */
  signals: ExplainedSignal[];
}

export interface ExplainedPart {
  part: string;
  value: string;
  note: string | null;
}

export interface ExplainedSignal {
  rule: string;
  signal: string;
  /** `matched`: it counts; `excused`: matched, and another signal excuses it; `failed`: found by the index, a condition
   * failed; `near`: not looked at, although its conditions hold or nearly do. */
  result: "matched" | "excused" | "failed" | "near";
  /** How the rule came to look at the message, or why it did not. */
  index: string;
  conditions: ExplainedCondition[];
  captures: Record<string, string>;
  /** What it means for the rule. */
  notes: string[];
}

export interface ExplainedCondition {
  /** As the rule has it. */
  condition: string;
  held: boolean;
  /** Why it failed. */
  note: string | null;
  /** The piece of a pattern at which it stopped. */
  wants: string | null;
  /** True where the words are there, but inside the text instead of at its beginning. */
  inside: boolean;
}

export interface ExplainedReport {
  rule: string;
  device: string;
  node: string | null;
  outcome: "alert" | "ignored" | "no-verdict";
  facts: Record<string, string | number | boolean | string[] | null>;
  correlations: { name: string; seen: number; needed: number; within: string; signals: string[]; holds: boolean }[];
  verdicts: ExplainedVerdict[];
  /** The verdict that stands; null where none holds. */
  verdict: string | null;
  alert: ExplainedAlert | null;
}

export interface ExplainedVerdict {
  name: string;
  /** Null for a verdict that raises nothing. */
  level: Level | null;
  confidence: string;
  held: boolean;
  chosen: boolean;
  /** Each alternative with its conditions, what is the case and what is asked for; one alternative has to hold whole. */
  when: { condition: string; held: boolean; is: string; asked: string }[][];
}

/** The alert as it is after the report. */
export interface ExplainedAlert extends Pick<Alert, "id" | "level" | "confidence" | "verdict" | "status" | "count"> {
  title: string;
  caveats: string[];
  /** Ids of alerts about several routers that it is part of. */
  related: string[];
  /** What changed: opened, raised, counted again. */
  change: string;
  /** What the release did to the level, or the strongest verdict did to this one. */
  adjustments: string[];
}

export interface ExplainedDevice {
  name: string;
  os: string;
  release: string | null;
  exposures: { advisory: string; state: Exposure["state"]; reason: string }[];
}
