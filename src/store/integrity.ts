/** Whether the database is sound. */
import { type Connection, read } from "./connection.ts";
import { storeFailure } from "./failure.ts";

/** What is wrong with the database, a sentence each, at most 100; empty when it is sound. Reads the whole file. */
export function findDamage(connection: Connection): string[] {
  try {
    return read(connection, () => {
      const pages = connection.db.prepare("PRAGMA quick_check(100)").pluck().all() as string[];
      const orphans = connection.db.prepare("SELECT * FROM pragma_foreign_key_check LIMIT 100").all() as Orphan[];
      return [
        ...pages.filter((line) => line !== "ok"),
        ...orphans.map(({ table, parent }) => `A row of ${table} belongs to no row of ${parent}`),
      ].slice(0, 100);
    });
  } catch (error) {
    // A badly damaged file makes the check itself fail.
    const failure = storeFailure(error, connection.path);
    return [failure instanceof Error ? failure.message : String(failure)];
  }
}

interface Orphan {
  table: string;
  parent: string;
}
