/** A router's log played into the engine at chosen times, and what the engine makes of it. */
import type { Alert, Event, Frame, Millis, Transport } from "../../src/model.ts";
import { loadRules } from "../../src/rule/load.ts";
import { Engine } from "../../src/run/engine.ts";
import type { EngineOptions } from "../../src/run/engine-options.ts";

export const RULES = loadRules();
export const NO_YEAR: EngineOptions["policy"] = { year: null, anchor: null, latest: null };
/** 2020-03-04T12:00:00Z. */
export const NOON: Millis = Date.UTC(2020, 2, 4, 12);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** The shipped rule of this id. */
export function ruleOf(id: string) {
  return RULES.find((rule) => rule.id === id)!;
}

export function frameOf(line: string | Uint8Array, at: Millis | null, from = "192.0.2.1"): Frame {
  const transport: Transport = at === null ? "file" : "udp";
  return { raw: typeof line === "string" ? Buffer.from(line) : line, from, transport, at, flags: [], line: 0 };
}

/** An engine with a hand on the clock. */
export class Stage {
  readonly engine: Engine;
  readonly events: Event[] = [];
  now: Millis;
  #alerts = new Map<string, Alert>();

  constructor(options: Partial<EngineOptions> = {}, now = NOON) {
    this.now = now;
    this.engine = new Engine({
      rules: RULES,
      policy: NO_YEAR,
      maxDevices: 1_000,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** Datagrams one after another, `step` ms apart. */
  send(lines: string | readonly string[], { from = "192.0.2.1", step = 1 } = {}): this {
    for (const line of typeof lines === "string" ? [lines] : lines) {
      this.now += step;
      this.engine.accept(frameOf(line, this.now, from));
    }
    return this;
  }

  /** Time passes. */
  wait(millis: Millis): this {
    this.now += millis;
    this.engine.tick(this.now);
    return this;
  }

  /** Every alert so far in its last state, by first sight, device, rule, node. */
  alerts(): Alert[] {
    for (const { alert } of this.engine.ledger.takeAlerts()) this.#alerts.set(alert.id, structuredClone(alert));
    return sorted([...this.#alerts.values()]);
  }

  /** The one alert there is. */
  alert(): Alert {
    const alerts = this.alerts();
    if (alerts.length !== 1)
      throw new Error(`expected one alert, got ${alerts.length}: ${JSON.stringify(brief(alerts))}`);
    return alerts[0]!;
  }

  /** The alert of one rule. */
  of(rule: string): Alert | undefined {
    return this.alerts().find((alert) => alert.rule === rule);
  }

  finish(): this {
    this.engine.finish();
    return this;
  }
}

export function sorted(alerts: Alert[]): Alert[] {
  const key = (alert: Alert) => JSON.stringify([alert.device, alert.rule, alert.node, alert.id]);
  return alerts.sort((a, b) => a.firstSeen - b.firstSeen || (key(a) < key(b) ? -1 : 1));
}

/** What a verdict table states of an alert. */
export function brief(alerts: Alert[]) {
  return alerts.map(({ rule, verdict, level, confidence }) => ({ rule, verdict, level, confidence }));
}

/** What must not depend on how a log arrived: everything but id, address and times. */
export function timeless(alert: Alert): unknown {
  const { id: _i, address: _a, firstSeen: _f, lastSeen: _l, evidence, details, runbook, ...rest } = alert;
  const { quietSince: _q, ...others } = details;
  return {
    ...rest,
    details: others,
    evidence: evidence.map((one) => Buffer.from(one.raw).toString("latin1")),
    done: Object.values(runbook).flatMap((items) => items.filter((item) => item.done !== null).map((item) => item.id)),
  };
}

/** The events of a capture: lines of a file without receive times. */
export function replay(lines: readonly string[], options: Partial<EngineOptions> = {}, from = "capture.log"): Stage {
  const stage = new Stage(options);
  for (const line of lines) stage.engine.accept(frameOf(line, null, from));
  return stage.finish();
}
