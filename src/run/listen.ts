/** `listen`: starts the three threads, brings what they say to the terminal, and stops them in order. */
import { extname } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import type { TelltaleError } from "../error.ts";
import type { Delivery } from "../output/output.ts";
import type { Config } from "./config.ts";
import { fromFailure, toFailure } from "./failure.ts";
import type { FromDelivery, FromEngine, FromIngest, Status, ToDelivery, ToEngine, ToIngest } from "./messages.ts";

/** What the caller is told; `print` resolves once an entry is out. */
export interface ListenHooks {
  ready(about: Extract<FromEngine, { kind: "ready" }>, listening: Extract<FromIngest, { kind: "listening" }>): void;
  print(entry: Delivery): Promise<void>;
  status(status: Status): void;
  warning(text: string): void;
  notice(text: string): void;
}

export interface Listener {
  /** Reads the rules again and puts them in force, if all of them are good. */
  reload(): void;
  /** Stops receiving, judges what was read, saves state; resolves when everything is on disk. */
  stop(): Promise<void>;
  /** Rejects when a thread fails; resolves after `stop`. */
  readonly finished: Promise<void>;
}

/** Starts listening; rejects with a TelltaleError when the store, the rules, an output or a socket cannot be opened. */
export async function startListening(config: Config, hooks: ListenHooks): Promise<Listener> {
  const { port1, port2 } = new MessageChannel();
  const engine = new Worker(sibling("judge-thread"), { workerData: { ingest: port1 }, transferList: [port1] });
  const ingest = new Worker(sibling("ingest"), { workerData: { engine: port2 }, transferList: [port2] });
  const delivery = new Worker(sibling("delivery-thread"));
  let settle: { resolve: () => void; reject: (error: TelltaleError) => void } = { resolve() {}, reject() {} };
  const finished = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const terminate = () => Promise.all([engine, ingest, delivery].map((one) => one.terminate()));
  // A thread that failed leaves nothing half alive: whoever supervises starts it anew.
  finished.catch(terminate);
  const waiters = new Map<string, (message: Message) => void>();

  const hear = (from: string) => (message: Message) => {
    if (message.kind === "failed") settle.reject(fromFailure(message.failure));
    else if (message.kind === "queued") tell(delivery, { kind: "look" });
    else if (message.kind === "print") hooks.print(message.entry).then(() => tell(delivery, { kind: "printed" }));
    else if (message.kind === "status") hooks.status(message.status);
    else if (message.kind === "warning" || message.kind === "notice") hooks[message.kind](message.text);
    else waiters.get(`${from} ${message.kind}`)?.(message);
  };
  for (const [name, worker] of [
    ["engine", engine],
    ["ingest", ingest],
    ["delivery", delivery],
  ] as const) {
    worker.on("message", hear(name));
    worker.on("error", (error) => settle.reject(fromFailure(toFailure(error))));
  }
  const wait = <T>(what: string) =>
    Promise.race([
      new Promise<T>((resolve) => waiters.set(what, resolve as (message: Message) => void)),
      finished.then(() => new Promise<never>(() => {})),
    ]);
  try {
    const ready = wait<Extract<FromEngine, { kind: "ready" }>>("engine ready");
    tell(engine, { kind: "start", config });
    const about = await ready;
    const outputs = wait("delivery ready");
    tell(delivery, { kind: "start", config });
    await outputs;
    const listening = wait<Extract<FromIngest, { kind: "listening" }>>("ingest listening");
    tell(ingest, { kind: "start", config });
    hooks.ready(about, await listening);
  } catch (error) {
    await terminate();
    throw error;
  }
  let stopping: Promise<void> | null = null;
  return {
    finished,
    reload: () => tell(engine, { kind: "reload" }),
    stop() {
      stopping ??= (async () => {
        const judged = wait("engine stopped");
        tell(ingest, { kind: "stop" });
        await judged;
        // What an output does not take now stays in the outbox and is told at the next start.
        const told = wait("delivery stopped");
        tell(delivery, { kind: "stop" });
        await told;
        const closed = new Promise<void>((resolve) => engine.once("exit", () => resolve()));
        tell(engine, { kind: "stop" });
        await closed;
        await ingest.terminate();
        settle.resolve();
      })();
      return stopping;
    },
  };
}

type Message = FromEngine | FromIngest | FromDelivery;

function tell(worker: Worker, message: ToEngine | ToIngest | ToDelivery): void {
  worker.postMessage(message);
}

/** The thread's file beside this one: .ts while developing, .js once built. */
function sibling(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}
