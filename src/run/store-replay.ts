/** `replay --db`: a replay's alerts and devices into a database; detection state stays out of it. */
import { openStore } from "../store/open.ts";
import { countersRows } from "./counters.ts";
import { takeBatch } from "./persist.ts";
import type { Replayed } from "./replay.ts";

/** Alerts written in one transaction. */
const AT_ONCE = 1_000;

/** Writes everything; the same replay twice stores the same alerts. */
export function storeReplay(path: string, { alerts, groups, contexts, engine, counters }: Replayed): void {
  const store = openStore(path, { exclusive: true, at: Date.now() });
  try {
    const batch = takeBatch(engine, [], countersRows(counters));
    store.commit(0, () => ({ ...batch, states: [], dropStates: [], alerts: [] }));
    for (let i = 0; i < alerts.length; i += AT_ONCE) {
      const some = alerts.slice(i, i + AT_ONCE);
      store.commit(0, () => ({
        devices: [],
        deviceEvents: [],
        states: [],
        dropStates: [],
        alerts: some.map((alert) => ({
          alert,
          group: groups.get(alert.id)!,
          change: "opened" as const,
          at: alert.firstSeen,
          context: contexts.get(alert.id) ?? [],
        })),
        outputs: [],
        counters: {},
        unparsed: [],
      }));
    }
  } finally {
    store.close();
  }
}
