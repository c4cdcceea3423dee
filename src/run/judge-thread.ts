/** The engine thread: parse, detect, and the one writer of the database. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { failpoint } from "../failpoint.ts";
import { countRules } from "../rule/count.ts";
import { shippedRules } from "../rule/files.ts";
import { resume } from "../store/commit.ts";
import { loadDevice } from "../store/devices.ts";
import { openStore, type Store } from "../store/open.ts";
import { type KnownOutput, outputTotals, registerOutputs } from "../store/outputs.ts";
import { BatchReader } from "./batch.ts";
import { allOutputs, knownOutput } from "./build-output.ts";
import { systemClock } from "./clock.ts";
import { collectorDropped, collectorStarted } from "./collector.ts";
import type { Config } from "./config.ts";
import { Engine } from "./engine.ts";
import { toFailure } from "./failure.ts";
import { report } from "./health.ts";
import type { FromEngine, Losses, Reconfigure, ToEngine, ToEngineBatch } from "./messages.ts";
import { toOperations } from "./operations.ts";
import { readDevice, restore } from "./persist.ts";
import { Prepared, type Ready } from "./prepared.ts";
import { noteLeft, readRules, reloadRules, useRules } from "./reload.ts";
import { toRetention } from "./retention.ts";
import { canRetry } from "./retry.ts";
import { watchRules } from "./watch.ts";
import { Writer } from "./writer.ts";

/** How often it is looked at what has to be written, and how often time passes for timers. */
const TICK_MILLIS = 100;
const STATUS_MILLIS = 1_000;
/** The receiver speaks ten times a second; more time than this between two words means a clock that was set, or a
 * machine that stood still. */
const LEAP_MILLIS = 60_000;

const control = parentPort!;
const { ingest, judged } = workerData as { ingest: MessagePort; judged: Int32Array };
const clock = systemClock;
let thread: ReturnType<typeof start> | null = null;
let store: Store | null = null;
let failed = false;

control.on("message", (message: ToEngine) => {
  guard(() => {
    if (message.kind === "start") thread = start(message.config);
    else if (message.kind === "unstored-told") thread?.writer.unstoredTold();
    else if (message.kind === "stop") thread?.stop();
    else thread?.reconfigure(message);
  });
});

function start(config: Config) {
  let path = config.rules;
  const watch = ({ rules, watchRules: isWanted }: Config) =>
    isWanted ? watchRules(rules ?? shippedRules(), () => guard(reload), cannotWatch) : null;
  let watching = watch(config);
  const rules = readRules(path);
  const opened = openStore(config.db, { exclusive: true, at: clock.now() });
  store = opened;
  registerOutputs(opened, outputsOf(config));
  /** Outputs that the database does not know yet, since it could not be written. */
  let unregistered: KnownOutput[] | null = null;
  const stored = resume(opened);
  const engine = new Engine({
    rules,
    policy: { year: null, anchor: null, latest: null },
    maxDevices: config.devices.max,
    recall: (key) => recall(opened, key),
    operations: toOperations(config.operations),
  });
  for (const { alert, group } of restore(engine, stored)) noteLeft(engine, opened, alert, group, clock.now());
  engine.know(stored.settings, clock.now());
  collectorStarted(engine, clock.now());
  failpoint("start.resumed");
  const retention = toRetention(config.retention);
  const writer = new Writer(engine, opened, stored, say, { clock, retention });
  const batches = new BatchReader();
  let lastStatus = 0;
  let lastTick = 0;
  let lagMillis = 0;
  let reloaded = true;
  let finished = false;

  const finish = (): void => {
    if (finished) return;
    finished = true;
    clearInterval(ticker);
    watching?.close();
    failpoint("stop.drained");
    writer.finish();
    failpoint("stop.saved");
    say({ kind: "stopped" });
  };
  const reload = (): void => {
    if (finished) return;
    const told = reloadRules(engine, path);
    reloaded = told.kind === "notice";
    say(told);
    writer.commitIfDue();
  };
  const prepare = (next: Config): Ready => {
    const read = readRules(next.rules);
    return () => {
      if (finished) return;
      say(useRules(engine, read));
      engine.bound(toOperations(next.operations), next.devices.max);
      writer.keep(toRetention(next.retention));
      unregistered = outputsOf(next);
      register();
      if (next.rules !== path || next.watchRules !== (watching !== null)) {
        watching?.close();
        watching = watch(next);
      }
      path = next.rules;
      reloaded = true;
      writer.commitIfDue();
    };
  };
  const prepared = new Prepared(prepare, say);
  /** Where alerts are to go, as soon as the database can be written. */
  const register = (): void => {
    if (unregistered === null) return;
    try {
      registerOutputs(opened, unregistered);
      unregistered = null;
    } catch (error) {
      if (!canRetry(error)) throw error;
    }
  };
  /** What is due now and then; asked for with each batch too, since timers wait while batches do. */
  const lookAround = (): void => {
    writer.upkeep();
    if (clock.mono() - lastStatus < STATUS_MILLIS) return;
    lastStatus = clock.mono();
    register();
    const told = { at: clock.now(), lagMillis, reloaded, outputs: outputTotals(opened) };
    say({ kind: "status", ...report(engine, { ...writer.state(), ...told }) });
    lagMillis = 0;
  };
  const ticker = setInterval(() => {
    guard(() => {
      writer.commitIfDue();
      lookAround();
    });
  }, TICK_MILLIS);
  ingest.on("message", (message: ToEngineBatch) => {
    guard(() => {
      const drops = Math.max(0, message.kernelDrops - engine.counters.kernelDrops);
      engine.counters.kernelDrops += drops;
      const lost = { kernel: drops, shed: addLosses(engine, message.losses) };
      if (lost.kernel + lost.shed > 0) collectorDropped(engine, lost, message.at);
      Object.assign(engine.counters.shed, message.refused);
      if (message.kind === "end") return finish();
      batches.read(message.frames, engine.quick, (frame) => engine.accept(frame));
      // Time that was not lived through: nobody was silent then.
      if (lastTick > 0 && message.at - lastTick > LEAP_MILLIS) collectorStarted(engine, message.at);
      if (message.at - lastTick >= TICK_MILLIS) {
        lastTick = message.at;
        engine.tick(message.at);
      }
      failpoint("engine.judged");
      lagMillis = Math.max(lagMillis, clock.now() - message.at);
      writer.commitIfDue(message.isBehind);
      Atomics.add(judged, 0, 1);
      lookAround();
    });
  });
  say({
    kind: "ready",
    rules: countRules(rules),
    path: opened.path,
    sqliteVersion: opened.sqliteVersion,
    familiar: familiarAddresses(engine),
  });
  return {
    reconfigure(message: Reconfigure): void {
      // What is on the disk is not in force.
      if (message.kind === "discard") reloaded = false;
      prepared.hear(message);
    },
    writer,
    stop(): void {
      finish();
      writer.finish();
      opened.close();
      control.close();
      ingest.close();
    },
  };
}

function outputsOf({ outputs }: Config): KnownOutput[] {
  return [...allOutputs(outputs)].map(([name, output]) => knownOutput(name, output));
}

function cannotWatch(error: Error): void {
  const text = `The rules cannot be watched (${error.message}); after a change send SIGHUP to have them reloaded.`;
  say({ kind: "warning", text });
}

/** Frames that were received and not judged count as received too; gives how many were lost for want of room. */
function addLosses({ counters }: Engine, losses: Losses): number {
  let shed = 0;
  for (const { outcome, reason, transport, frames, bytes } of losses) {
    counters.received[transport] += frames;
    counters.bytes[transport] += bytes;
    counters.outcomes[outcome] += frames;
    if (outcome !== "shed") continue;
    shed += frames;
    counters.shed[reason] = (counters.shed[reason] ?? 0) + frames;
  }
  return shed;
}

function recall(store: Store, key: string) {
  const stored = loadDevice(store, key);
  return stored === null ? null : readDevice(stored.facts, stored.data, store.path);
}

/** From where routers were heard before, or are expected. */
function familiarAddresses({ state }: Engine): string[] {
  const heard = [...state.devices.values()].flatMap(({ facts }) => facts.address ?? []);
  return [...new Set([...[...state.map.values()].flatMap(({ settings }) => settings.addresses), ...heard])];
}

function guard(work: () => void): void {
  if (failed) return;
  try {
    work();
  } catch (error) {
    failed = true;
    say({ kind: "failed", failure: toFailure(store === null ? error : store.abandon(error, clock.now())) });
  }
}

function say(message: FromEngine): void {
  control.postMessage(message);
}
