/** Whether the database is sound. */
import { type Connection, read } from "./connection.ts";
import { storeFailure } from "./failure.ts";

/** How closely: the pages of the file only, the rows too, or also each index against its table. */
export type Depth = "pages" | "rows" | "indexes";

/** What is wrong with the database, a sentence each, at most 100; empty when it is sound. Reads the whole file. */
export function findDamage(connection: Connection, depth: Depth = "rows"): string[] {
  const check = depth === "indexes" ? "integrity_check" : "quick_check";
  try {
    return read(connection, () => {
      const pages = connection.db.prepare(`PRAGMA ${check}(100)`).pluck().all() as string[];
      const damage = pages.filter((line) => line !== "ok");
      if (depth === "pages") return damage;
      const orphans = connection.db.prepare("SELECT * FROM pragma_foreign_key_check LIMIT 100").all() as Orphan[];
      const wrong = connection.db.prepare(WRONG_TOTALS).pluck().all() as string[];
      return [
        ...damage,
        ...orphans.map(({ table, parent }) => `A row of ${table} belongs to no row of ${parent}`),
        ...wrong.map((level) => `The total of ${level} alerts is not their number`),
      ].slice(0, 100);
    });
  } catch (error) {
    // A badly damaged file makes the check itself fail.
    const failure = storeFailure(error, connection.path);
    return [failure instanceof Error ? failure.message : String(failure)];
  }
}

const WRONG_TOTALS = `
  WITH counted AS (SELECT level AS name, count(*) AS value FROM alerts GROUP BY level)
  SELECT coalesce(c.name, t.name) FROM counted c FULL JOIN (SELECT name, value FROM totals WHERE kind = 'level') t
    ON c.name = t.name WHERE c.value IS NOT t.value`;

interface Orphan {
  table: string;
  parent: string;
}
