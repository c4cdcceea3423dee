/** The delivery thread: brings alerts from the outbox to every output, away from what receives, judges and prints. */
import { parentPort } from "node:worker_threads";
import { durationMillis } from "../rule/duration.ts";
import { openStore } from "../store/open.ts";
import { pruneOutbox } from "../store/outbox.ts";
import { tellSilenced } from "../store/tell.ts";
import { allOutputs, buildOutput } from "./build-output.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Courier } from "./courier.ts";
import { toFailure } from "./failure.ts";
import type { FromDelivery, ToDelivery } from "./messages.ts";
import { Prepared } from "./prepared.ts";
import { remoteConsole } from "./remote-console.ts";
import { canRetry } from "./retry.ts";

/** How often it is looked whether another process has changed the database. */
const LOOK_MILLIS = 250;
const UPKEEP_MILLIS = 1_000;
/** Delivered entries are kept a day, and removed some at a time. */
const KEEP_DELIVERED = 86_400_000;
/** How long a stop waits for outputs, in milliseconds. */
const PATIENCE = 4_000;

const control = parentPort!;
const terminal = remoteConsole((entry) => say({ kind: "print", entry }));
const reconfiguring = new Prepared((config) => prepare(config), say);
let thread: ReturnType<typeof start> | null = null;

control.on("message", (message: ToDelivery) => {
  try {
    if (message.kind === "start") thread = start(message.config);
    else if (message.kind === "look") thread?.wake();
    else if (message.kind === "printed") terminal.printed();
    else if (message.kind === "stop") thread?.stop().catch(fail);
    else reconfiguring.hear(message);
  } catch (error) {
    fail(error);
  }
});

function start(config: Config) {
  const outputs = build(config);
  const store = openStore(config.db, { at: Date.now() });
  const couriers = new Map<string, Courier>();
  /** Those that are under way, also of outputs that are gone. */
  const running = new Set<Promise<void>>();
  const use = (all: ReturnType<typeof build>): void => {
    for (const [name, courier] of couriers) {
      if (all.some(({ output }) => output.name === name)) continue;
      couriers.delete(name);
      courier.stop().catch(fail);
    }
    for (const options of all) {
      const { name } = options.output;
      const courier = couriers.get(name);
      if (courier === undefined) begin(name, options);
      else courier.use(options.output, options.giveUpAfter);
    }
  };
  const begin = (name: string, options: ReturnType<typeof build>[number]): void => {
    const courier = new Courier({
      ...options,
      store,
      clock: systemClock,
      random: Math.random,
      say: (kind, text) => say({ kind, text }),
    });
    couriers.set(name, courier);
    const run = courier.run().finally(() => running.delete(run));
    running.add(run);
    run.catch(fail);
  };
  const wake = (): void => {
    for (const courier of couriers.values()) courier.wake();
  };
  let version = store.db.pragma("data_version", { simple: true });
  let lastUpkeep = 0;
  const upkeep = (): void => {
    const now = store.db.pragma("data_version", { simple: true });
    if (now !== version) wake();
    version = now;
    if (performance.now() - lastUpkeep < UPKEEP_MILLIS) return;
    lastUpkeep = performance.now();
    if (tellSilenced(store, Date.now()) > 0) wake();
    pruneOutbox(store, Date.now() - KEEP_DELIVERED);
  };
  const ticker = setInterval(() => {
    try {
      upkeep();
    } catch (error) {
      if (!canRetry(error)) fail(error);
    }
  }, LOOK_MILLIS);
  use(outputs);
  say({ kind: "ready" });
  return {
    wake,
    use,
    async stop(): Promise<void> {
      clearInterval(ticker);
      for (const courier of couriers.values()) courier.drain();
      const late = new AbortController();
      await Promise.race([Promise.all(running), systemClock.sleep(PATIENCE, late.signal)]);
      late.abort();
      await Promise.all([...couriers.values()].map((courier) => courier.stop()));
      await Promise.all(running);
      store.close();
      say({ kind: "stopped" });
      control.close();
    },
  };
}

/** The configured outputs, not opened yet. Throws CONFIG_INVALID, NO_PERMISSION. */
function build({ outputs }: Config) {
  return [...allOutputs(outputs)].map(([name, output]) => ({
    output: output.type === "console" ? terminal.output : buildOutput(name, output, systemClock),
    giveUpAfter: durationMillis(output.giveUpAfter),
  }));
}

function prepare(config: Config): () => void {
  const outputs = build(config);
  return () => thread?.use(outputs);
}

function fail(error: unknown): void {
  say({ kind: "failed", failure: toFailure(error) });
}

function say(message: FromDelivery): void {
  control.postMessage(message);
}
