/** What could not be written: kept within bounds, tried again, and told without the database meanwhile. */
import { type AlertChange, LEVELS, type Millis } from "../model.ts";
import type { Delivery } from "../output/output.ts";
import type { AlertWrite, CommitBatch } from "../store/commit.ts";
import { type AlertMoment, momentOf } from "../store/history.ts";
import type { Clock } from "./clock.ts";
import { joinBatches } from "./persist.ts";

/** Changes of alerts kept for the database, and as many again for the outputs; beyond, the lowest level goes first. */
export const MOST_ALERTS = 10_000;
/** Events of devices kept. */
const MOST_EVENTS = 10_000;
/** How long after a failed try the next one is made. */
const RETRY_MILLIS = 1_000;
/** A database that has failed for so long no longer holds back what is to be told. */
const PATIENCE_MILLIS = 1_000;

/** Why nothing can be written, and since when. */
export interface Degraded {
  since: Millis;
  reason: string;
}

export class Unwritten {
  readonly #clock: Clock;
  readonly #tell: (entries: Delivery[]) => void;
  readonly #shed: Record<string, number>;
  #batch: CommitBatch | null = null;
  #degraded: Degraded | null = null;
  #began = 0;
  #tried = 0;
  /** Alerts that wait to be told without the database; what is told is not yet out while `#underway`. */
  #owed: AlertWrite[] = [];
  #underway = false;

  /** `shed` counts what was given up; `tell` brings alerts to the console, and `told` says that they are out. */
  constructor(clock: Clock, shed: Record<string, number>, tell: (entries: Delivery[]) => void) {
    this.#clock = clock;
    this.#shed = shed;
    this.#tell = tell;
  }

  /** What is wrong; null while everything can be written. */
  get degraded(): Degraded | null {
    return this.#degraded;
  }

  /** Whether it is time for a try: at once, or some time after one that failed. */
  get mayTry(): boolean {
    return this.#degraded === null || this.#clock.mono() - this.#tried >= RETRY_MILLIS;
  }

  /** What is to be written now: what was left, then this. */
  with(batch: CommitBatch): CommitBatch {
    return joinBatches(this.#batch, batch);
  }

  /** Everything is in the database, and the outputs will be told from there. */
  written(): void {
    this.#batch = null;
    this.#owed = [];
    this.#degraded = null;
  }

  /** A try has failed; `batch` is what could not be written, `fresh` its part that is new. */
  failed(reason: string, batch: CommitBatch, fresh: readonly AlertWrite[]): void {
    const now = this.#clock.mono();
    if (this.#degraded === null) this.#began = now;
    this.#degraded ??= { since: this.#clock.now(), reason };
    this.#tried = now;
    this.#batch = this.#bounded(batch);
    this.#owed.push(...fresh.filter(({ change }) => change !== null && change !== "updated"));
    this.#owed = this.#fewer(this.#owed, "untold");
    if (now - this.#began >= PATIENCE_MILLIS) this.#tellSome();
  }

  /** A statement has failed that carried nothing. */
  stuck(reason: string): void {
    if (this.#degraded === null) this.#began = this.#clock.mono();
    this.#degraded ??= { since: this.#clock.now(), reason };
    this.#tried = this.#clock.mono();
  }

  /** What was told is out. */
  told(): void {
    this.#underway = false;
    if (this.#degraded !== null) this.#tellSome();
  }

  #tellSome(): void {
    if (this.#underway || this.#owed.length === 0) return;
    this.#underway = true;
    this.#tell(this.#owed.splice(0, 1_000).map(({ alert, change, at }) => ({ alert, change: change!, at })));
  }

  #bounded(batch: CommitBatch): CommitBatch {
    const many = batch.alerts.length > MOST_ALERTS;
    const alerts = many ? this.#fewer(inOne(batch.alerts), "unwritten") : batch.alerts;
    return { ...batch, alerts, deviceEvents: batch.deviceEvents.slice(-MOST_EVENTS) };
  }

  #fewer(alerts: readonly AlertWrite[], what: string): AlertWrite[] {
    const surplus = alerts.length - MOST_ALERTS;
    if (surplus <= 0) return [...alerts];
    const lowest = alerts.map(({ alert }, i) => ({ i, rank: LEVELS.indexOf(alert.level) }));
    const gone = new Set(
      lowest
        .sort((a, b) => a.rank - b.rank || a.i - b.i)
        .slice(0, surplus)
        .map(({ i }) => i),
    );
    this.#shed[what] = (this.#shed[what] ?? 0) + surplus;
    return alerts.filter((_, i) => !gone.has(i));
  }
}

/** The changes of each alert in one entry, its moments as its history. */
function inOne(alerts: readonly AlertWrite[]): AlertWrite[] {
  const merged = new Map<string, AlertWrite>();
  for (const item of alerts) {
    const before = merged.get(item.alert.id);
    if (before === undefined) {
      merged.set(item.alert.id, item);
      continue;
    }
    const change = weightier(before.change, item.change);
    const context = before.context ?? item.context;
    merged.set(item.alert.id, {
      ...item,
      change,
      at: change === item.change ? item.at : before.at,
      history: [...momentsOf(before), ...momentsOf(item)],
      ...(context === undefined ? {} : { context }),
    });
  }
  return [...merged.values()];
}

const WEIGHTS: readonly (AlertChange | null)[] = [null, "updated", "reminded", "status", "raised", "opened"];

function weightier(a: AlertChange | null, b: AlertChange | null): AlertChange | null {
  return WEIGHTS.indexOf(a) > WEIGHTS.indexOf(b) ? a : b;
}

function momentsOf({ alert, change, at, history }: AlertWrite): readonly AlertMoment[] {
  if (change === null || change === "updated") return [];
  return history ?? [momentOf(alert, change, at)];
}
