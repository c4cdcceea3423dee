/** `listen`: starts the three threads, brings what they say to the terminal, and stops them in order. */
import { extname } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import telltale from "../../package.json" with { type: "json" };
import type { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Delivery } from "../output/output.ts";
import type { WebServer } from "../web/server.ts";
import type { Config } from "./config.ts";
import { fromFailure, toFailure } from "./failure.ts";
import { healthBoard, startHealth } from "./http.ts";
import { webOptions } from "./http-config.ts";
import type {
  FromDelivery,
  FromEngine,
  FromIngest,
  Reconfigured,
  Status,
  ToDelivery,
  ToEngine,
  ToIngest,
} from "./messages.ts";
import { type Origin, Reconfiguration, type Threads } from "./reconfiguration.ts";
import type { Inherited } from "./sources.ts";

/** What the caller is told; `print` resolves once an entry is out. */
export interface ListenHooks {
  ready(
    about: Extract<FromEngine, { kind: "ready" }>,
    listening: Extract<FromIngest, { kind: "listening" }>,
    health: string | null,
  ): void;
  print(entry: Delivery): Promise<void>;
  status(status: Status): void;
  warning(text: string): void;
  notice(text: string): void;
}

export interface ListenOptions {
  /** Sockets that are open already. */
  inherited?: Inherited[];
  /** Called when all ports are open, before anything else is touched. */
  bound?: (() => void) | undefined;
  /** From where the configuration can be read again. */
  origin?: Origin;
}

export interface Listener {
  /** Reads the configuration, rules and certificates again and puts them in force: all of them, or none. */
  reload(): void;
  /** Stops receiving, judges what was read, saves state; resolves when everything is on disk. */
  stop(): Promise<void>;
  /** Rejects when a thread fails; resolves after `stop`. */
  readonly finished: Promise<void>;
}

/** Starts listening; rejects with a TelltaleError when the store, the rules, an output or a socket cannot be opened. */
export async function startListening(
  config: Config,
  hooks: ListenHooks,
  { inherited = [], bound, origin = { file: undefined, overrides: {} } }: ListenOptions = {},
): Promise<Listener> {
  const { port1, port2 } = new MessageChannel();
  const judged = new Int32Array(new SharedArrayBuffer(4));
  const engine = new Worker(sibling("judge-thread"), { workerData: { ingest: port1, judged }, transferList: [port1] });
  const ingest = new Worker(sibling("ingest"), { workerData: { engine: port2, judged }, transferList: [port2] });
  const delivery = new Worker(sibling("delivery-thread"));
  let settle: { resolve: () => void; reject: (error: TelltaleError) => void } = { resolve() {}, reject() {} };
  const finished = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const terminate = () => Promise.all([...[engine, ingest, delivery].map((one) => one.terminate()), web?.stop()]);
  // A thread that failed leaves nothing half alive: whoever supervises starts it anew.
  finished.catch(terminate);
  const waiters = new Map<string, (message: Message) => void>();
  const print = printInOrder(hooks);
  const board = healthBoard();
  let web: WebServer | null = null;

  const hear = (from: string) => (message: Message) => {
    if (message.kind === "failed") settle.reject(fromFailure(message.failure));
    else if (message.kind === "queued") tell(delivery, { kind: "look" });
    else if (message.kind === "print") print([message.entry], () => tell(delivery, { kind: "printed" }));
    else if (message.kind === "unstored") print(message.entries, () => tell(engine, { kind: "unstored-told" }));
    else if (message.kind === "status") {
      board.note(message.health);
      hooks.status(message.status);
    } else if (message.kind === "warning" || message.kind === "notice") hooks[message.kind](message.text);
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
  const wait = <T>(what: string) => {
    const told = Promise.race([
      new Promise<T>((resolve) => waiters.set(what, resolve as (message: Message) => void)),
      finished.then(() => new Promise<never>(() => {})),
    ]);
    // Where two are waited for, a failure is told by the first.
    told.catch(() => {});
    return told;
  };
  try {
    const ready = wait<Extract<FromEngine, { kind: "ready" }>>("engine ready");
    const listening = wait<Extract<FromIngest, { kind: "listening" }>>("ingest listening");
    // Ports may need rights that the database must not have; what comes meanwhile waits for the engine.
    if (bound !== undefined) {
      tell(ingest, { kind: "start", config, inherited });
      await listening;
      bound();
    }
    tell(engine, { kind: "start", config });
    const about = await ready;
    const outputs = wait("delivery ready");
    tell(delivery, { kind: "start", config });
    await outputs;
    if (bound === undefined) tell(ingest, { kind: "start", config, inherited });
    tell(ingest, { kind: "familiar", addresses: about.familiar });
    const addresses = await listening;
    web = await startHealth(webOptions(config.http), board, telltale.version);
    hooks.ready(about, addresses, web?.address ?? null);
  } catch (error) {
    await terminate();
    throw error;
  }
  const workers = Object.entries({ engine, ingest, delivery });
  const threads: Threads = {
    async prepare(next) {
      const told = workers.map(([name, worker]) => {
        const answer = wait<Reconfigured>(`${name} prepared`);
        tell(worker, { kind: "prepare", config: next });
        return answer;
      });
      return (await Promise.all(told)).flatMap(({ failure }) => failure ?? []);
    },
    tell(message) {
      for (const [, worker] of workers) tell(worker, message);
    },
  };
  const reconfiguration = new Reconfiguration(config, origin, threads, web, (kind, text) => hooks[kind](text));
  let stopping: Promise<void> | null = null;
  return {
    finished,
    reload: () => reconfiguration.reload(),
    stop() {
      stopping ??= (async () => {
        reconfiguration.close();
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
        await web?.stop();
        settle.resolve();
      })();
      return stopping;
    },
  };
}

/** One entry after another, so that their order holds; those that are out together are acknowledged. */
function printInOrder(hooks: ListenHooks): (entries: readonly Delivery[], acknowledge: () => void) => void {
  let queue: Promise<void> = Promise.resolve();
  return (entries, acknowledge) => {
    queue = queue.then(async () => {
      failpoint("deliver.begin");
      for (const entry of entries) await hooks.print(entry);
      failpoint("deliver.done");
      acknowledge();
    });
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
