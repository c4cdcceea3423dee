/** The engine thread: parse, detect, and the one writer of the database. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { TelltaleError } from "../error.ts";
import { loadRules } from "../rule/load.ts";
import { lastActId } from "../store/acts.ts";
import { type CommitBatch, resume } from "../store/commit.ts";
import { loadDevice } from "../store/devices.ts";
import { openStore, type Store } from "../store/open.ts";
import { markDelivered, pendingOutbox, pruneOutbox } from "../store/outbox.ts";
import { readBatch } from "./batch.ts";
import type { Config } from "./config.ts";
import { addCounters, countersFromRows, countersRows } from "./counters.ts";
import { Engine } from "./engine.ts";
import { toFailure } from "./failure.ts";
import type { BatchDone, FromEngine, Losses, ToEngine, ToEngineBatch } from "./messages.ts";
import { joinBatches, readDevice, restore, takeBatch } from "./persist.ts";

/** State is at most this far behind in the database: milliseconds, or events that changed it. */
const BEHIND_MILLIS = 200;
const BEHIND_EVENTS = 500;
/** Counters and devices are written at least this often while messages come; operator acts are looked for. */
const IDLE_MILLIS = 900;
/** How often time passes for timers when no message comes. */
const TICK_MILLIS = 100;
const OUTPUTS = ["console"];
/** Outbox entries handed to the main thread at once. */
const AT_ONCE = 1_000;
/** Delivered outbox rows are kept a day. */
const KEEP_DELIVERED = 86_400_000;

const control = parentPort!;
const ingest = (workerData as { ingest: MessagePort }).ingest;

control.on("message", (message: ToEngine) => {
  try {
    if (message.kind === "start") thread = start(message.config);
    else if (message.kind === "delivered") thread?.delivered(message.ids, message.at);
    else thread?.stop();
  } catch (error) {
    say({ kind: "failed", failure: toFailure(error) });
  }
});

let thread: ReturnType<typeof start> | null = null;

function start(config: Config) {
  const rules = loadRules(config.rules);
  const store = openStore(config.db, { exclusive: true, at: Date.now() });
  const stored = resume(store);
  const before = countersFromRows(stored.counters);
  const engine = new Engine({
    rules,
    policy: { year: null, anchor: null, latest: null },
    maxDevices: config.devices.max,
    recall: (key) => recall(store, key),
  });
  restore(engine, stored);
  let lastAct = stored.lastAct;
  let lastCommit = 0;
  let lastDevices = 0;
  /** Messages counted in the database. */
  let written = 0;
  let lastStatus = 0;
  let shown = 0;
  let stopped = false;

  /** What a failed commit could not write: it goes first into the next. */
  let unwritten: CommitBatch | null = null;
  let appliedAct = lastAct;

  const commit = (everything = false): void => {
    const withDevices = everything || performance.now() - lastDevices > IDLE_MILLIS;
    if (withDevices) lastDevices = performance.now();
    let batch: CommitBatch | null = null;
    try {
      const committed = store.commit(lastAct, (acts) => {
        for (const act of acts.filter((one) => one.id > appliedAct)) {
          engine.act(act);
          appliedAct = act.id;
        }
        batch = joinBatches(unwritten, takeBatch(engine, OUTPUTS, countersRows(totals()), withDevices));
        return batch;
      });
      unwritten = null;
      written = received();
      lastAct = committed.lastAct;
      if (committed.queued > 0 || committed.acts.length > 0) tellOutbox();
    } catch (error) {
      unwritten = batch ?? unwritten;
      throw error;
    } finally {
      lastCommit = performance.now();
    }
  };
  const received = () => Object.values(engine.counters.received).reduce((sum, n) => sum + n, 0);
  const totals = () => {
    engine.counters.devices = engine.state.devices.size;
    return addCounters(before, engine.counters);
  };
  /** Entries that are out of this thread's hands and not yet acknowledged: a slow reader must not fill memory. */
  let untold = 0;
  const tellOutbox = (): void => {
    if (untold > 0) return;
    const entries = pendingOutbox(store, "console", AT_ONCE)
      .filter((entry) => entry.id > shown)
      .map(({ id, change, at, alert }) => ({ id, change, at, alert }));
    if (entries.length === 0) return;
    shown = entries.at(-1)!.id;
    untold = entries.length;
    say({ kind: "outbox", entries });
  };
  /** A full disk or a locked file must not stop detection: the batch is kept and tried again. */
  const tryCommit = (): void => {
    try {
      commit();
    } catch (error) {
      if (!(error instanceof TelltaleError) || (error.code !== "STORE_BUSY" && error.code !== "IO")) throw error;
      say({ kind: "warning", text: `${error.message}; trying again. ${error.hint}` });
    }
  };
  const commitIfDue = (): void => {
    const { ledger, state } = engine;
    const since = performance.now() - lastCommit;
    const dirty = ledger.pending + state.dirtyGroups.size + state.dropped.size;
    // After a failure only time brings the next try.
    const now = unwritten === null && (ledger.hasChanges || dirty >= BEHIND_EVENTS);
    const behind = since > BEHIND_MILLIS && (dirty > 0 || unwritten !== null);
    const idle = () => since > IDLE_MILLIS && (received() !== written || lastActId(store) > lastAct);
    if (now || behind || idle()) tryCommit();
  };
  const addLosses = (losses: Losses, kernelDrops: number): void => {
    for (const { outcome, transport, frames, bytes } of losses) {
      engine.counters.received[transport] += frames;
      engine.counters.bytes[transport] += bytes;
      engine.counters.outcomes[outcome] += frames;
      if (outcome === "shed") engine.counters.shed[transport] = (engine.counters.shed[transport] ?? 0) + frames;
    }
    engine.counters.kernelDrops = Math.max(engine.counters.kernelDrops, kernelDrops);
  };
  const ticker = setInterval(() => {
    guard(() => {
      engine.tick(Date.now());
      commitIfDue();
      const now = performance.now();
      if (now - lastStatus < 1_000) return;
      lastStatus = now;
      say({ kind: "status", status: status(engine) });
    });
  }, TICK_MILLIS);
  ingest.on("message", (message: ToEngineBatch) => {
    guard(() => {
      addLosses(message.losses, message.kernelDrops);
      if (message.kind === "end") return finish();
      for (const frame of readBatch(message.frames)) engine.accept(frame);
      commitIfDue();
      ingest.postMessage({ kind: "done" } satisfies BatchDone);
    });
  });
  const finish = (): void => {
    if (stopped) return;
    stopped = true;
    clearInterval(ticker);
    commit(true);
    say({ kind: "stopped" });
  };
  pruneOutbox(store, Date.now() - KEEP_DELIVERED);
  const advisories = new Set(rules.map((rule) => rule.advisory.id)).size;
  say({ kind: "ready", rules: rules.length, advisories, path: store.path, sqliteVersion: store.sqliteVersion });
  tellOutbox();

  return {
    delivered(ids: number[], at: number): void {
      untold = Math.max(0, untold - ids.length);
      markDelivered(store, ids, at);
      engine.counters.deliveries.console = (engine.counters.deliveries.console ?? 0) + ids.length;
      tellOutbox();
    },
    stop(): void {
      if (!stopped) finish();
      tryCommit();
      store.close();
      control.close();
      ingest.close();
    },
  };
}

function recall(store: Store, key: string) {
  const stored = loadDevice(store, key);
  return stored === null ? null : readDevice(stored.facts, stored.data);
}

function status(engine: Engine) {
  const { received, kernelDrops, outcomes } = engine.counters;
  const open = [...engine.state.groups.values()].filter(
    ({ episode }) => episode !== null && episode.status !== "closed" && episode.status !== "resolved",
  ).length;
  return {
    received: Object.values(received).reduce((sum, n) => sum + n, 0),
    devices: engine.state.devices.size,
    open,
    lost: kernelDrops + outcomes.shed,
  };
}

function guard(work: () => void): void {
  try {
    work();
  } catch (error) {
    say({ kind: "failed", failure: toFailure(error) });
  }
}

function say(message: FromEngine): void {
  control.postMessage(message);
}
