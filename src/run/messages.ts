/** What the threads of `listen` say to each other. */
import type { ErrorCode } from "../error.ts";
import type { Transport } from "../model.ts";
import type { Delivery } from "../output/output.ts";
import type { Config } from "./config.ts";

/** A TelltaleError on its way to another thread. */
export interface Failure {
  code: ErrorCode;
  message: string;
  hint: string;
}

/** Frames that were received and not judged: by an address that is not allowed, or for want of room. */
export type Losses = { outcome: "denied" | "shed"; transport: Transport; frames: number; bytes: number }[];

export type ToIngest = { kind: "start"; config: Config } | { kind: "stop" };
export type FromIngest =
  | { kind: "listening"; addresses: string[]; hints: string[] }
  | { kind: "failed"; failure: Failure }
  | { kind: "stopped" };

/** From the ingest thread to the engine thread, over their own channel; `kernelDrops` and `rejected` (TCP connections
 * refused or cut) are totals since the start. */
export type ToEngineBatch =
  | { kind: "batch"; frames: ArrayBuffer; losses: Losses; kernelDrops: number; rejected: number }
  | { kind: "end"; losses: Losses; kernelDrops: number; rejected: number };
/** Back: one batch is judged. */
export type BatchDone = { kind: "done" };

export type ToEngine = { kind: "start"; config: Config } | { kind: "reload" } | { kind: "stop" };
export interface Status {
  received: number;
  devices: number;
  open: number;
  lost: number;
}
export type FromEngine =
  | { kind: "ready"; rules: string; path: string; sqliteVersion: string }
  | { kind: "queued" }
  | { kind: "status"; status: Status }
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
