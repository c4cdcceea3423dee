/** Migrations go forward only, each whole, and never over a schema that this version does not know. */
import { cpSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { connection } from "../../src/store/connection.ts";
import { MIGRATIONS, migrate, readMigrations } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/open.ts";
import { alert, batch, codeOf, digest, failure, folder, opened } from "./support.ts";

function closedStore(at?: number): string {
  const path = join(folder(), "telltale.db");
  const store = openStore(path, at === undefined ? {} : { at });
  store.commit(0, () => batch({ alerts: [opened(alert())] }));
  store.close();
  return path;
}

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** The shipped migrations and the given ones, in a folder of their own. */
function withMore(files: Record<string, string>): string {
  const path = folder();
  cpSync(MIGRATIONS, path, { recursive: true });
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(path, name), sql);
  return path;
}

describe("the migrations", () => {
  it("are recorded with their name, digest and the time given", () => {
    const path = closedStore(77);
    const db = new Database(path, { readonly: true });
    const [first] = readMigrations();
    expect(db.prepare("SELECT * FROM migrations WHERE id = 1").get()).toEqual({
      id: 1,
      name: "0001_init.sql",
      sha256: first?.sha256,
      applied_at: 77,
    });
    db.close();
  });

  it("change nothing when they run again", () => {
    const path = closedStore();
    const before = digest(path);
    openStore(path).close();
    openStore(path).close();
    expect(digest(path)).toBe(before);
  });

  it("are the same with CRLF line ends", () => {
    const path = folder();
    for (const { name, sql } of readMigrations()) writeFileSync(join(path, name), sql.replaceAll("\n", "\r\n"));
    expect(readMigrations(path)).toEqual(readMigrations());
  });

  it("must be numbered without a gap", () => {
    expect(codeOf(() => readMigrations(withMore({ "0099_late.sql": "" })))).toBe("INTERNAL");
  });

  it("of a newer version make the store refused, byte for byte unchanged", () => {
    const path = closedStore();
    change(path, "INSERT INTO migrations VALUES (9999, '9999_future.sql', 'x', NULL)");
    const before = digest(path);
    for (const readOnly of [false, true]) {
      const error = failure(() => openStore(path, { readOnly }));
      expect([error.code, error.exitCode]).toEqual(["STORE_NEWER", 78]);
      expect(digest(path)).toBe(before);
    }
  });

  it("that were edited make the store refused, byte for byte unchanged", () => {
    const path = closedStore();
    change(path, "UPDATE migrations SET sha256 = 'edited'");
    const before = digest(path);
    for (const readOnly of [false, true]) {
      expect(codeOf(() => openStore(path, { readOnly }))).toBe("STORE_EDITED");
      expect(digest(path)).toBe(before);
    }
  });

  it("still to come make a read-only store refused, with what to do", () => {
    const path = closedStore();
    change(path, "DELETE FROM migrations");
    const error = failure(() => openStore(path, { readOnly: true }));
    expect([error.code, error.hint]).toEqual(["DATA_INVALID", expect.stringContaining("telltale listen")]);
  });
});

describe("an upgrade", () => {
  const next = String(readMigrations().length + 1).padStart(4, "0");
  const more = { [`${next}_colour.sql`]: "ALTER TABLE devices ADD COLUMN colour TEXT;" };

  it("keeps the rows, and a private copy of the database as it was", () => {
    const path = closedStore();
    const db = connection(new Database(path), path);
    expect(migrate(db, readMigrations(withMore(more)), 5)).toBe(1);
    expect(db.db.prepare("SELECT count(*) FROM alerts").pluck().get()).toBe(1);
    expect(db.db.prepare("SELECT count(colour) FROM devices").pluck().get()).toBe(0);
    expect(migrate(db, readMigrations(withMore(more)), 5)).toBe(0);
    db.db.close();
    const copy = `${path}.before-${next}`;
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const back = openStore(copy);
    expect(back.db.prepare("SELECT count(*) FROM alerts").pluck().get()).toBe(1);
    back.close();
  });

  it("that fails halfway leaves the schema of before, and succeeds when it is run again", () => {
    const path = closedStore();
    const db = connection(new Database(path), path);
    const tables = () => db.db.prepare("SELECT name FROM sqlite_schema ORDER BY name").pluck().all();
    const before = tables();
    const broken = { [`${next}_broken.sql`]: "CREATE TABLE half(a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);" };
    expect(() => migrate(db, readMigrations(withMore(broken)), null)).toThrow();
    expect(tables()).toEqual(before);
    expect(
      migrate(db, readMigrations(withMore({ [`${next}_broken.sql`]: "CREATE TABLE half(a INTEGER) STRICT;" })), null),
    ).toBe(1);
    expect(tables()).toContain("half");
    db.db.close();
    expect(readdirSync(join(path, "..")).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(existsSync(`${path}.before-${next}`)).toBe(true);
  });
});
