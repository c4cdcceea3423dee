/** What the threads of `listen` say to each other. */
import type { ErrorCode } from "../error.ts";
import type { Counters, Millis, Transport } from "../model.ts";
import type { Delivery } from "../output/output.ts";
import type { OutputTotals } from "../store/outputs.ts";
import type { Config } from "./config.ts";
import type { Inherited } from "./sources.ts";
import type { Degraded } from "./unwritten.ts";

/** A TelltaleError on its way to another thread. */
export interface Failure {
  code: ErrorCode;
  message: string;
  hint: string;
}

/** Frames that were received and not judged: by an address that is not allowed, or shed, and why. */
export type Losses = {
  outcome: "denied" | "shed";
  reason: string;
  transport: Transport;
  frames: number;
  bytes: number;
}[];

/** Another configuration: made ready, which each thread answers, and then put in force by all threads or by none. */
export type Reconfigure = { kind: "prepare"; config: Config } | { kind: "apply" | "discard" };
export interface Reconfigured {
  kind: "prepared";
  /** Why it cannot be put in force; null: it can. */
  failure: Failure | null;
}

export type ToIngest =
  | Reconfigure
  | { kind: "start"; config: Config; inherited: Inherited[] }
  | { kind: "familiar"; addresses: string[] }
  | { kind: "stop" };
export type FromIngest =
  | Reconfigured
  | { kind: "listening"; addresses: string[]; hints: string[] }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };

/** From the ingest thread to the engine thread, over their own channel; a batch may be empty and tell only what time
 * it is. `isBehind`: others waited before it. */
export type ToEngineBatch =
  | ({ kind: "batch"; frames: ArrayBuffer; isBehind: boolean } & LostUntil)
  | ({ kind: "end" } & LostUntil);
/** `kernelDrops` and `refused` (connections, by why they were turned away or cut, and lost tails; undefined while they
 * stay the same) are totals since the start. */
export interface LostUntil {
  at: Millis;
  losses: Losses;
  kernelDrops: number;
  refused: Record<string, number> | undefined;
}
export type ToEngine = Reconfigure | { kind: "start"; config: Config } | { kind: "unstored-told" } | { kind: "stop" };
export interface Status {
  received: number;
  devices: number;
  open: number;
  lost: number;
}
/** What a supervisor asks for: a second old at most. */
export interface Health {
  /** When it was taken. */
  at: Millis;
  counters: Counters;
  /** Why nothing can be written, and since when. */
  degraded: Degraded | null;
  walBytes: number;
  /** Groups of detection state. */
  groups: number;
  open: number;
  rules: number;
  /** Whether the rules on the disk are those in force. */
  reloaded: boolean;
  /** What became of alerts, by output. */
  outputs: OutputTotals[];
  /** How long ago the newest message was received when it was judged. */
  lagMillis: number;
}
export type FromEngine =
  | Reconfigured
  | { kind: "ready"; rules: string; path: string; sqliteVersion: string; familiar: string[] }
  | { kind: "queued" }
  | { kind: "unstored"; entries: Delivery[] }
  | { kind: "status"; status: Status; health: Health }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };

/** `look`: there are new entries in the outbox; `printed`: the terminal has the entry. */
export type ToDelivery =
  | Reconfigure
  | { kind: "start"; config: Config }
  | { kind: "look" }
  | { kind: "printed" }
  | { kind: "stop" };
export type FromDelivery =
  | Reconfigured
  | { kind: "ready" }
  | { kind: "print"; entry: Delivery }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };
