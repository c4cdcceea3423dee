/** When the engine's memory goes to disk: alerts at once, state soon, and again when a disk is full or a lock held. */
import { failpoint } from "../failpoint.ts";
import type { Counters, DeviceSettings } from "../model.ts";
import { lastActId } from "../store/acts.ts";
import { giveBackRoom } from "../store/checkpoint.ts";
import type { CommitBatch, Resumed } from "../store/commit.ts";
import { lastSettingsSeq, settingsAfter } from "../store/device-settings.ts";
import type { Store } from "../store/open.ts";
import type { Retention } from "../store/retention.ts";
import { type Clock, systemClock } from "./clock.ts";
import { addCounters, countersFromRows, countersRows } from "./counters.ts";
import type { Engine } from "./engine.ts";
import type { FromEngine } from "./messages.ts";
import { takeBatch } from "./persist.ts";
import { toRetention, USUAL_RETENTION } from "./retention.ts";
import { canRetry, insist } from "./retry.ts";
import { type Degraded, Unwritten } from "./unwritten.ts";
import { Upkeep } from "./upkeep.ts";

/** State is at most this far behind in the database: milliseconds, or events that changed it. */
const BEHIND_MILLIS = 200;
const BEHIND_EVENTS = 500;
/** While messages wait to be judged, alerts of this time are written together. */
const BUSY_MILLIS = 100;
/** Counters and devices are written at least this often while messages come; operator acts are looked for. */
const IDLE_MILLIS = 900;
/** Devices written at once: an alert must not wait for those of a large network. */
const DEVICES_AT_ONCE = 100;
/** A database that cannot be written is spoken of once in this time. */
const WARN_MILLIS = 60_000;
/** Devices named when their settings are taken in. */
const NAMED = 5;

const HELD_OPEN =
  "Somebody reads the database without end, so that its log cannot be taken in and grows. Look for a program that holds it open.";

interface WriterOptions {
  clock?: Clock;
  retention?: Retention;
}

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
  /** Devices that changed and are written by and by. */
  #devices: string[] = [];
  /** What a failed commit could not write: it goes first into the next. */
  readonly #unwritten: Unwritten;
  readonly #upkeep: Upkeep;
  readonly #clock: Clock;
  #warned = Number.NEGATIVE_INFINITY;
  /** Messages counted in the database. */
  #counted = 0;

  constructor(
    engine: Engine,
    store: Store,
    stored: Resumed,
    say: (message: FromEngine) => void,
    { clock = systemClock, retention = toRetention(USUAL_RETENTION) }: WriterOptions = {},
  ) {
    const { shed, pruned } = engine.counters;
    this.#clock = clock;
    this.#unwritten = new Unwritten(clock, shed, (entries) => say({ kind: "unstored", entries }));
    this.#upkeep = new Upkeep(store, retention, clock, pruned);
    this.#lastSettings = stored.lastSettings;
    this.#engine = engine;
    this.#store = store;
    this.#say = say;
    this.#before = countersFromRows(stored.counters);
    this.#lastAct = stored.lastAct;
    this.#appliedAct = stored.lastAct;
  }

  /** Commits when an alert changed, when state is behind, and once a second while counters move. */
  commitIfDue(isBusy = false): void {
    const { ledger, state } = this.#engine;
    if (!this.#unwritten.mayTry) return;
    const failing = this.#unwritten.degraded !== null;
    const since = this.#clock.mono() - this.#lastCommit;
    const dirty = ledger.pending + state.dirtyGroups.size + state.dropped.size;
    const now = (ledger.hasChanges || dirty >= BEHIND_EVENTS) && !(isBusy && since < BUSY_MILLIS);
    const behind = since > BEHIND_MILLIS && (dirty > 0 || failing || this.#devices.length > 0);
    if (!now && !behind && since <= IDLE_MILLIS) return;
    try {
      if (now || behind || this.#countsChanged() || this.#operatorDid()) this.#commit(false);
    } catch (error) {
      this.#retryLater(error);
    }
  }

  /** What the database needs now and then. */
  upkeep(): void {
    if (!this.#unwritten.mayTry || this.#unwritten.degraded !== null) return;
    try {
      this.#upkeep.do();
      if (this.#upkeep.isHeldOpen) this.#warn(HELD_OPEN);
    } catch (error) {
      this.#retryLater(error);
    }
  }

  /** How much the database keeps from now on. */
  keep(retention: Retention): void {
    this.#upkeep.keep(retention);
  }

  /** What was told without the database is out. */
  unstoredTold(): void {
    this.#unwritten.told();
  }

  /** How the database does, and every counter since it was made. */
  state(): { degraded: Degraded | null; walBytes: number; counters: Counters } {
    const counters = addCounters(this.#before, this.#engine.counters);
    return { degraded: this.#unwritten.degraded, walBytes: this.#upkeep.walBytes, counters };
  }

  /** Everything to disk, tried for some seconds; throws when it cannot be. */
  finish(): void {
    insist(() => this.#commit(true));
  }

  #commit(everything: boolean): void {
    const engine = this.#engine;
    const devices = this.#dueDevices(everything);
    let fresh: CommitBatch | null = null;
    const take = (): CommitBatch => {
      const counters = countersRows(addCounters(this.#before, engine.counters));
      fresh ??= takeBatch(engine, true, counters, devices);
      return this.#unwritten.with(fresh);
    };
    let known: readonly DeviceSettings[] = [];
    failpoint("commit.begin");
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
        known = settings;
        engine.counters.devices = engine.state.devices.size;
        return take();
      });
      failpoint("commit.done");
      this.#unwritten.written();
      this.#counted = counted;
      this.#lastAct = committed.lastAct;
      if (committed.queued > 0) this.#say({ kind: "queued" });
      if (known.length > 0) this.#say({ kind: "notice", text: taken(known) });
    } catch (error) {
      // Also where the transaction did not even begin: what is to be written must not grow without bounds in the engine.
      if (canRetry(error)) this.#unwritten.failed(error.message, take(), fresh!.alerts);
      throw error;
    } finally {
      this.#lastCommit = this.#clock.mono();
    }
  }

  /** The next devices to be written: none with an alert, which goes first. */
  #dueDevices(everything: boolean): string[] {
    const { state, ledger } = this.#engine;
    if (everything) return [...state.dirtyDevices];
    if (ledger.hasChanges) return [];
    const now = this.#clock.mono();
    if (this.#devices.length === 0 && now - this.#lastDevices > IDLE_MILLIS) {
      this.#devices = [...state.dirtyDevices];
      this.#lastDevices = now;
    }
    return this.#devices.splice(0, DEVICES_AT_ONCE);
  }

  /** A full disk or a locked file must not stop detection: what could not be written is kept and tried again. */
  #retryLater(error: unknown): void {
    if (!canRetry(error)) throw error;
    this.#unwritten.stuck(error.message);
    if (error.code === "IO") giveBackRoom(this.#store);
    this.#warn(`${error.message}; detection goes on, writing is tried again. ${error.hint}`);
  }

  #warn(text: string): void {
    if (this.#clock.mono() - this.#warned < WARN_MILLIS) return;
    this.#warned = this.#clock.mono();
    this.#say({ kind: "warning", text });
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

function taken(settings: readonly DeviceSettings[]): string {
  const shown = settings.slice(0, NAMED).map(({ name }) => name);
  const more = settings.length > NAMED ? [`${settings.length - NAMED} more`] : [];
  return `Device settings taken in: ${[...shown, ...more].join(", ")}.`;
}
