/** A checked rule file -> a compiled rule; refuses what could never match or names what is not there. */
import { RUNBOOK_PARTS } from "../model.ts";
import { compileRunbook } from "./advisory.ts";
import { lastLines } from "./case-lines.ts";
import type { Advisory, CasedRule, CompiledBlock, Lifecycle } from "./compiled.ts";
import type { RuleTestLines } from "./compiled-case.ts";
import { compileWhen, type WhenFile } from "./condition.ts";
import { compileCorrelations, compileGrouping, keepOf, partsOf } from "./correlate.ts";
import { digest } from "./digest.ts";
import type { RuleDocument } from "./document.ts";
import { durationMillis } from "./duration.ts";
import { BLOCK_FACTS, CAVEAT_FACTS, COMMON_FACTS } from "./facts.ts";
import { compileFleet } from "./fleet.ts";
import { compileMemory } from "./memory.ts";
import { OBSERVATIONS } from "./observation.ts";
import { checkPlaceholders } from "./placeholder.ts";
import { need, RuleProblem } from "./problem.ts";
import type { RuleFile } from "./schema.ts";
import type { SignalFile } from "./schema-signal.ts";
import { compileSignals } from "./signal.ts";
import { stateVersion } from "./state-version.ts";
import { asList, asText } from "./text.ts";

/** Compiles one rule file, of which `text` is the whole text; throws RuleProblem with the path of the fault. */
export function compileRule(
  { value: file, written, place: at }: RuleDocument<RuleFile>,
  advisory: Advisory,
  path: string,
  text: string,
): CasedRule {
  const signals = compileSignals(file.signals as Record<string, SignalFile>);
  const known = new Set(signals.map((signal) => signal.name));
  const block = compileBlock(file, known);
  const captures = captureNames(file);
  const correlations = compileCorrelations(file, known, captures);
  for (const [i, name] of file.reports.entries()) need(known, name, ["reports", i]);
  const endsByTime = correlations.some((one) => one.type === "absence" || one.lte !== null);
  if (block === null && file.reports.length === 0 && !endsByTime) {
    throw new RuleProblem(
      ["reports"],
      "a rule needs a block, reports, an absence or an upper limit: nothing could ever raise it",
    );
  }
  const facts = new Set([
    ...Object.keys(COMMON_FACTS),
    ...(block ? [...Object.keys(BLOCK_FACTS), block.table.key] : []),
    ...known,
    ...correlations.map((one) => one.name),
    ...captures,
    ...signals.flatMap(({ observation }) => (observation === null ? [] : Object.keys(OBSERVATIONS[observation]))),
  ]);
  for (const [i, { name }] of correlations.entries()) {
    if (known.has(name))
      throw new RuleProblem(["correlations", name], `a signal has this name already (correlation ${i + 1})`);
  }
  for (const [name, fact] of Object.entries(file.details)) {
    if (!facts.has(fact))
      throw new RuleProblem(
        ["details", name],
        `unknown fact "${fact}"; this rule knows: ${[...facts].sort().join(", ")}`,
      );
  }
  for (const [name, signal] of Object.entries(file.signals as Record<string, SignalFile>)) {
    if (signal.about !== undefined && !capturesOf(signal).includes(signal.about))
      throw new RuleProblem(["signals", name, "about"], `no pattern of this signal has a group "${signal.about}"`);
    if (signal.unless) need(known, signal.unless.signal, ["signals", name, "unless", "signal"]);
  }
  checkPlaceholders(file);
  const lifecycle = compileLifecycle(file, known, advisory);
  const spans = [...correlations.map((one) => one.timespan), ...signals.map((one) => one.unless?.within ?? 0)];
  return {
    id: file.id,
    version: digest(text),
    stateVersion: stateVersion(written),
    file: path,
    title: asText(file.title),
    status: file.status,
    level: file.level,
    description: file.description === undefined ? null : asText(file.description),
    advisory,
    signals,
    ...compileGrouping(file, captures),
    parts: partsOf(signals, file, correlations, block),
    block,
    correlations,
    memory: compileMemory(correlations, signals),
    about: Object.fromEntries(signals.flatMap((one) => (one.about === null ? [] : [[one.name, one.about]]))),
    reports: file.reports,
    verdicts: file.verdicts.map((verdict, i) => ({
      name: verdict.name,
      when: compileWhen(verdict.when as WhenFile, file.params, facts, ["verdicts", i, "when"]),
      alert: verdict.alert,
      level: verdict.level ?? file.level,
      confidence: verdict.confidence ?? "medium",
      title: verdict.title === undefined ? null : asText(verdict.title),
      runbook: compileRunbook(verdict.runbook ?? {}),
    })),
    details: Object.entries(file.details),
    exposure: file.exposure
      ? {
          lower: file.exposure.fixed?.lower ?? 0,
          atMost: file.exposure["not-affected"]?.["at-most"] ?? null,
          bySystem: file.exposure["not-affected"]?.["by-system"] ?? true,
          caveat: asText(file.exposure.caveat),
        }
      : null,
    caveats: file.caveats.map((caveat, i) => ({
      when: compileWhen(caveat.when as WhenFile, file.params, new Set([...facts, ...Object.keys(CAVEAT_FACTS)]), [
        "caveats",
        i,
        "when",
      ]),
      text: asText(caveat.text),
    })),
    lifecycle,
    fleet: compileFleet(file.fleet),
    horizon: Math.max(0, ...spans),
    keep: Math.max(1, ...correlations.map(keepOf)),
    falsepositives: file.falsepositives.map(asText),
    references: file.references,
    origin: file.origin ?? null,
    tests: file.tests.map((test, i) => ({
      name: test.name,
      steps: test.steps.map((step) => {
        if ("after" in step) return { after: durationMillis(step.after) };
        if ("lines" in step) return compileLines(step);
        if ("lost" in step) return { lost: step.lost, shed: Math.min(step.lost, step["of-them-shed"]) };
        const { device, os = null, release = null, platform = null, smus = [], processes = null } = step;
        return { device, known: { os, release, platform, smus, processes } };
      }),
      expect: test.expect ?? null,
      ...at(["tests", i]),
      log: lastLines(test.steps, ["tests", i], at),
    })),
  };
}

function compileLines(step: Extract<RuleFile["tests"][number]["steps"][number], { lines: string }>): RuleTestLines {
  return {
    lines: step.lines,
    from: step.from ?? "192.0.2.1",
    times: step.times,
    every: step.every === undefined ? 0 : durationMillis(step.every),
    countFrom: step["count-from"],
    countBy: step["count-by"],
  };
}

function compileBlock(file: RuleFile, known: Set<string>): CompiledBlock | null {
  const block = file.block;
  if (block === undefined) return null;
  for (const key of ["open", "rows", "close"] as const) need(known, block[key], ["block", key]);
  for (const [i, name] of block.order.entries()) need(known, name, ["block", "order", i]);
  const captures = capturesOf((file.signals as Record<string, object>)[block.open]!);
  if (block.apart !== undefined && !captures.includes(block.apart))
    throw new RuleProblem(
      ["block", "apart"],
      `signal "${block.open}" captures no "${block.apart}"; it captures: ${captures.join(", ")}`,
    );
  const [name = "", modifier] = block.table.name.split("|");
  return {
    open: block.open,
    rows: block.rows,
    close: block.close,
    order: block.order,
    timespan: durationMillis(block.timespan),
    max: block.max,
    holdOrphans: block["hold-orphans"],
    apart: block.apart ?? null,
    table: {
      name,
      basename: modifier === "basename",
      key: block.table.key,
      weight: block.table.weight,
      expect: block.table.expect.map((one, i) => {
        const [signal = "", capture = ""] = one.split(".");
        need(known, signal, ["block", "table", "expect", i]);
        return { signal, capture };
      }),
    },
  };
}

function compileLifecycle(file: RuleFile, known: Set<string>, advisory: Advisory): Lifecycle {
  const { lifecycle } = file;
  const runbooks = [advisory.runbook, ...file.verdicts.map((verdict) => verdict.runbook ?? {})];
  const ids = new Set(
    runbooks.flatMap((runbook) => RUNBOOK_PARTS.flatMap((part) => runbook[part]?.map((item) => item.id) ?? [])),
  );
  lifecycle.steps.forEach((step, i) => {
    need(known, step.signal, ["lifecycle", "steps", i, "signal"]);
    if (step.evidence !== undefined) need(known, step.evidence, ["lifecycle", "steps", i, "evidence"]);
    if (!ids.has(step.id))
      throw new RuleProblem(
        ["lifecycle", "steps", i, "id"],
        `no runbook item "${step.id}" in advisory.yaml or in a verdict`,
      );
  });
  return {
    quiet: durationMillis(lifecycle.quiet),
    grace: durationMillis(lifecycle.grace),
    reopen: durationMillis(lifecycle.reopen),
    remind: durationMillis(lifecycle.remind),
    lead: lifecycle.recurring?.lead ?? null,
    steps: lifecycle.steps.map((step) => ({
      id: step.id,
      signal: step.signal,
      evidence: step.evidence ?? null,
      where: Object.entries(step.where),
      node: step.node ?? null,
      by: step.by ?? null,
    })),
  };
}

/** Names of the groups in a rule's patterns: they are facts too. */
function captureNames(file: RuleFile): string[] {
  return Object.values(file.signals).flatMap(capturesOf);
}

/** Names of the groups in one signal's patterns. */
function capturesOf(signal: object): string[] {
  const patterns = Object.entries(signal).filter(([key]) => /\|re(?:\|all)?$/.test(key));
  return patterns.flatMap(([, value]) =>
    asList(value).flatMap((source) => [...source.matchAll(/\(\?P?<(\w+)>/g)].map((m) => m[1]!)),
  );
}
