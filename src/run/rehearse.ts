/** Runs a rule's own cases: raw lines and virtual time through the engine that also runs live. */
import type { Lost } from "../detect/collector.ts";
import type { Alert, DeviceSettings, Frame, Millis } from "../model.ts";
import { isTicked } from "../model.ts";
import type { CasedRule } from "../rule/compiled.ts";
import type { Place, RuleTest } from "../rule/compiled-case.ts";
import { NOTHING_SET } from "../store/device-settings.ts";
import { collectorDropped } from "./collector.ts";
import { Engine } from "./engine.ts";
import { createNearest } from "./nearest.ts";
import { DEFAULT_OPERATIONS } from "./operations.ts";
import type { EngineWatcher } from "./watcher.ts";

/** Virtual time starts here: 2020-03-04T12:00:00Z. */
const START: Millis = Date.UTC(2020, 2, 4, 12);

export interface Rehearsal {
  rule: string;
  file: string;
  name: string;
  /** Where the case stands. */
  at: Place;
  passed: boolean;
  /** What was expected and not there, one sentence each. */
  problems: string[];
  alerts: Alert[];
  /** Whether the case says what it expects. */
  written: boolean;
  /** Where its last log lines stand. */
  log: string | null;
  /** Why nothing was raised, as far as can be told. */
  nearest: string[];
}

/** Runs every case of the rule, each from an empty state. */
export function rehearse(rule: CasedRule): Rehearsal[] {
  return rule.tests.map((test) => {
    const nearest = createNearest(rule);
    const alerts = play(rule, test, nearest);
    const problems = test.expect === null ? ["the case does not say what it expects"] : compare(test.expect, alerts);
    return {
      rule: rule.id,
      file: rule.file,
      name: test.name,
      at: { place: test.place, column: test.column, flow: test.flow },
      passed: problems.length === 0,
      problems,
      alerts,
      written: test.expect !== null,
      log: test.log,
      nearest: alerts.length === 0 ? nearest.tell() : [],
    };
  });
}

/** What a case has to say so that it expects this alert: the fields that matter, as they are. */
export function expectationOf(alert: Alert): Record<string, unknown> {
  const ids = FIELDS.done!(alert) as string[];
  return {
    verdict: alert.verdict,
    level: alert.level,
    confidence: alert.confidence,
    status: alert.status,
    device: alert.device,
    ...(alert.node === null ? {} : { node: alert.node }),
    count: alert.count,
    ...(Object.keys(alert.details).length === 0 ? {} : { details: alert.details }),
    ...(alert.caveats.length === 0 ? {} : { caveats: alert.caveats.map((caveat) => caveat.en) }),
    ...(ids.length === 0 ? {} : { done: ids }),
  };
}

function play(rule: CasedRule, test: RuleTest, watcher: EngineWatcher): Alert[] {
  const policy = { year: null, anchor: null, latest: null };
  const engine = new Engine({ rules: [rule], policy, maxDevices: 1_000, operations: DEFAULT_OPERATIONS, watcher });
  for (const one of caseSteps(test)) {
    if ("until" in one) engine.tick(one.until);
    else if ("lost" in one) collectorDropped(engine, one.lost, one.at);
    else if ("settings" in one) engine.know([one.settings], one.settings.at);
    else engine.accept(one.frame);
  }
  engine.finish();
  const alerts = new Map<string, Alert>();
  for (const { alert } of engine.ledger.takeAlerts()) alerts.set(alert.id, alert);
  return [...alerts.values()].sort((a, b) => a.firstSeen - b.firstSeen || (a.id < b.id ? -1 : 1));
}

/** What a case does, in order: time passes, something is said of a router, a line arrives. `step` and `row` say which. */
export type CaseStep =
  | { until: Millis }
  | { lost: Lost; at: Millis }
  | { settings: DeviceSettings }
  | { frame: Frame; step: number; row: number };

/** The steps of a case in virtual time. */
export function* caseSteps(test: RuleTest): Generator<CaseStep> {
  let now = START;
  for (const [i, step] of test.steps.entries()) {
    if ("after" in step) {
      now += step.after;
      yield { until: now };
      continue;
    }
    if ("device" in step) {
      yield { settings: { ...NOTHING_SET, name: step.device, ...step.known, at: now, by: "case" } };
      continue;
    }
    if ("lost" in step) {
      yield { lost: { kernel: step.lost - step.shed, shed: step.shed }, at: now };
      continue;
    }
    for (let time = 0; time < step.times; time++) {
      const lines = step.lines.replaceAll("{n}", String(step.countFrom + time * step.countBy));
      for (const [row, line] of lines.split("\n").entries()) {
        if (line === "") continue;
        now += 1;
        yield { frame: frameOf(line, step.from, now), step: i, row };
      }
      if (step.every === 0) continue;
      now += step.every;
      yield { until: now };
    }
  }
}

function frameOf(line: string, from: string, at: Millis): Frame {
  return { raw: Buffer.from(line), from, transport: "udp", at, flags: [], line: 0 };
}

function compare(expected: Record<string, unknown>[], alerts: Alert[]): string[] {
  const problems: string[] = [];
  if (expected.length !== alerts.length) problems.push(`expected ${expected.length} alert(s), got ${alerts.length}`);
  for (const [i, wanted] of expected.entries()) {
    const alert = alerts[i];
    if (alert === undefined) break;
    for (const [field, value] of Object.entries(wanted)) {
      const problem = compareField(field, value, alert);
      if (problem !== null) problems.push(`alert ${i + 1}: ${problem}`);
    }
  }
  return problems;
}

function compareField(field: string, wanted: unknown, alert: Alert): string | null {
  if (wanted === undefined) return null;
  if (field === "caveats") {
    const lost = (wanted as string[]).filter((part) => !alert.caveats.some((caveat) => caveat.en.includes(part)));
    return lost.length === 0
      ? null
      : `no caveat says "${lost[0]}"; got ${JSON.stringify(alert.caveats.map((caveat) => caveat.en))}`;
  }
  if (field === "details") {
    for (const [name, value] of Object.entries(wanted as Record<string, unknown>)) {
      if (alert.details[name] !== value)
        return `details.${name}: expected ${JSON.stringify(value)}, got ${JSON.stringify(alert.details[name])}`;
    }
    return null;
  }
  const got = FIELDS[field]!(alert);
  return JSON.stringify(got) === JSON.stringify(wanted)
    ? null
    : `${field}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;
}

const FIELDS: Record<string, (alert: Alert) => unknown> = {
  rule: (alert) => alert.rule,
  verdict: (alert) => alert.verdict,
  level: (alert) => alert.level,
  confidence: (alert) => alert.confidence,
  status: (alert) => alert.status,
  device: (alert) => alert.device,
  node: (alert) => alert.node,
  count: (alert) => alert.count,
  exposure: (alert) => alert.exposure.state,
  release: (alert) => alert.exposure.release,
  done: (alert) => Object.values(alert.runbook).flatMap((items) => items.filter(isTicked).map((item) => item.id)),
};
