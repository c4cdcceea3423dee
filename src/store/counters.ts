/** The counters of a run, by name. */
import { type Connection, read } from "./connection.ts";

/** Writes absolute values; counters not named stay. To be called inside a transaction. */
export function writeCounters(connection: Connection, counters: Readonly<Record<string, number>>): void {
  const upsert = connection.sql(
    "INSERT INTO counters(name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  for (const [name, value] of Object.entries(counters)) upsert.run(name, value);
}

/** Every counter, in order of its name. */
export function readCounters(connection: Connection): Record<string, number> {
  return read(connection, () => {
    const rows = connection.sql<{ name: string; value: number }>("SELECT name, value FROM counters ORDER BY name");
    return Object.fromEntries(rows.all().map(({ name, value }) => [name, value]));
  });
}
