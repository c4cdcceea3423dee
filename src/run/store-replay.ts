/** `replay --db`: a replay's alerts and devices into a database; detection state and counters stay out of it. */
import { loadAlert } from "../store/alerts.ts";
import { EMPTY_BATCH } from "../store/commit.ts";
import { hasDeviceEvent, loadDevice } from "../store/devices.ts";
import type { Store } from "../store/open.ts";
import { devicePart, takeBatch } from "./persist.ts";
import type { Replayed } from "./replay.ts";

/** Alerts written in one transaction. */
const AT_ONCE = 1_000;

/** Writes what is new: the same replay twice changes nothing, and what a listener has heard since is not set back. */
export function storeReplay(store: Store, { alerts, groups, contexts, histories, engine, spill }: Replayed): void {
  const known = new Set([...engine.state.devices.keys(), ...engine.ledger.evicted.keys()]);
  const batch = takeBatch(engine, false, {});
  const newer = (name: string, heard: number) => (loadDevice(store, name)?.facts.lastSeen ?? -1) > heard;
  store.commit(0, () => ({
    ...batch,
    devices: batch.devices.filter(({ facts }) => !newer(facts.name, facts.lastSeen)),
    deviceEvents: batch.deviceEvents.filter((event) => !hasDeviceEvent(store, event)),
    states: [],
    dropStates: [],
    alerts: [],
  }));
  for (const some of spill.rest(known)) {
    const devices = some
      .filter(({ facts }) => !newer(facts.name, facts.lastSeen))
      .map((device) => ({ facts: device.facts, data: devicePart(device) }));
    store.commit(0, () => ({ ...EMPTY_BATCH, devices }));
  }
  for (let i = 0; i < alerts.length; i += AT_ONCE) {
    const some = alerts.slice(i, i + AT_ONCE);
    // Nobody is told of what a capture holds: it was not now.
    store.commit(0, () => ({
      ...EMPTY_BATCH,
      alerts: some.map((alert) => ({
        alert,
        group: groups.get(alert.id)!,
        change: loadAlert(store, alert.id) === null ? ("opened" as const) : null,
        at: alert.firstSeen,
        context: contexts.get(alert.id) ?? [],
        history: histories.get(alert.id) ?? [],
      })),
    }));
  }
}
