/** How near a case came to an alert that was not raised: what matched, and which conditions failed. */
import type { CompiledCondition, CompiledRule, Facts } from "../rule/compiled.ts";
import { toEvent } from "./event.ts";
import { explainSignals } from "./explain/signals.ts";
import type { TimedLine } from "./session.ts";
import type { EngineWatcher } from "./watcher.ts";

/** A watcher for one run of one rule, with what it saw in sentences. */
export interface Nearest extends EngineWatcher {
  tell(): string[];
}

/** Verdicts that are told of one report, and signals of one case. */
const TOLD = 3;
/** Messages that are looked at once more. */
const LOOKED_AT = 20;

/** Watches an engine that runs this rule alone. */
export function createNearest(rule: CompiledRule): Nearest {
  const seen = new Map<string, number>();
  const matched = new Map<string, number>();
  /** The last lines that end by themselves; of one that others continue the text is not whole here. */
  const ended: TimedLine[] = [];
  let last: { facts: Facts; ignored: string | null } | null = null;
  return {
    ended(timed, _order, outcome) {
      if (outcome !== "joined") ended.push(timed);
      else ended.pop();
      if (ended.length > LOOKED_AT) ended.shift();
      const tag = timed.line.tag;
      const untrusted = timed.line.flags.includes("untrusted-tag");
      const none = untrusted ? "(a tag in the text, behind a header that was not understood)" : "(no tag)";
      const what = tag === null ? none : `${tag.facility}-${tag.severity}-${tag.mnemonic}`;
      seen.set(what, (seen.get(what) ?? 0) + 1);
    },
    matched(_event, match) {
      for (const { name } of match.signals) matched.set(name, (matched.get(name) ?? 0) + 1);
    },
    reported(_rule, _key, _group, facts, judged) {
      last = { facts, ignored: judged.outcome === "ignored" ? judged.verdict : null };
    },
    tell() {
      if (matched.size === 0) {
        const index = rule.signals.flatMap(({ tags, tagPrefixes, literals }) => [
          ...tags,
          ...tagPrefixes.map((prefix) => `${prefix}*`),
          ...literals.map((literal) => JSON.stringify(literal)),
        ]);
        return [
          `no signal matched; tags that came: ${list(seen)}`,
          `the signals look at: ${index.join(", ")}`,
          ...failedSignals(rule, ended),
        ];
      }
      const said = [`signals that matched: ${list(matched)}`];
      if (last === null) return [...said, `no report was judged; ${whatReports(rule)}`];
      if (last.ignored !== null) return [...said, `verdict ${last.ignored} held, which raises no alert`];
      return [...said, "no verdict held:", ...nearestVerdicts(rule, last.facts).map((line) => `  ${line}`)];
    },
  };
}

/** The signals that looked at one of these messages and did not hold, each once with the condition that failed. */
function failedSignals(rule: CompiledRule, ended: TimedLine[]): string[] {
  const failed = ended.flatMap((timed) =>
    explainSignals([rule], toEvent(timed), [], () => null)
      .filter(({ result }) => result === "failed")
      .map(({ signal, conditions }) => ({ signal, missed: conditions.find((one) => !one.held) })),
  );
  const told = failed.map(({ signal, missed }) => `${signal} fails at ${missed?.condition}: ${missed?.note ?? "no"}`);
  return [...new Set(told)].slice(0, TOLD);
}

/** The verdicts with the fewest conditions that fail, each with what these looked at. */
function nearestVerdicts(rule: CompiledRule, facts: Facts): string[] {
  const misses = rule.verdicts.flatMap((verdict) =>
    verdict.when.map((all) => ({ name: verdict.name, failed: all.filter((condition) => !condition.holds(facts)) })),
  );
  return misses
    .sort((a, b) => a.failed.length - b.failed.length)
    .slice(0, TOLD)
    .map(({ name, failed }) => `${name}: ${failed.map((condition) => toldOf(condition, facts)).join(", ")}`);
}

function toldOf({ source, field }: CompiledCondition, facts: Facts): string {
  const fact = facts[field] ?? null;
  return `${source} (it is ${fact === null ? "not known" : JSON.stringify(fact)})`;
}

function whatReports(rule: CompiledRule): string {
  if (rule.block !== null) return `a block begins with ${rule.block.open} or a row`;
  return rule.reports.length === 0
    ? "only an absence does in this rule"
    : `these signals are: ${rule.reports.join(", ")}`;
}

function list(counts: Map<string, number>): string {
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} (${n})`)).join(", ") || "none";
}
