/** When the engine's memory goes to disk: alerts at once, state soon, and again when a disk is full or a lock held. */
import type { Counters } from "../model.ts";
import { lastActId } from "../store/acts.ts";
import type { CommitBatch, Resumed } from "../store/commit.ts";
import { lastSettingsSeq, settingsAfter } from "../store/device-settings.ts";
import type { Store } from "../store/open.ts";
import { addCounters, countersFromRows, countersRows } from "./counters.ts";
import type { Engine } from "./engine.ts";
import type { FromEngine } from "./messages.ts";
import { joinBatches, takeBatch } from "./persist.ts";
import { canRetry } from "./retry.ts";

/** State is at most this far behind in the database: milliseconds, or events that changed it. */
const BEHIND_MILLIS = 200;
const BEHIND_EVENTS = 500;
/** Counters and devices are written at least this often while messages come; operator acts are looked for. */
const IDLE_MILLIS = 900;
/** A database that cannot be written is spoken of once in this time. */
const WARN_MILLIS = 60_000;
/** How often the last commit is tried; each try waits a tenth of a second for a lock. */
const LAST_TRIES = 80;

/** Writes for one engine, the only one of its database. */
export class Writer {
  readonly #engine: Engine;
  readonly #store: Store;
  readonly #say: (message: FromEngine) => void;
  readonly #before: Counters;
  #lastAct: number;
  /** The newest change of device settings that the engine knows. */
  #lastSettings: number;
  #appliedAct: number;
  #lastCommit = 0;
  #lastDevices = 0;
  /** What a failed commit could not write: it goes first into the next. */
  #unwritten: CommitBatch | null = null;
  #failing = false;
  #warned = Number.NEGATIVE_INFINITY;
  /** Messages counted in the database. */
  #counted = 0;

  constructor(engine: Engine, store: Store, stored: Resumed, say: (message: FromEngine) => void) {
    this.#lastSettings = stored.lastSettings;
    this.#engine = engine;
    this.#store = store;
    this.#say = say;
    this.#before = countersFromRows(stored.counters);
    this.#lastAct = stored.lastAct;
    this.#appliedAct = stored.lastAct;
  }

  /** Commits when an alert changed, when state is behind, and once a second while counters move. */
  commitIfDue(): void {
    const { ledger, state } = this.#engine;
    const since = performance.now() - this.#lastCommit;
    const dirty = ledger.pending + state.dirtyGroups.size + state.dropped.size;
    const now = !this.#failing && (ledger.hasChanges || dirty >= BEHIND_EVENTS);
    const behind = since > BEHIND_MILLIS && (dirty > 0 || this.#failing);
    if (!now && !behind && since <= IDLE_MILLIS) return;
    try {
      if (now || behind || this.#countsChanged() || this.#operatorDid()) this.#commit(false);
      this.#failing = false;
    } catch (error) {
      this.#retryLater(error);
    }
  }

  /** Everything to disk, tried for some seconds; throws when it cannot be. */
  finish(): void {
    insist(() => this.#commit(true));
  }

  #commit(everything: boolean): void {
    const engine = this.#engine;
    const withDevices = everything || performance.now() - this.#lastDevices > IDLE_MILLIS;
    let batch: CommitBatch | null = null;
    try {
      const counted = this.#count();
      const committed = this.#store.commit(this.#lastAct, (acts) => {
        for (const act of acts.filter((one) => one.id > this.#appliedAct)) {
          engine.act(act);
          this.#appliedAct = act.id;
        }
        const { seq, settings } = settingsAfter(this.#store, this.#lastSettings);
        engine.know(settings, Math.max(0, ...settings.map((one) => one.at)));
        this.#lastSettings = seq;
        engine.counters.devices = engine.state.devices.size;
        const counters = countersRows(addCounters(this.#before, engine.counters));
        batch = joinBatches(this.#unwritten, takeBatch(engine, true, counters, withDevices));
        return batch;
      });
      this.#unwritten = null;
      this.#counted = counted;
      this.#lastAct = committed.lastAct;
      if (withDevices) this.#lastDevices = performance.now();
      if (committed.queued > 0) this.#say({ kind: "queued" });
    } catch (error) {
      this.#unwritten = batch ?? this.#unwritten;
      throw error;
    } finally {
      this.#lastCommit = performance.now();
    }
  }

  /** A full disk or a locked file must not stop detection: what could not be written is kept and tried again. */
  #retryLater(error: unknown): void {
    if (!canRetry(error)) throw error;
    this.#failing = true;
    if (performance.now() - this.#warned < WARN_MILLIS) return;
    this.#warned = performance.now();
    this.#say({ kind: "warning", text: `${error.message}; detection goes on, writing is tried again. ${error.hint}` });
  }

  #operatorDid(): boolean {
    return lastActId(this.#store) > this.#lastAct || lastSettingsSeq(this.#store) > this.#lastSettings;
  }

  #countsChanged(): boolean {
    return this.#count() !== this.#counted;
  }

  #count(): number {
    const { received, shed } = this.#engine.counters;
    return [received, shed].flatMap((one) => Object.values(one)).reduce((sum, n) => sum + n, 0);
  }
}

function insist(work: () => void): void {
  for (let i = 1; ; i++) {
    try {
      work();
      return;
    } catch (error) {
      if (!canRetry(error) || i === LAST_TRIES) throw error;
    }
  }
}
