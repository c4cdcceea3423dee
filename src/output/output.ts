/** What every output of alerts offers. */
import { TelltaleError } from "../error.ts";
import { type Alert, type AlertChange, LEVELS, type Millis, newsOf } from "../model.ts";

/** One thing to tell: an alert as it was when it changed so. */
export interface Delivery {
  change: AlertChange;
  at: Millis;
  alert: Alert;
}

/** A name for what is told, the same at every attempt and for every output: alert, change, time. Receivers that keep
 * the names they have seen are told each thing once. */
export function deliveryId({ alert, change, at }: Delivery): string {
  const news = newsOf(change, alert.status);
  const level = news === "raised" ? `-${LEVELS.indexOf(alert.level)}` : "";
  return `${alert.id}.${news}${level}.${at}`;
}

/** Why an output did not take an entry. */
export class OutputError extends TelltaleError {
  /** Whether it will not take this entry, though it may take others. */
  readonly refused: boolean;
  /** How long the receiver asked to be left alone, in milliseconds. */
  readonly retryAfter: Millis | null;

  constructor(
    message: string,
    hint: string,
    {
      refused = false,
      retryAfter = null,
      cause,
    }: { refused?: boolean; retryAfter?: Millis | null; cause?: unknown } = {},
  ) {
    super("OUTPUT_FAILED", message, hint, cause);
    this.refused = refused;
    this.retryAfter = retryAfter;
  }
}

/** The error of a delivery after `close`. */
export function closedError(name: string): OutputError {
  return new OutputError(`the output ${name} is closed`, "Start telltale again; the entry is kept until then.");
}

/** Where alerts go. An entry may come twice (delivery is at least once): `deliveryId` tells. */
export interface Output {
  /** Names the output in the outbox and in the counters. */
  readonly name: string;
  /** Resolves when the output has the entry; rejects with a TelltaleError when it does not, and the caller tries again.
   * Entries come one after another; the alert is not changed. */
  deliver(entry: Delivery): Promise<void>;
  /** Ends the output; calling it again changes nothing. A delivery after it is rejected. */
  close(): Promise<void>;
}
