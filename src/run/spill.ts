/** Routers that a replay has not heard for long: they wait in a temporary database, so that memory stays bounded
 * however many names a capture holds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceState } from "../detect/state.ts";
import { EMPTY_BATCH } from "../store/commit.ts";
import { loadDevice, loadDevicesAfter } from "../store/devices.ts";
import { openStore, type Store } from "../store/open.ts";
import { devicePart, readDevice } from "./persist.ts";

/** Routers written in one transaction, or read at once. */
const AT_ONCE = 10_000;

export class Spill {
  #folder: string | null = null;
  #store: Store | null = null;
  /** Routers that are here and not in memory. */
  count = 0;

  /** Takes what has left memory once it is enough for a transaction, and forgets it there. */
  take(evicted: Map<string, DeviceState>): void {
    if (evicted.size < AT_ONCE) return;
    this.#folder ??= mkdtempSync(join(tmpdir(), "telltale-replay-"));
    this.#store ??= openStore(join(this.#folder, "routers.db"), { exclusive: true, at: 0 });
    const devices = [...evicted.values()].map((device) => ({ facts: device.facts, data: devicePart(device) }));
    this.#store.commit(0, () => ({ ...EMPTY_BATCH, devices }));
    this.count += evicted.size;
    evicted.clear();
  }

  /** The router of this key, which goes back into memory; null for one that is not here. */
  recall(key: string): DeviceState | null {
    const stored = this.#store === null ? null : loadDevice(this.#store, key);
    if (stored === null) return null;
    this.count--;
    return readDevice(stored.facts, stored.data, this.#store!.path);
  }

  /** Routers other than these, some at a time. */
  *rest(known: ReadonlySet<string>): Generator<DeviceState[]> {
    const store = this.#store;
    if (store === null) return;
    for (let after = ""; ; ) {
      const some = loadDevicesAfter(store, after, AT_ONCE);
      if (some.length === 0) return;
      after = some.at(-1)!.key;
      yield some.flatMap(({ key, facts, data }) => (known.has(key) ? [] : [readDevice(facts, data, store.path)]));
    }
  }

  close(): void {
    this.#store?.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#store = null;
    this.#folder = null;
  }
}
