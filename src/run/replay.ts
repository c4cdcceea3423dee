/** Captures through the engine, from empty state: what live would have said. */
import type { Alert, AlertChange, Counters, DeviceSettings, Event, Evidence, Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { type AlertMoment, levelChange, momentOf } from "../store/history.ts";
import { openCaptures } from "./captures.ts";
import { Engine } from "./engine.ts";
import { DEFAULT_OPERATIONS } from "./operations.ts";
import { Spill } from "./spill.ts";

/** Device records that replay keeps in memory. */
const MAX_DEVICES = 100_000;
/** Alerts are collected every so many lines, so that a flood's updates do not pile up. */
const COLLECT_EVERY = 50_000;
/** Changes remembered of one alert. */
const MAX_HISTORY = 100;

export interface ReplayOptions {
  paths: string[];
  rules: CompiledRule[];
  year: number | null;
  /** What operators say of devices. */
  settings?: DeviceSettings[];
  /** Moves time on after the last line, so that timers up to then fire. */
  until: Millis | null;
  /** Observe the routers' logging too. */
  operations?: boolean;
  /** Whether the result goes into a database, with what happened on the routers (true when left out). */
  keepsHistory?: boolean;
  /** False: no line takes the quick path. */
  quick?: boolean;
  onEvent?: (event: Event, order: number, settled: number) => void;
  onProgress?: (done: { bytes: number; lines: number; alerts: number }) => void;
}

export interface Replayed {
  /** Each alert once, in its final state, by firstSeen, device, rule. */
  alerts: Alert[];
  groups: Map<string, string>;
  /** Lines before each alert, by its id. */
  contexts: Map<string, Evidence[]>;
  /** What became of each alert, by its id, oldest first. */
  histories: Map<string, AlertMoment[]>;
  engine: Engine;
  /** Routers that are not in the engine's memory; to be closed. */
  spill: Spill;
  counters: Counters;
  /** Sentences for the summary: which year was used, files that overlap. */
  notes: string[];
  /** A file that could not be read to its end; what came before was judged. */
  broken: unknown;
}

/** Replays files as one stream. Throws NO_INPUT. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const captures = await openCaptures(options.paths, options.year, Date.now());
  const notes: string[] = [];
  const spill = new Spill();
  const engine = new Engine({
    rules: options.rules,
    policy: captures[0]?.policy ?? { year: options.year, anchor: null, latest: null },
    maxDevices: MAX_DEVICES,
    operations: options.operations === true ? DEFAULT_OPERATIONS : null,
    keepsHistory: options.keepsHistory ?? true,
    quick: options.quick ?? true,
    recall: (key) => spill.recall(key),
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
  });
  engine.know(options.settings ?? [], 0);
  const alerts = new Map<string, Alert>();
  const histories = new Map<string, AlertMoment[]>();
  const groups = new Map<string, string>();
  const contexts = new Map<string, Evidence[]>();
  const collect = () => {
    for (const { alert, group, context, change, at } of engine.ledger.takeAlerts()) {
      remember(histories, alert, change, at);
      if (context !== undefined) contexts.set(alert.id, context);
      alerts.set(alert.id, alert);
      groups.set(alert.id, group);
    }
  };
  let lines = 0;
  const lineDone = () => {
    spill.take(engine.ledger.evicted);
    if (++lines % COLLECT_EVERY !== 0) return;
    collect();
    options.onProgress?.({ bytes: engine.counters.bytes.file, lines, alerts: alerts.size });
  };
  let broken: unknown = null;
  for (const capture of captures) {
    const last = engine.session.latest;
    if (last !== null && capture.first !== null && capture.first < last) {
      notes.push(
        `${capture.path} begins before the file read before it ends: what a relay stamped in it counts as no earlier than that end, so routers in trouble at the same time may not be seen together. Merge such files by time first.`,
      );
    }
    if (capture.yearNote !== null)
      notes.push(captures.length > 1 ? `${capture.path}: ${capture.yearNote}` : capture.yearNote);
    engine.session.beginFile(capture.policy, capture.path);
    engine.quick.forget();
    try {
      await capture.read(
        (frame) => {
          engine.accept(frame);
          lineDone();
        },
        {
          beginRun: (bytes) => engine.quick.beginRun(bytes),
          offer(from, limit) {
            const end = engine.quick.offer(from, limit);
            if (end !== -1) lineDone();
            return end;
          },
        },
      );
    } catch (error) {
      broken ??= error;
    }
  }
  engine.finish(options.until);
  collect();
  engine.counters.devices = engine.state.devices.size + engine.ledger.evicted.size + spill.count;
  for (const alert of alerts.values()) engine.counters.alerts[alert.level]++;
  return {
    alerts: [...alerts.values()].sort(byTime),
    groups,
    contexts,
    histories,
    engine,
    spill,
    counters: engine.counters,
    notes,
    broken,
  };
}

/** Status and level as they changed; the first and the newest are kept where there are many. */
function remember(histories: Map<string, AlertMoment[]>, alert: Alert, change: AlertChange, at: Millis): void {
  const history = histories.get(alert.id) ?? [];
  histories.set(alert.id, history);
  const { level } = alert;
  const last = history.at(-1);
  if (change === "updated" && last?.level === level) return;
  const name = change === "updated" ? levelChange(last?.level ?? level, level) : change;
  history.push(momentOf(alert, name, at));
  if (history.length > MAX_HISTORY) history.splice(1, 1);
}

function byTime(a: Alert, b: Alert): number {
  return (
    a.firstSeen - b.firstSeen ||
    compare(a.device, b.device) ||
    compare(a.rule, b.rule) ||
    compare(a.node ?? "", b.node ?? "") ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
