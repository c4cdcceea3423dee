/** One open database: statements kept by their text, and transactions whose errors are ours. */
import type { Database, Statement } from "better-sqlite3";
import { storeFailure } from "./failure.ts";

/** A connection as the files of this folder use it; one thread only. */
export interface Connection {
  /** Absolute path of the database file. */
  readonly path: string;
  readonly db: Database;
  /** The prepared statement for a constant SQL text; `Row` is the shape of what it returns. */
  sql<Row = unknown>(text: string): Statement<unknown[], Row>;
}

/** Wraps an open database. */
export function connection(db: Database, path: string): Connection {
  const statements = new Map<string, Statement>();
  return {
    path,
    db,
    sql<Row>(text: string) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = db.prepare(text);
        statements.set(text, statement);
      }
      return statement as Statement<unknown[], Row>;
    },
  };
}

/**
 * Runs `work` in one immediate transaction: everything or nothing.
 * Immediate, because a read transaction that turns into a writer fails at once, whatever the busy timeout.
 * Throws STORE_BUSY, IO, NO_PERMISSION, STORE_BROKEN, or what `work` throws.
 */
export function write<T>(connection: Connection, work: () => T): T {
  try {
    return connection.db.transaction(work).immediate();
  } catch (error) {
    throw storeFailure(error, connection.path);
  }
}

/** Runs `work` on one unchanging view of the database; throws as `write` does. */
export function read<T>(connection: Connection, work: () => T): T {
  try {
    return connection.db.transaction(work).deferred();
  } catch (error) {
    throw storeFailure(error, connection.path);
  }
}
