/** Brings the entries of one output out of the outbox: at least once, in order for each device, for as long as it takes. */
import { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Millis } from "../model.ts";
import { type Output, OutputError } from "../output/output.ts";
import type { Connection } from "../store/connection.ts";
import { dueOutbox, endWaits, markDelivered, markFailed, nextDue, type OutboxEntry } from "../store/outbox.ts";
import { backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { canRetry } from "./retry.ts";

/** Entries read at once. */
const AT_ONCE = 32;
/** Deliveries are marked together, at most so long after the first: a crash repeats those of this time. */
const MARK_MILLIS = 100;
/** So many failures in a row are an outage of the output, and no matter of its entries. */
const OUTAGE = 3;
/** An entry is given up after so many attempts that were refused, or failed while the output took others. */
export const MAX_STRIKES = 10;
/** An old entry is given up only after so many attempts: one wrong clock must not empty the outbox. */
export const LEAST_ATTEMPTS = 10;
/** A database that is locked or full is asked again after this. */
const STORE_WAIT = 1_000;
/** Somebody is told of the same trouble once in this time. */
const SAY_MILLIS = 600_000;
const IDLE = 60_000;

export interface CourierOptions {
  store: Connection;
  output: Output;
  clock: Clock;
  random: () => number;
  /** An entry of this age is given up. */
  giveUpAfter: Millis;
  say(kind: "warning" | "notice", text: string): void;
}

export class Courier {
  readonly #options: CourierOptions;
  readonly #name: string;
  #output: Output;
  #giveUpAfter: Millis;
  /** What takes over from the output with the next entry. */
  #next: { output: Output; giveUpAfter: Millis } | null = null;
  /** Delivered, and not marked yet. */
  #delivered: number[] = [];
  #firstDelivered: Millis = 0;
  /** Attempts in a row that failed for want of the output, and whether there was a success before them. */
  #failures = 0;
  #worked = false;
  #said = new Map<string, Millis>();
  #warned = false;
  /** Set by `drain` and `stop`: nothing is waited for any more. */
  #draining = false;
  #stopped = false;
  #isWoken = false;
  /** What ends the rest that is taken now. */
  #resting: { end: AbortController; wakeable: boolean } | null = null;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#name = options.output.name;
    this.#output = options.output;
    this.#giveUpAfter = options.giveUpAfter;
  }

  /** The same output, configured otherwise: it gets the next entry, and what waited for another try at once. */
  use(output: Output, giveUpAfter: Millis): void {
    this.#next = { output, giveUpAfter };
    this.#isWoken = true;
    this.#resting?.end.abort();
  }

  /** There may be new entries. An output that fails is left alone all the same. */
  wake(): void {
    this.#isWoken = true;
    if (this.#resting?.wakeable) this.#resting.end.abort();
  }

  /** Delivers until `stop`, or after `drain` until nothing is due or the output fails. Rejects only when the database is
   * beyond repair. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#isWoken = false;
      const rest = await this.#round();
      if (rest === null) continue;
      if (this.#draining || this.#stopped) return;
      if (this.#next !== null || (rest.wakeable && this.#isWoken)) continue;
      const end = new AbortController();
      this.#resting = { end, wakeable: rest.wakeable };
      await this.#options.clock.sleep(rest.millis, end.signal);
      this.#resting = null;
    }
  }

  /** Delivers what is due and ends; what waits stays for the next start. */
  drain(): void {
    this.#draining = true;
    this.#resting?.end.abort();
  }

  /** Ends now: what is under way is broken off and stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#resting?.end.abort();
    await this.#output.close();
  }

  /** One look into the outbox; null: there may be more, else how long to rest. */
  async #round(): Promise<{ millis: Millis; wakeable: boolean } | null> {
    const { store, clock } = this.#options;
    try {
      this.#mark();
      await this.#takeOver();
      const entries = dueOutbox(store, this.#name, clock.now(), AT_ONCE);
      for (const entry of entries) {
        const error = await this.#attempt(entry);
        if (this.#stopped || (this.#next !== null && error === null)) break;
        if (error !== null) return this.#fail(entry, error);
      }
      this.#mark();
      if (entries.length > 0) return null;
      const next = nextDue(store, this.#name);
      return { millis: next === null ? IDLE : Math.max(1, Math.min(IDLE, next - clock.now())), wakeable: true };
    } catch (error) {
      // Detection and the other outputs go on; nothing is lost, since nothing was marked.
      if (!canRetry(error)) throw error;
      return { millis: STORE_WAIT, wakeable: false };
    }
  }

  async #takeOver(): Promise<void> {
    if (this.#next === null) return;
    endWaits(this.#options.store, this.#name);
    const old = this.#output;
    this.#output = this.#next.output;
    this.#giveUpAfter = this.#next.giveUpAfter;
    this.#next = null;
    this.#failures = 0;
    this.#worked = false;
    this.#said.clear();
    if (old !== this.#output) await old.close();
  }

  /** Null when the output has the entry. */
  async #attempt({ id, change, at, alert }: OutboxEntry): Promise<Error | null> {
    const { clock, store } = this.#options;
    try {
      await this.#output.deliver({ change, at, alert });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    if (this.#delivered.length === 0) this.#firstDelivered = clock.mono();
    this.#delivered.push(id);
    if (this.#failures >= OUTAGE) endWaits(store, this.#name);
    this.#failures = 0;
    this.#worked = true;
    if (this.#warned) this.#options.say("notice", `The output ${this.#name} takes alerts again.`);
    this.#warned = false;
    if (clock.mono() - this.#firstDelivered >= MARK_MILLIS) this.#mark();
    return null;
  }

  #fail(entry: OutboxEntry, error: Error): { millis: Millis; wakeable: boolean } | null {
    const { store, clock, random } = this.#options;
    const { refused, retryAfter } = error instanceof OutputError ? error : { refused: false, retryAfter: null };
    const strike = refused || (this.#failures === 0 && this.#worked);
    if (!refused) this.#failures++;
    // A receiver may answer with any text: it stays one line.
    const why = error.message.replace(/\s+/g, " ");
    const now = clock.now();
    const isOld = now - entry.at >= this.#giveUpAfter && entry.attempts + 1 >= LEAST_ATTEMPTS;
    const isGivenUp = isOld || entry.strikes + (strike ? 1 : 0) >= MAX_STRIKES;
    const wait = retryAfter ?? backoff(entry.attempts, random);
    const rest = refused ? null : { millis: retryAfter ?? backoff(this.#failures - 1, random), wakeable: false };
    if (isGivenUp) this.#say("dead", `The output ${this.#name} gave up an alert: ${why}. ${RETRY}`);
    else if (!refused) this.#warned = this.#say("down", downText(this.#name, why, error)) || this.#warned;
    this.#mark();
    markFailed(store, this.#name, entry.id, {
      at: now,
      error: why,
      strike,
      nextAt: isGivenUp ? null : now + wait,
    });
    return rest;
  }

  #mark(): void {
    if (this.#delivered.length === 0) return;
    failpoint("told.begin");
    markDelivered(this.#options.store, this.#name, this.#delivered, this.#options.clock.now());
    failpoint("told.done");
    this.#delivered = [];
  }

  #say(about: string, text: string): boolean {
    const now = this.#options.clock.mono();
    if (now - (this.#said.get(about) ?? Number.NEGATIVE_INFINITY) < SAY_MILLIS) return false;
    this.#said.set(about, now);
    this.#options.say("warning", text);
    return true;
  }
}

const RETRY = "`telltale outputs list` counts them, `telltale outputs retry` tries them again.";

function downText(name: string, why: string, error: Error): string {
  const hint = error instanceof TelltaleError ? ` ${error.hint}` : "";
  return `The output ${name} fails, its alerts wait: ${why}.${hint}`;
}
