/** Devices that make room for others: what is kept of them. */
import { isPassing } from "../detect/evict.ts";
import type { DeviceState } from "../detect/state.ts";
import { unwatched } from "../detect/watch.ts";
import type { Counters } from "../model.ts";
import type { Ledger } from "./ledger.ts";

/** So many devices that leave memory between two saves were made up. */
const MANY = 1_000;

/** Keeps a device that leaves memory for the store. Where too many leave, those that spoke once or twice are not worth
 * it: millions of addresses can be made up. */
export function forget(ledger: Ledger, shed: Counters["shed"], key: string, device: DeviceState): void {
  if (isPassing(device) && ledger.evicted.size >= MANY) shed.devices = (shed.devices ?? 0) + 1;
  else ledger.evicted.set(key, unwatched(device));
}
