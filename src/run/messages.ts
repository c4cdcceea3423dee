/** What the threads of `listen` say to each other. */
import type { ErrorCode } from "../error.ts";
import type { Alert, AlertChange, Millis, Transport } from "../model.ts";
import type { Config } from "./config.ts";
import type { Inherited } from "./sources.ts";

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
/** Back: one batch is judged. */
export type BatchDone = { kind: "done" };

export type ToEngine =
  | { kind: "start"; config: Config }
  | { kind: "delivered"; ids: number[] }
  | { kind: "reload" }
  | { kind: "stop" };
export interface OutboxMessage {
  id: number;
  change: AlertChange;
  at: Millis;
  alert: Alert;
}
export interface Status {
  received: number;
  devices: number;
  open: number;
  lost: number;
}
export type FromEngine =
  | { kind: "ready"; rules: string; path: string; sqliteVersion: string; familiar: string[] }
  | { kind: "outbox"; entries: OutboxMessage[] }
  | { kind: "status"; status: Status }
  | { kind: "warning" | "notice"; text: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };
