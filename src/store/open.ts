/** Opening the store: the checks before the first write, and the settings that make a commit durable. */
import type { Database } from "better-sqlite3";
import { TelltaleError } from "../error.ts";
import type { Millis } from "../model.ts";
import type { RecordedAct } from "./acts.ts";
import { type CommitBatch, type Committed, commitBatch } from "./commit.ts";
import { type Connection, connection } from "./connection.ts";
import { openFile, requireSqlite } from "./driver.ts";
import { storeFailure } from "./failure.ts";
import { prepareFile, requireFile, storePath } from "./files.ts";
import { lockStore } from "./lock.ts";
import { checkSchema, migrate, readMigrations } from "./migrate.ts";

/** How to open a store. */
export interface OpenOptions {
  /** Never writes, not even the schema; the file must exist. */
  readOnly?: boolean;
  /** Holds `<path>.lock` until `close`: for the one engine of a database. */
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
  else prepareFile(file);
  const release = options.exclusive === true ? lockStore(file) : () => {};
  try {
    const db = openFile(file, { readonly: readOnly, fileMustExist: true });
    try {
      return ready(connection(db, file), readOnly, options.at ?? null, release);
    } catch (error) {
      db.close();
      throw storeFailure(error, file);
    }
  } catch (error) {
    release();
    throw error;
  }
}

function ready(open: Connection, readOnly: boolean, at: Millis | null, release: () => void): Store {
  const { db } = open;
  const sqliteVersion = requireSqlite(db);
  const migrations = readMigrations();
  const have = checkSchema(open, migrations);
  if (readOnly && have < migrations.length) {
    const hint = "Run `telltale listen` or another command that writes once: it upgrades the database.";
    throw new TelltaleError("DATA_INVALID", `${open.path}: written by an older Telltale`, hint);
  }
  if (!readOnly) {
    makeDurable(db, open.path);
    migrate(open, migrations, at);
  }
  return {
    ...open,
    sqliteVersion,
    commit: (lastAct, build) => commitBatch(open, lastAct, build),
    close() {
      db.close();
      release();
    },
  };
}

// better-sqlite3 sets synchronous=NORMAL with a write-ahead log: a power failure would take commits back.
function makeDurable(db: Database, path: string): void {
  db.pragma("foreign_keys = ON");
  db.pragma("trusted_schema = OFF");
  const journal = db.pragma("journal_mode = WAL", { simple: true });
  db.pragma("synchronous = FULL");
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  const synchronous = db.pragma("synchronous", { simple: true });
  if (journal === "wal" && synchronous === 2) return;
  const hint = "Put the database on a local disk: network file systems cannot keep a write-ahead log.";
  const what = `${path}: commits would not be durable (journal ${journal}, synchronous ${synchronous})`;
  throw new TelltaleError("IO", what, hint);
}
