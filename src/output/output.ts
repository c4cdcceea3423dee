/** What every output of alerts offers. */
import type { Alert, AlertChange, Millis } from "../model.ts";

/** One thing to tell: an alert as it was when it changed so. */
export interface Delivery {
  change: AlertChange;
  at: Millis;
  alert: Alert;
}

/** Where alerts go. An entry may come twice (delivery is at least once): the alert's id and the change tell. */
export interface Output {
  /** Names the output in the outbox and in the counters. */
  readonly name: string;
  /** Resolves when the output has the entry; rejects with a TelltaleError when it does not, and the caller tries again.
   * Entries come one after another; the alert is not changed. */
  deliver(entry: Delivery): Promise<void>;
  /** Ends the output; calling it again changes nothing. A delivery after it is rejected. */
  close(): Promise<void>;
}
