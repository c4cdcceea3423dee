/** The engine thread: parse, detect, and the one writer of the database. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { countRules } from "../rule/count.ts";
import { loadRules, shippedRules } from "../rule/load.ts";
import { resume } from "../store/commit.ts";
import { loadDevice } from "../store/devices.ts";
import { openStore, type Store } from "../store/open.ts";
import { registerOutputs } from "../store/outputs.ts";
import { BatchReader } from "./batch.ts";
import { allOutputs, knownOutput } from "./build-output.ts";
import { collectorDropped, collectorStarted } from "./collector.ts";
import type { Config } from "./config.ts";
import { Engine } from "./engine.ts";
import { toFailure } from "./failure.ts";
import type { BatchDone, FromEngine, Losses, Status, ToEngine, ToEngineBatch } from "./messages.ts";
import { toOperations } from "./operations.ts";
import { readDevice, restore } from "./persist.ts";
import { noteLeft, reloadRules } from "./reload.ts";
import { watchRules } from "./watch.ts";
import { Writer } from "./writer.ts";

/** How often time passes for timers when no message comes. */
const TICK_MILLIS = 100;
const STATUS_MILLIS = 1_000;

const control = parentPort!;
const ingest = (workerData as { ingest: MessagePort }).ingest;
let thread: ReturnType<typeof start> | null = null;

control.on("message", (message: ToEngine) => {
  guard(() => {
    if (message.kind === "start") thread = start(message.config);
    else if (message.kind === "reload") thread?.reload();
    else thread?.stop();
  });
});

function start(config: Config) {
  const watching = config.watchRules
    ? watchRules(config.rules ?? shippedRules(), () => guard(reload), cannotWatch)
    : null;
  const rules = loadRules(config.rules);
  const store = openStore(config.db, { exclusive: true, at: Date.now() });
  registerOutputs(
    store,
    [...allOutputs(config.outputs)].map(([name, output]) => knownOutput(name, output)),
  );
  const stored = resume(store);
  const engine = new Engine({
    rules,
    policy: { year: null, anchor: null, latest: null },
    maxDevices: config.devices.max,
    recall: (key) => recall(store, key),
    operations: toOperations(config.operations),
  });
  for (const { alert, group } of restore(engine, stored)) noteLeft(engine, store, alert, group, Date.now());
  engine.know(stored.settings, Date.now());
  collectorStarted(engine, Date.now());
  const writer = new Writer(engine, store, stored, say);
  const batches = new BatchReader();
  let lastStatus = 0;
  let finished = false;

  const finish = (): void => {
    if (finished) return;
    finished = true;
    clearInterval(ticker);
    watching?.close();
    writer.finish();
    say({ kind: "stopped" });
  };
  const reload = (): void => {
    if (finished) return;
    say(reloadRules(engine, config.rules));
    writer.commitIfDue();
  };
  const ticker = setInterval(() => {
    guard(() => {
      engine.tick(Date.now());
      writer.commitIfDue();
      if (performance.now() - lastStatus < STATUS_MILLIS) return;
      lastStatus = performance.now();
      say({ kind: "status", status: statusOf(engine) });
    });
  }, TICK_MILLIS);
  ingest.on("message", (message: ToEngineBatch) => {
    guard(() => {
      const drops = Math.max(0, message.kernelDrops - engine.counters.kernelDrops);
      engine.counters.kernelDrops += drops;
      const lost = drops + addLosses(engine, message.losses);
      if (lost > 0) collectorDropped(engine, lost, Date.now());
      if (message.rejected > 0) engine.counters.shed.connections = message.rejected;
      if (message.kind === "end") return finish();
      batches.read(message.frames, engine.quick, (frame) => engine.accept(frame));
      writer.commitIfDue();
      ingest.postMessage({ kind: "done" } satisfies BatchDone);
    });
  });
  say({ kind: "ready", rules: countRules(rules), path: store.path, sqliteVersion: store.sqliteVersion });
  return {
    reload,
    stop(): void {
      finish();
      writer.finish();
      store.close();
      control.close();
      ingest.close();
    },
  };
}

function cannotWatch(error: Error): void {
  const text = `The rules cannot be watched (${error.message}); after a change send SIGHUP to have them reloaded.`;
  say({ kind: "warning", text });
}

/** Frames that were received and not judged count as received too; gives how many were lost for want of room. */
function addLosses({ counters }: Engine, losses: Losses): number {
  let shed = 0;
  for (const { outcome, transport, frames, bytes } of losses) {
    counters.received[transport] += frames;
    counters.bytes[transport] += bytes;
    counters.outcomes[outcome] += frames;
    if (outcome !== "shed") continue;
    shed += frames;
    counters.shed[transport] = (counters.shed[transport] ?? 0) + frames;
  }
  return shed;
}

function recall(store: Store, key: string) {
  const stored = loadDevice(store, key);
  return stored === null ? null : readDevice(stored.facts, stored.data);
}

function statusOf(engine: Engine): Status {
  const { received, kernelDrops, outcomes } = engine.counters;
  const waits = new Set(["open", "recovering", "recurring"]);
  return {
    received: Object.values(received).reduce((sum, n) => sum + n, 0),
    devices: engine.state.devices.size,
    open: [...engine.state.groups.values()].filter(({ episode }) => waits.has(episode?.status ?? "")).length,
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
