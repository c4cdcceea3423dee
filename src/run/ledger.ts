/** What has changed since the last save: alerts with their history, device events, unparsed lines. */
import { renderAlert } from "../detect/advise.ts";
import { subjectOf } from "../detect/collector.ts";
import type { DeviceEvent } from "../detect/device.ts";
import { applyAct } from "../detect/episode.ts";
import { type PutTimer, settle } from "../detect/group.ts";
import type { Decision } from "../detect/report.ts";
import type { DetectState, DeviceState, Episode, GroupState } from "../detect/state.ts";
import type { Act, Alert, AlertChange, Counters, Evidence, Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { RecentLines } from "./context.ts";

/** One change of one alert, with the alert as it was then. */
export interface AlertEntry {
  alert: Alert;
  group: string;
  change: AlertChange;
  at: Millis;
  /** Lines of the device before the alert opened; only with `opened`. */
  context?: Evidence[];
}

export interface UnparsedLine {
  at: Millis;
  source: string;
  line: Uint8Array;
}

interface Stale {
  rule: CompiledRule;
  key: string;
  group: GroupState;
  episode: Episode;
  device: DeviceState | null;
  at: Millis;
}

/** The most unparsed lines kept between two saves: the ring in the store is no longer. */
export const MAX_UNPARSED = 1_000;

/** The most device events kept between two saves, or in a replay that saves nothing before its end. */
const MAX_DEVICE_EVENTS = 200_000;

/** Collects changes; `take…` hands them over and forgets them. */
export class Ledger {
  readonly recent = new RecentLines();
  readonly evicted = new Map<string, DeviceState>();
  readonly ignored: Counters["ignored"];
  readonly #opened: Counters["opened"];
  readonly #state: DetectState;
  /** Alerts with changes that nobody has to be told of, by group. */
  readonly #stale = new Map<string, Stale>();
  #entries: AlertEntry[] = [];
  #deviceEvents: DeviceEvent[] = [];
  #unparsed: UnparsedLine[] = [];
  /** State-changing events since the last save. */
  pending = 0;

  /** Whether somebody will ask for what happened on the routers. */
  readonly keepsHistory: boolean;

  constructor(state: DetectState, counters: Pick<Counters, "ignored" | "opened">, keepsHistory = true) {
    this.#state = state;
    this.keepsHistory = keepsHistory;
    this.ignored = counters.ignored;
    this.#opened = counters.opened;
  }

  /** Whether an alert opened, was raised or changed its status since the last save. */
  get hasChanges(): boolean {
    return this.#entries.length > 0;
  }

  /** A device that left memory since the last save; it is taken back. */
  takeEvicted(key: string): DeviceState | null {
    const device = this.evicted.get(key) ?? null;
    this.evicted.delete(key);
    return device;
  }

  enter(decision: Decision): void {
    this.pending++;
    if (decision.kind === "ignored") {
      count(this.ignored, `${decision.rule}: ${decision.reason}`);
      return;
    }
    if (decision.kind === "expired" || decision.changes.includes("opened")) this.#renderStale(decision.key);
    if (decision.kind === "expired") return;
    const { rule, key, group, episode, at } = decision;
    const device = subjectOf(this.#state, group.deviceKey);
    for (const change of decision.changes) {
      if (change === "updated") this.#stale.set(key, { rule, key, group, episode, device, at });
      else {
        this.#stale.delete(key);
        const alert = renderAlert(rule, group, episode, device);
        if (change === "opened") count(this.#opened, `${rule.id} ${alert.level}`);
        const context =
          change === "opened" ? { context: device === null ? [] : this.recent.before(device, alert.evidence) } : {};
        this.#entries.push({ alert, group: key, change, at, ...context });
      }
    }
  }

  /** What a group's alert was when its episode ended: what is learnt later is not about it. */
  #renderStale(key: string): void {
    const stale = this.#stale.get(key);
    if (stale === undefined || stale.group.episode === stale.episode) return;
    this.#entries.push(rendered(stale));
    this.#stale.delete(key);
  }

  /** An operator's act, a boot, a release learnt, or a conflict; the last two are written to the device's alerts. */
  deviceEvent(event: DeviceEvent, device: DeviceState): void {
    this.pending++;
    if (this.keepsHistory) this.#deviceEvents.push(event);
    if (this.#deviceEvents.length > MAX_DEVICE_EVENTS) this.#deviceEvents.splice(0, MAX_DEVICE_EVENTS / 2);
    if (event.kind === "release" || event.kind === "conflict") this.exposureChanged(device, event.at);
  }

  /** What is known of a device's system has changed: its alerts that are not closed are written anew. */
  exposureChanged(device: DeviceState, at: Millis): void {
    for (const key of this.#state.groupsByDevice.get(device.key) ?? []) this.rewrite(key, device, at);
  }

  /** What is not in the episode itself has changed: the group's alert is written anew, unless it is closed. */
  rewrite(key: string, device: DeviceState | null, at: Millis): void {
    const group = this.#state.groups.get(key)!;
    const rule = this.#state.rules.find((one) => one.id === group.rule);
    if (rule === undefined || group.episode === null || group.episode.status === "closed") return;
    this.pending++;
    this.#stale.set(key, { rule, key, group, episode: group.episode, device, at });
  }

  /** Writes what is known of a group's alert before the group is forgotten; with a note where the alert is not over. */
  leave(rule: CompiledRule, key: string, group: GroupState, note: Alert["notes"][number]): Alert | null {
    this.#renderStale(key);
    this.#stale.delete(key);
    const { episode } = group;
    const device = subjectOf(this.#state, group.deviceKey);
    if (episode === null || episode.status === "closed" || (device === null && group.seen === undefined)) return null;
    const over = episode.status === "resolved";
    const notes = over ? episode.notes : [...episode.notes, note];
    const alert = renderAlert(rule, group, { ...episode, notes }, device);
    this.keepAlert(alert, key, note.at);
    return over ? null : alert;
  }

  /** An alert that is written as it is. */
  keepAlert(alert: Alert, group: string, at: Millis): void {
    this.#entries.push({ alert, group, change: "updated", at });
  }

  /** Applies an act to the group that holds its alert; whoever recorded it has told the outputs. */
  act(act: Act, put: PutTimer): Decision[] {
    for (const [key, group] of this.#state.groups) {
      if (group.episode?.id !== act.alert) continue;
      const rule = this.#state.rules.find((one) => one.id === group.rule);
      if (rule === undefined) return [];
      const before = { ...group.timers };
      const { episode } = group;
      const changes = applyAct(rule, group, act);
      settle(this.#state, key, group, before, put);
      return changes.length === 0
        ? []
        : [{ kind: "alert", rule, key, group, episode, changes: ["updated"], at: act.at, indicator: null }];
    }
    return [];
  }

  keepUnparsed(line: UnparsedLine): void {
    this.pending++;
    this.#unparsed.push(line);
    if (this.#unparsed.length > MAX_UNPARSED) this.#unparsed.shift();
  }

  takeAlerts(): AlertEntry[] {
    const entries = this.#entries;
    for (const stale of this.#stale.values()) entries.push(rendered(stale));
    this.#entries = [];
    this.#stale.clear();
    this.pending = 0;
    return entries;
  }

  takeDeviceEvents(): DeviceEvent[] {
    const events = this.#deviceEvents;
    this.#deviceEvents = [];
    return events;
  }

  takeUnparsed(): UnparsedLine[] {
    const lines = this.#unparsed;
    this.#unparsed = [];
    return lines;
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function rendered({ rule, key, group, episode, device, at }: Stale): AlertEntry {
  return { alert: renderAlert(rule, group, episode, device), group: key, change: "updated", at };
}
