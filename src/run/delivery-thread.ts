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
let thread: ReturnType<typeof start> | null = null;

control.on("message", (message: ToDelivery) => {
  try {
    if (message.kind === "start") thread = start(message.config);
    else if (message.kind === "look") thread?.wake();
    else if (message.kind === "printed") terminal.printed();
    else thread?.stop().catch(fail);
  } catch (error) {
    fail(error);
  }
});

function start(config: Config) {
  const outputs = [...allOutputs(config.outputs)].map(([name, output]) => ({
    output: output.type === "console" ? terminal.output : buildOutput(name, output, systemClock),
    giveUpAfter: durationMillis(output.giveUpAfter),
  }));
  const store = openStore(config.db, { at: Date.now() });
  const couriers = outputs.map(
    (options) =>
      new Courier({
        ...options,
        store,
        clock: systemClock,
        random: Math.random,
        say: (kind, text) => say({ kind, text }),
      }),
  );
  const wake = (): void => {
    for (const courier of couriers) courier.wake();
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
  const running = Promise.all(couriers.map((courier) => courier.run()));
  running.catch(fail);
  say({ kind: "ready" });
  return {
    wake,
    async stop(): Promise<void> {
      clearInterval(ticker);
      for (const courier of couriers) courier.drain();
      const late = new AbortController();
      await Promise.race([running, systemClock.sleep(PATIENCE, late.signal)]);
      late.abort();
      await Promise.all(couriers.map((courier) => courier.stop()));
      await running;
      store.close();
      say({ kind: "stopped" });
      control.close();
    },
  };
}

function fail(error: unknown): void {
  say({ kind: "failed", failure: toFailure(error) });
}

function say(message: FromDelivery): void {
  control.postMessage(message);
}
