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

export type ToIngest =
  | { kind: "start"; config: Config; inherited: Inherited[] }
  | { kind: "familiar"; addresses: string[] }
  | { kind: "reload" }
  | { kind: "stop" };
export type FromIngest =
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
export type ToEngine = { kind: "start"; config: Config } | { kind: "unstored-told" | "reload" | "stop" };
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
  | { kind: "ready"; rules: string; path: string; sqliteVersion: string; familiar: string[] }
  | { kind: "queued" }
  | { kind: "unstored"; entries: Delivery[] }
  | { kind: "status"; status: Status; health: Health }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };

/** `look`: there are new entries in the outbox; `printed`: the terminal has the entry. */
export type ToDelivery = { kind: "start"; config: Config } | { kind: "look" | "printed" | "stop" };
export type FromDelivery =
  | { kind: "ready" }
  | { kind: "print"; entry: Delivery }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };
