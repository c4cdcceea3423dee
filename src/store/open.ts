/** Opening the store: the checks before the first write, and the settings that make a commit durable. */
import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { TelltaleError } from "../error.ts";
import type { Millis } from "../model.ts";
import type { RecordedAct } from "./acts.ts";
import { type CommitBatch, type Committed, commitBatch } from "./commit.ts";
import { type Connection, connection } from "./connection.ts";
import { openFile, requireSqlite } from "./driver.ts";
import { RESTORE, storeFailure } from "./failure.ts";
import { prepareFile, requireFile, storePath } from "./files.ts";
import { findDamage } from "./integrity.ts";
import { lockStore } from "./lock.ts";
import { checkSchema, migrate, readMigrations } from "./migrate.ts";
import { APPLICATION_ID, putAside, refuseAfterQuarantine } from "./quarantine.ts";

/** Largest database, in bytes, that an engine looks over at its start: about a second of reading. */
const LOOKED_OVER = 256 * 1024 * 1024;

/** How to open a store. */
export interface OpenOptions {
  /** Never writes, not even the schema; the file must exist. */
  readOnly?: boolean;
  /** Holds `<path>.lock` until `close`, looks the file over, and puts it aside when it is damaged: for the one engine
   * of a database. */
  exclusive?: boolean;
  /** Kept beside the migrations that this opening applies. */
  at?: Millis;
}

/** An open store; belongs to the thread that opened it. */
export interface Store extends Connection {
  readonly sqliteVersion: string;
  /**
   * One immediate transaction: hands `build` the operator acts above `lastAct`, then writes what it returns.
   * When `build` throws, nothing is written. Throws STORE_BUSY after 100 ms, IO on a full disk; both can be retried.
   */
  commit(lastAct: number, build: (acts: RecordedAct[]) => CommitBatch): Committed;
  /** Closes the store after an error of its own; a damaged file that is held exclusively is put aside. Gives the error
   * to be told. */
  abandon(error: unknown, at: Millis): unknown;
  /** Closes the files and gives the lock back; may be called again. */
  close(): void;
}

/**
 * Opens or creates the database at `path`. What is refused is left as it was, byte for byte.
 * Throws USAGE, NO_INPUT, NO_PERMISSION, STORE_BROKEN, STORE_BUSY, STORE_NEWER, STORE_EDITED, DATA_INVALID, IO,
 * SQLITE_TOO_OLD, NATIVE_MODULE_MISSING.
 */
export function openStore(path: string, options: OpenOptions = {}): Store {
  const file = storePath(path);
  const readOnly = options.readOnly ?? false;
  if (readOnly) requireFile(file);
  else {
    refuseAfterQuarantine(file);
    prepareFile(file);
  }
  const exclusive = options.exclusive === true;
  const release = exclusive ? lockStore(file) : () => {};
  try {
    const db = openFile(file, { readonly: readOnly, fileMustExist: true });
    try {
      return ready(connection(db, file), readOnly, exclusive, options.at ?? null, release);
    } catch (error) {
      db.close();
      throw storeFailure(error, file);
    }
  } catch (error) {
    const told = exclusive ? putAside(error, file, options.at ?? null) : error;
    release();
    throw told;
  }
}

function ready(open: Connection, readOnly: boolean, exclusive: boolean, at: Millis | null, release: () => void): Store {
  const { db } = open;
  const sqliteVersion = requireSqlite(db);
  const migrations = readMigrations();
  const have = checkSchema(open, migrations);
  if (readOnly && have < migrations.length) {
    const hint = "Run `telltale listen` or another command that writes once: it upgrades the database.";
    throw new TelltaleError("DATA_INVALID", `${open.path}: written by an older Telltale`, hint);
  }
  if (!readOnly) {
    if (exclusive) lookOver(open);
    makeDurable(db, open.path);
    migrate(open, migrations, at);
  }
  return {
    ...open,
    sqliteVersion,
    commit: (lastAct, build) => commitBatch(open, lastAct, build),
    abandon(error, now) {
      db.close();
      const told = exclusive ? putAside(error, open.path, now) : error;
      release();
      return told;
    },
    close() {
      db.close();
      release();
    },
  };
}

/** Throws STORE_BROKEN where pages of the file do not fit together; a large file is left to `telltale db check`. */
function lookOver(open: Connection): void {
  if (statSync(open.path).size > LOOKED_OVER) return;
  const [damage] = findDamage(open, "pages");
  if (damage === undefined) return;
  throw new TelltaleError("STORE_BROKEN", `${open.path}: the database is damaged (${damage})`, RESTORE);
}

// better-sqlite3 sets synchronous=NORMAL with a write-ahead log: a power failure would take commits back.
function makeDurable(db: Database, path: string): void {
  db.pragma("foreign_keys = ON");
  db.pragma("trusted_schema = OFF");
  const journal = db.pragma("journal_mode = WAL", { simple: true });
  db.pragma("synchronous = FULL");
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  const synchronous = db.pragma("synchronous", { simple: true });
  if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID) db.pragma(`application_id = ${APPLICATION_ID}`);
  if (journal === "wal" && synchronous === 2) return;
  const hint = "Put the database on a local disk: network file systems cannot keep a write-ahead log.";
  const what = `${path}: commits would not be durable (journal ${journal}, synchronous ${synchronous})`;
  throw new TelltaleError("IO", what, hint);
}
