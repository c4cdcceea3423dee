/** Taking the write-ahead log into the database: soon, but never in the way of a commit. */
import { statSync } from "node:fs";
import { failpoint } from "../failpoint.ts";
import type { Connection } from "./connection.ts";
import { storeFailure } from "./failure.ts";

const MEGABYTE = 1024 * 1024;
/** From here on what no reader needs any more is taken in … */
const SOON = 4 * MEGABYTE;
/** … from here on a reader is waited for, a tenth of a second, so that the log begins anew … */
const URGENT = 32 * MEGABYTE;
/** … and from here on somebody holds it open who should be told of. */
export const WAL_LIMIT = 64 * MEGABYTE;

/** Leaves checkpoints to `checkpoint`: SQLite would put them into some commit. */
export function checkpointByHand(connection: Connection): void {
  connection.db.pragma("wal_autocheckpoint = 0");
}

/** Takes in what has grown long; returns the length of the log afterwards, in bytes. Throws IO, STORE_BROKEN. */
export function checkpoint(connection: Connection): number {
  const size = walBytes(connection);
  if (size < SOON) return size;
  failpoint("checkpoint.begin");
  try {
    connection.db.pragma(`wal_checkpoint(${size < URGENT ? "PASSIVE" : "TRUNCATE"})`);
  } catch (error) {
    throw storeFailure(error, connection.path);
  }
  failpoint("checkpoint.done");
  return walBytes(connection);
}

/** Gives the room of the log back to a disk that is full, where the database has taken it in; throws nothing. */
export function giveBackRoom(connection: Connection): void {
  try {
    connection.db.pragma("wal_checkpoint(TRUNCATE)");
  } catch {
    // There is no room to take it in either: the next try comes soon.
  }
}

/** The length of the write-ahead log, in bytes; it keeps its length until it begins anew. */
export function walBytes(connection: Connection): number {
  return statSync(`${connection.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
