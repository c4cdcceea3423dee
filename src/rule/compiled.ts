/** A rule made ready for judging: what detect/ works with. */
import type { ExposureSpec } from "../exposure/types.ts";
import type { Confidence, Event, Level, Millis, Runbook, RunbookPart, Text } from "../model.ts";
import type { RuleTest } from "./compiled-case.ts";
import type { ObservationName } from "./observation.ts";
import type { Reading } from "./reading.ts";
import type { SignalFile } from "./schema-signal.ts";

/** What a signal took from a message: its named groups. */
export type Captures = Record<string, string>;

/** One condition of a signal beyond its index, with what an explanation needs to say of it. */
export interface SignalCondition {
  /** As written in the rule: `text|re`. */
  key: string;
  /** The values as written, one of which (or, with `|all`, each of which) has to fit. */
  wanted: readonly (string | number | boolean)[];
  /** Without one of these, in capitals or not, no ASCII text meets it; left out where that is not plain to see. */
  needs?: readonly string[];
  /** What it looks at; null where the message has none. */
  read(event: Event): string | number | null;
  /** Whether the message meets it; named groups are put into `captures`. */
  test(reading: Reading, captures: Captures): boolean;
}

export interface CompiledSignal {
  name: string;
  /** Where the message's tag may begin to interest this signal; empty when only a literal does. */
  tags: string[];
  tagPrefixes: string[];
  /** The message must contain one of these; with `tags`, either is enough when `orLiteral`. */
  literals: string[];
  orLiteral: boolean;
  /** The line in lower case must contain one of these. */
  folded: string[];
  /** Every message is tried. */
  every: boolean;
  /** What of a router's logging interests this signal, instead of messages. */
  observation: ObservationName | null;
  unless: { signal: string; within: Millis } | null;
  /** The capture that names the node that the message is about; null: the node that prints it. */
  about: string | null;
  /** A signal of other signals: it is judged once those are. */
  condition: CompiledJoin | null;
  /** The conditions beyond the index, all of which must hold. */
  readonly conditions: readonly SignalCondition[];
  /** The signal as the rule file has it, checked. */
  written: SignalFile;
  /** Tests the conditions one after another: captures, or null when one fails. */
  match(reading: Reading): Captures | null;
}

/** `selection and not filter`: what one message matched, put together. */
export interface CompiledJoin {
  source: string;
  /** The signals that it names. */
  names: Set<string>;
  holds(seen: Map<string, Captures>): boolean;
  /** What the signals that help it to hold took. */
  captures(seen: Map<string, Captures>): Captures;
}

export type Scalar = string | number | boolean;
/** What a condition looks at: facts about the report at hand. */
export type Facts = Record<string, Fact>;
/** A list holds when any of its elements does: names that tie, the users of a table. */
export type Fact = Scalar | string[] | null;

/** What of a condition can be written down. */
export interface ConditionData {
  /** As written, for explanations: `level|gte: 90`. */
  source: string;
  field: string;
  /** `gte`, `gt`, `lte`, `lt` or `not`; empty: the fact is one of those wanted. */
  operator: string;
  wanted: Scalar[];
}
export interface CompiledCondition extends ConditionData {
  holds(facts: Facts): boolean;
}
/** One of the inner lists must hold whole. */
export type CompiledWhen = CompiledCondition[][];

export interface CompiledVerdict {
  name: string;
  when: CompiledWhen;
  alert: boolean;
  level: Level;
  confidence: Confidence;
  title: Text | null;
  runbook: Partial<Runbook>;
}

export interface CompiledCorrelation {
  name: string;
  type: "event_count" | "value_count" | "temporal" | "temporal_ordered" | "absence";
  /** Signals, or correlations before this one. */
  signals: string[];
  timespan: Millis;
  gte: number;
  /** With an upper limit the window is judged when it is over. */
  lte: number | null;
  /** The groups or fields whose values `value_count` counts. */
  fields: string[];
  /** Signals that take the first one back; `cancelled`: it holds only once they have. */
  cancelledBy: string[];
  cancelled: boolean;
}

/** What a rule remembers until something takes it back. */
export interface MemorySpec {
  /** Signals that begin a memory. */
  firsts: string[];
  /** Signal -> the firsts that it takes back. */
  endedBy: Record<string, string[]>;
  /** Signal that means nothing unless one of these firsts is remembered -> those. */
  needs: Record<string, string[]>;
  /** Signals that only take back: their times are not kept. */
  passing: string[];
  /** Firsts that stay when they are taken back, marked as such: a correlation asks for that. */
  marked: string[];
}

export interface CompiledBlock {
  open: string;
  rows: string;
  close: string;
  /** The signals in printing order. */
  order: string[];
  timespan: Millis;
  max: number;
  holdOrphans: boolean;
  /** The capture that tells two open blocks of one group apart; null where a group has one block at a time. */
  apart: string | null;
  table: {
    name: string;
    basename: boolean;
    key: string;
    weight: string;
    /** Captures that say how many rows there are. */
    expect: { signal: string; capture: string }[];
  };
}

export interface CompiledStep {
  id: string;
  signal: string;
  evidence: string | null;
  where: [string, string][];
  node: string | null;
  by: string | null;
}

export interface Lifecycle {
  quiet: Millis;
  grace: Millis;
  reopen: Millis;
  remind: Millis;
  lead: RunbookPart | null;
  steps: CompiledStep[];
}

/** The same trouble on so many routers within a time is one more alert. */
export interface CompiledFleet {
  timespan: Millis;
  gte: number;
  /** Reports below this level do not count. */
  from: Level;
  verdict: string;
  level: Level;
  confidence: Confidence;
  title: Text;
  falsepositives: Text[];
  runbook: Runbook;
}

export interface Advisory {
  id: string;
  /** Digest of the file's text. */
  version: string;
  title: Text;
  summary: Text;
  cves: string[];
  references: string[];
  /** Which releases are affected; null where the rules are not about a release. */
  exposure: ExposureSpec | null;
  falsepositives: Text[];
  runbook: Runbook;
  /** Ids of items shown only when nobody vouches for the evidence. */
  unauthenticated: string[];
}

export interface CompiledRule {
  id: string;
  /** Digest of the file's text. */
  version: string;
  /** Digest of what judgement reads of it: state of another one is not carried on. */
  stateVersion: string;
  file: string;
  title: Text;
  status: "experimental" | "stable" | "deprecated";
  level: Level;
  description: Text | null;
  advisory: Advisory;
  signals: CompiledSignal[];
  groupByDevice: boolean;
  groupByNode: boolean;
  /** Groups of patterns, or fields of the message, that have an alert and windows of their own. */
  groupFields: string[];
  /** Signals that stand only in the conditions of others. */
  parts: Set<string>;
  block: CompiledBlock | null;
  correlations: CompiledCorrelation[];
  memory: MemorySpec | null;
  /** Signal -> the capture that names the node that its messages are about. */
  about: Record<string, string>;
  reports: string[];
  verdicts: CompiledVerdict[];
  /** What an alert's details show: name and the fact it comes from. */
  details: [string, string][];
  exposure: { lower: number; atMost: Level | null; bySystem: boolean; caveat: Text } | null;
  caveats: { when: CompiledWhen; text: Text }[];
  lifecycle: Lifecycle;
  fleet: CompiledFleet | null;
  /** Longest time that this rule looks back over signals, and the most it needs to count. */
  horizon: Millis;
  keep: number;
  falsepositives: Text[];
  references: string[];
  /** Where an imported rule comes from. */
  origin: Origin | null;
}

/** A rule with its cases: read from its file, not compiled ahead. */
export interface CasedRule extends CompiledRule {
  tests: RuleTest[];
}

/** What is kept of a rule that was written in another language. */
export interface Origin {
  format: "sigma";
  id?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  author?: string | undefined;
  license?: string | undefined;
  date?: string | undefined;
  modified?: string | undefined;
  tags?: string[] | undefined;
}
