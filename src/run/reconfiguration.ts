/** The configuration taken in again while listening: all that is in it can be put in force, or nothing changes. */
import type { TelltaleError } from "../error.ts";
import type { WebServer } from "../web/server.ts";
import { type Config, type Overrides, readConfig } from "./config.ts";
import { toFailure } from "./failure.ts";
import { webOptions } from "./http-config.ts";
import type { Failure, Reconfigure } from "./messages.ts";
import { type RuleWatch, watchRules } from "./watch.ts";

/** Where the configuration came from. */
export interface Origin {
  file: string | undefined;
  overrides: Overrides;
}

/** What the threads are asked and told. */
export interface Threads {
  /** Makes it ready in each thread; what those say that cannot. */
  prepare(config: Config): Promise<Failure[]>;
  tell(message: Reconfigure): void;
}

type Say = (kind: "notice" | "warning", text: string) => void;

export class Reconfiguration {
  readonly #origin: Origin;
  readonly #started: Config;
  readonly #threads: Threads;
  readonly #web: WebServer | null;
  readonly #say: Say;
  #inForce: Config;
  #watching: RuleWatch | null = null;
  /** One after another. */
  #queue: Promise<void> = Promise.resolve();

  constructor(started: Config, origin: Origin, threads: Threads, web: WebServer | null, say: Say) {
    this.#started = started;
    this.#inForce = started;
    this.#origin = origin;
    this.#threads = threads;
    this.#web = web;
    this.#say = say;
    this.#watch();
  }

  /** Reads the file, and with it the rules and certificates; says what came of it. */
  reload(): void {
    this.#queue = this.#queue.then(() => this.#reload());
  }

  close(): void {
    this.#watching?.close();
  }

  async #reload(): Promise<void> {
    const { file, overrides } = this.#origin;
    let next: Config;
    let http: ReturnType<typeof webOptions>;
    try {
      next = readConfig(file, overrides);
      http = webOptions(next.http);
    } catch (error) {
      this.#refuse([toFailure(error as TelltaleError)]);
      return;
    }
    const failures = await this.#threads.prepare(next);
    if (failures.length > 0) {
      this.#refuse(failures);
      return;
    }
    const isHttpLater = movesHttp(this.#started, next);
    const later = [...new Set([...changes(this.#started, next), ...changes(this.#inForce, next)])].filter(
      (option) => FIXED.has(option) || (isHttpLater && option.startsWith("http.")),
    );
    if (file !== undefined) this.#say("notice", tell(file, changes(this.#inForce, next), later));
    this.#threads.tell({ kind: "apply" });
    if (http !== null && !isHttpLater) this.#web?.use(http);
    this.#inForce = isHttpLater ? { ...next, http: this.#inForce.http } : next;
    this.#watch();
  }

  #refuse(failures: readonly Failure[]): void {
    this.#threads.tell({ kind: "discard" });
    const why = failures.map(({ message, hint }) => `${message}\n${hint}`).join("\n");
    this.#say(
      "warning",
      `The configuration cannot be reloaded; the one before, its rules and certificates stay in force:\n${why}`,
    );
  }

  #watch(): void {
    const { file } = this.#origin;
    const isWanted = file !== undefined && this.#inForce.watchRules;
    if (isWanted === (this.#watching !== null)) return;
    this.#watching?.close();
    this.#watching = null;
    if (!isWanted) return;
    const failed = (error: Error) =>
      this.#say("warning", `${file} cannot be watched (${error.message}); after a change send SIGHUP.`);
    this.#watching = watchRules(file, () => this.reload(), failed);
  }
}

/** What cannot change while sockets and the database are open. */
const FIXED = new Set([
  "db",
  "listen.udp.addresses",
  "listen.udp.driver",
  "listen.udp.receiveBuffer",
  "listen.tcp.addresses",
  "listen.tls.addresses",
]);

/** Whether HTTP is to be answered elsewhere or otherwise: without its token only where nobody else can reach it, and that
 * is said of the new address. */
function movesHttp({ http: started }: Config, { http: next }: Config): boolean {
  return started.address !== next.address || (started.tls === null) !== (next.tls === null);
}

/** The options that differ, by their names; an output is one. */
function changes(before: Config, after: Config): string[] {
  const old = new Map(options(before));
  const now = new Map(options(after));
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

function options(value: unknown, path = ""): [string, string][] {
  const isOne = typeof value !== "object" || value === null || Array.isArray(value) || /^outputs\./.test(path);
  if (isOne) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => options(inner, path === "" ? name : `${path}.${name}`));
}

function tell(file: string, changed: readonly string[], later: readonly string[]): string {
  const now = changed.filter((option) => !later.includes(option));
  const parts = [now.length === 0 ? "nothing changed" : `changed: ${now.join(", ")}`];
  if (later.length > 0) parts.push(`takes effect at the next start: ${later.join(", ")}`);
  return `Configuration reloaded from ${file}; ${parts.join("; ")}.`;
}
