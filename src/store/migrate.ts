/** The schema's history: numbered files, applied forward only, each in one transaction. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Millis } from "../model.ts";
import { copyStore } from "./backup.ts";
import { type Connection, read, write } from "./connection.ts";

/** The migrations of this version: the same place seen from `src/store` and from `dist/store`. */
export const MIGRATIONS = fileURLToPath(new URL("../../migrations/", import.meta.url));

/** One file of the migrations folder. */
export interface Migration {
  id: number;
  name: string;
  /** Of the text with LF line ends, so that a checkout with CRLF is not an edit. */
  sha256: string;
  sql: string;
}

/** Reads the migrations of a folder in order; throws INTERNAL where a number is missing or used twice. */
export function readMigrations(folder: string = MIGRATIONS): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  return names.sort().map((name, index) => {
    const id = Number(name.slice(0, 4));
    if (id !== index + 1) {
      const hint = "Install Telltale again: its migrations folder is incomplete.";
      throw new TelltaleError("INTERNAL", `${join(folder, name)}: number ${index + 1} was expected`, hint);
    }
    const sql = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
    return { id, name, sha256: createHash("sha256").update(sql).digest("hex"), sql };
  });
}

/**
 * How many migrations the database has, without writing to it.
 * Throws STORE_NEWER, STORE_EDITED, or DATA_INVALID for a database of another program.
 */
export function checkSchema(connection: Connection, migrations: readonly Migration[]): number {
  return read(connection, () => {
    const tables = connection.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    if (tables.length === 0) return 0;
    if (!tables.includes("migrations") || !tables.includes("meta")) {
      const hint = "Name another path: Telltale does not write into a database that it did not create.";
      throw new TelltaleError("DATA_INVALID", `${connection.path}: this is the database of another program`, hint);
    }
    const rows = connection.db.prepare("SELECT id, name, sha256 FROM migrations ORDER BY id").all() as Applied[];
    for (const row of rows) compare(connection.path, row, migrations[row.id - 1]);
    return rows.length;
  });
}

/**
 * Brings the schema up to date and returns how many migrations it applied; run again, it does nothing.
 * A database that holds data is first copied to `<path>.before-NNNN`. `at` is kept beside each migration.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], at: Millis | null): number {
  const have = checkSchema(connection, migrations);
  const pending = migrations.slice(have);
  const first = pending[0];
  if (first === undefined) return 0;
  if (have > 0) backUp(connection, `${connection.path}.before-${first.name.slice(0, 4)}`);
  for (const migration of pending) {
    write(connection, () => apply(connection, migration, at));
    failpoint("migrate.done");
  }
  return pending.length;
}

interface Applied {
  id: number;
  name: string;
  sha256: string;
}

function compare(path: string, row: Applied, known: Migration | undefined): void {
  if (known === undefined) {
    const hint = "Install the Telltale that wrote it, or a later one.";
    throw new TelltaleError("STORE_NEWER", `${path}: written by a newer Telltale (migration ${row.id})`, hint);
  }
  if (known.sha256 === row.sha256) return;
  const hint = "Install a released Telltale again: a migration is never changed once it was published.";
  throw new TelltaleError("STORE_EDITED", `${path}: migration ${row.name} differs from ${known.name}`, hint);
}

function apply(connection: Connection, migration: Migration, at: Millis | null): void {
  const { db } = connection;
  db.exec(`CREATE TABLE IF NOT EXISTS migrations (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER
  ) STRICT`);
  // Another process may have been faster; its work counts.
  if (db.prepare("SELECT 1 FROM migrations WHERE id = ?").get(migration.id) !== undefined) return;
  db.exec(migration.sql);
  failpoint("migrate.middle");
  const insert = db.prepare("INSERT INTO migrations(id, name, sha256, applied_at) VALUES (?, ?, ?, ?)");
  insert.run(migration.id, migration.name, migration.sha256, at);
}

function backUp(connection: Connection, file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
  copyStore(connection, file);
}
