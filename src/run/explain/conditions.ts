/** The conditions of a verdict in words: what is asked for, and what is the case. */
import type { CompiledCondition, CompiledCorrelation, Fact } from "../../rule/compiled.ts";
import { durationText } from "./duration.ts";
import { tagsText } from "./signals.ts";
import type { SeenReport } from "./watch.ts";

/** What is the case where a condition looks, in a few words. */
export function conditionIs({ field }: CompiledCondition, report: SeenReport): string {
  const fact = report.facts[field] ?? null;
  const correlation = report.rule.correlations.find((one) => one.name === field);
  if (correlation !== undefined) return correlationIs(correlation, report);
  if (report.rule.signals.some((signal) => signal.name === field))
    return fact === true ? `it matches ${field}` : `it does not match ${field}`;
  if (report.rule.block !== null && field in BLOCK_NOTES) return BLOCK_NOTES[field]!(fact);
  return fact === null ? `the ${field} is not known` : `the ${field} is ${factText(fact)}`;
}

/** What a condition asks for: `at least 90`, `anything but pak fsv`. */
export function conditionAsked({ field, operator, wanted }: CompiledCondition, { rule }: SeenReport): string {
  // What is the case says of a yes or a no already what is asked for.
  if (operator === "" && wanted.every((one) => typeof one === "boolean")) return "";
  const isShare = rule.block !== null && field === "share";
  const values = wanted.map((one) => (isShare && typeof one === "number" ? shareText(one) : String(one)));
  return (OPERATORS[operator] ?? "") + values.join(" or ");
}

/** What would have to come, or be otherwise, for a condition that failed. */
export function missingFor(condition: CompiledCondition, report: SeenReport): string {
  const { rule, facts } = report;
  const { field } = condition;
  const correlation = rule.correlations.find((one) => one.name === field);
  if (correlation !== undefined) return correlationMissing(correlation, report);
  const signal = rule.signals.find((one) => one.name === field);
  if (signal !== undefined) {
    if (condition.wanted[0] === false) return `a message that does not match ${field}`;
    return `a message that matches ${field} (${tagsText(signal) || signal.literals.join(", ")})`;
  }
  const { block } = rule;
  if (block !== null && facts.opened === false && (field === "opened" || (facts[field] ?? null) === null)) {
    const open = rule.signals.find((one) => one.name === block.open)!;
    return `the first line of the block (signal ${block.open}, ${tagsText(open)}), which opens it and says what it is about`;
  }
  if (block !== null && facts.table === "none" && OF_TABLE.has(field)) {
    const rows = rule.signals.find((one) => one.name === block.rows)!;
    return `the rows of the table (${tagsText(rows)}), which name who holds what${wasLost(facts) ? `; they were lost on the way (${rowsLost(facts)})` : trapHint(rows.tags)}`;
  }
  if (block !== null && field === "table") return `the whole table (${rowsLost(facts)})`;
  return `${conditionIs(condition, report)}; the rule asks for ${conditionAsked(condition, report)}`;
}

/** Whether a condition asks that something was lost: nobody waits for that. */
export function asksForLoss({ field, wanted }: CompiledCondition): boolean {
  return (
    (field === "opened" && wanted[0] === false) ||
    ((field === "short" || field === "doubtful") && wanted[0] === true) ||
    (field === "table" && !wanted.includes("complete"))
  );
}

/** Facts that come out of the rows of a block's table. */
const OF_TABLE = new Set(["table", "rows", "users", "top", "share", "pid", "missing", "short", "doubtful"]);

/** Other lines of the table came, or the counters show a hole: nobody kept the router from sending the rows. */
function wasLost({ closed, missing }: Record<string, Fact>): boolean {
  return closed === true || (typeof missing === "number" && missing > 0);
}

function rowsLost({ missing }: Record<string, Fact>): string {
  if (missing === 0 || missing === null)
    return "no line says how many rows there are, or fewer came than were announced";
  return missing === 1 ? "1 message is missing by the counters" : `${missing} messages are missing by the counters`;
}

/** A value as sentences show it. */
export function factText(fact: Exclude<Fact, null>): string {
  if (Array.isArray(fact)) return fact.length === 0 ? "empty" : fact.join(" and ");
  return typeof fact === "number" && !Number.isInteger(fact)
    ? String(Math.round(fact * 10_000) / 10_000)
    : String(fact);
}

const OPERATORS: Record<string, string> = {
  gte: "at least ",
  gt: "more than ",
  lte: "at most ",
  lt: "less than ",
  not: "anything but ",
};

const BLOCK_NOTES: Record<string, (fact: Fact) => string> = {
  opened: (fact) => (fact === true ? "the first line of the block came" : "the first line of the block did not come"),
  closed: (fact) => (fact === true ? "the last line of the block came" : "the last line of the block did not come"),
  table: (fact) =>
    fact === "none"
      ? "no row of the table came"
      : fact === "complete"
        ? "the table is complete"
        : "rows of the table may be missing",
  rows: (fact) => `${fact} ${fact === 1 ? "row" : "rows"} of the table came`,
  missing: (fact) =>
    fact === 0 ? "no message is missing inside the block" : `${fact} messages are missing inside the block`,
  short: (fact) => (fact === true ? "rows are known to be lost" : "no row is known to be lost"),
  doubtful: (fact) => (fact === true ? "not every row can be the router's" : "every row can be the router's"),
  users: (fact) =>
    Array.isArray(fact) && fact.length > 0 ? `the table names ${fact.join(", ")}` : "the table names nobody",
  top: (fact) => (fact === null ? "no table names a top user" : `the top user is ${factText(fact)}`),
  share: (fact) => (typeof fact === "number" ? `its share is ${shareText(fact)}` : "there is no share without a table"),
  pid: (fact) => (fact === null ? "there is no pid without a table" : `the pid is ${factText(fact)}`),
};

function shareText(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}

/** A router that is told to send grave messages only sends no rows. */
function trapHint(tags: readonly string[]): string {
  const severity = Math.max(-1, ...tags.map((tag) => Number(/-([0-7])-/.exec(tag)?.[1] ?? -1)));
  if (severity < 5) return "";
  const level = ["notifications", "informational", "debugging"][severity - 5];
  return `: the router sends messages of severity ${severity} only with \`logging trap ${level}\`, so send at level ${level}`;
}

function correlationIs(one: CompiledCorrelation, report: SeenReport): string {
  const seen = report.correlations.find((other) => other.name === one.name)?.seen ?? 0;
  const within = durationText(one.timespan);
  if (one.type === "absence") {
    const [before, after] = one.signals;
    const holds = report.facts[one.name] === true;
    return holds
      ? `no ${after} came within ${within} of ${before}`
      : `the ${within} that ${after} has after ${before} are not over`;
  }
  const over = one.lte === null ? "" : `, at most ${one.lte}, told when the time is over`;
  return `${seen} of ${one.gte} ${namesOf(one)} within ${within}${over}`;
}

/** What a correlation counts. */
function namesOf(one: CompiledCorrelation): string {
  if (one.type === "event_count") return one.signals.join(" or ");
  if (one.type === "value_count") return `different ${one.fields.join(" and ")} of ${one.signals.join(" or ")}`;
  return `(${one.signals.join(one.type === "temporal_ordered" ? ", then " : " and ")})`;
}

function correlationMissing(one: CompiledCorrelation, report: SeenReport): string {
  const seen = report.correlations.find((other) => other.name === one.name)?.seen ?? 0;
  const within = durationText(one.timespan);
  if (one.type === "absence") return `that no ${one.signals[1]} comes within ${within} of ${one.signals[0]}`;
  if (one.lte !== null)
    return `${namesOf(one)}, at least ${one.gte} and at most ${one.lte} when ${within} are over (${seen} so far)`;
  const far = `(${seen} of ${one.gte} so far)`;
  if (one.type === "temporal" || one.type === "temporal_ordered")
    return `${namesOf(one).slice(1, -1)} within ${within} ${far}`;
  return `${Math.max(1, one.gte - seen)} more ${namesOf(one)} within ${within} ${far}`;
}
