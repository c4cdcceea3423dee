/** Runs a rule's own cases: raw lines and virtual time through the engine that also runs live. */
import type { Alert, DeviceSettings, Frame, Millis } from "../model.ts";
import { isTicked } from "../model.ts";
import type { CompiledRule, RuleTest } from "../rule/compiled.ts";
import { Engine } from "./engine.ts";

/** Virtual time starts here: 2020-03-04T12:00:00Z. */
const START: Millis = Date.UTC(2020, 2, 4, 12);

export interface Rehearsal {
  rule: string;
  file: string;
  name: string;
  passed: boolean;
  /** What was expected and not there, one sentence each. */
  problems: string[];
  alerts: Alert[];
}

/** Runs every case of the rule, each from an empty state. */
export function rehearse(rule: CompiledRule): Rehearsal[] {
  return rule.tests.map((test) => {
    const alerts = play(rule, test);
    const problems = compare(test.expect, alerts);
    return { rule: rule.id, file: rule.file, name: test.name, passed: problems.length === 0, problems, alerts };
  });
}

function play(rule: CompiledRule, test: RuleTest): Alert[] {
  const engine = new Engine({ rules: [rule], policy: { year: null, anchor: null, latest: null }, maxDevices: 1_000 });
  for (const one of caseSteps(test)) {
    if ("until" in one) engine.tick(one.until);
    else if ("settings" in one) engine.know([one.settings], one.settings.at);
    else engine.accept(one.frame);
  }
  engine.finish();
  const alerts = new Map<string, Alert>();
  for (const { alert } of engine.ledger.takeAlerts()) alerts.set(alert.id, alert);
  return [...alerts.values()].sort((a, b) => a.firstSeen - b.firstSeen || (a.id < b.id ? -1 : 1));
}

/** What a case does, in order: time passes, something is said of a router, a line arrives. `step` and `row` say which. */
export type CaseStep = { until: Millis } | { settings: DeviceSettings } | { frame: Frame; step: number; row: number };

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
      yield { settings: { ...NOTHING_SET, name: step.device, ...step.known, at: now } };
      continue;
    }
    for (const [row, line] of step.lines.split("\n").entries()) {
      if (line === "") continue;
      now += 1;
      yield { frame: frameOf(line, step.from, now), step: i, row };
    }
  }
}

const NOTHING_SET: DeviceSettings = {
  name: "",
  aliases: [],
  addresses: [],
  os: null,
  release: null,
  platform: null,
  smus: [],
  processes: null,
  source: "operator",
  at: 0,
  by: "case",
};

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
