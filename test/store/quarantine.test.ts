/** A damaged database is put aside whole by the one engine, and nothing empty takes its place. */
import { existsSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { listAlerts } from "../../src/store/queries.ts";
import { alert, batch, codeOf, digest, failure, folder, opened } from "./support.ts";

const PAGE = 4096;
const AT = Date.UTC(2026, 10, 27, 9, 38);

/** A closed store with alerts on many pages. */
function closedStore(): string {
  const path = join(folder(), "telltale.db");
  const store = openStore(path);
  const list = Array.from({ length: 200 }, (_, n) => opened(alert({ id: `alert ${n}`, rule: "r".repeat(200) })));
  store.commit(0, () => batch({ alerts: list }));
  store.close();
  return path;
}

function overwrite(path: string, offset: number, text: string): void {
  const content = readFileSync(path);
  content.write(text, offset, "latin1");
  writeFileSync(path, content);
}

/** Damages a page inside the file, which opening alone does not see. */
function damageInside(path: string): void {
  const store = openStore(path, { readOnly: true });
  const root = store.db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'alerts_rule'").pluck().get();
  store.close();
  overwrite(path, (Number(root) - 1) * PAGE, "\xff".repeat(PAGE));
}

const beside = (path: string) => readdirSync(dirname(path)).sort();

describe("a damaged store", () => {
  it.each([
    ["cut off", (path: string) => truncateSync(path, 3 * PAGE + 100)],
    ["overwritten in its first table", (path: string) => overwrite(path, 100, "\xff".repeat(3900))],
    ["overwritten inside", damageInside],
  ])("that is %s is put aside by the engine, byte for byte, and the error says where", (_, damage) => {
    const path = closedStore();
    damage(path);
    const before = digest(path);
    const error = failure(() => openStore(path, { exclusive: true, at: AT }));
    const aside = `${path}.damaged-20261127T093800Z`;
    expect([error.code, error.exitCode]).toEqual(["STORE_BROKEN", 74]);
    expect(error.message).toContain(aside);
    expect(error.hint).toContain(`cp BACKUP ${path}`);
    expect(digest(aside)).toBe(before);
    expect(existsSync(path)).toBe(false);
  });

  it("is not replaced by an empty one, however often somebody starts, until a backup is restored", () => {
    const path = closedStore();
    damageInside(path);
    failure(() => openStore(path, { exclusive: true, at: AT }));
    for (const options of [{ exclusive: true, at: AT }, {}]) {
      expect(failure(() => openStore(path, options)).message).toContain("there is no database, but the damaged one");
      expect(existsSync(path)).toBe(false);
    }
    expect(codeOf(() => openStore(path, { readOnly: true }))).toBe("NO_INPUT");
    renameSync(closedStore(), path);
    const store = openStore(path, { exclusive: true });
    expect(listAlerts(store, {}, 500)).toHaveLength(200);
    store.close();
  });

  it("takes its log along, so that both are found together", () => {
    const path = closedStore();
    damageInside(path);
    writeFileSync(`${path}-wal`, "");
    failure(() => openStore(path, { exclusive: true, at: AT }));
    expect(
      beside(path)
        .filter((name) => name.endsWith("-wal"))
        .every((name) => name.includes(".damaged-")),
    ).toBe(true);
  });

  it("is left where it is by those who only look or act", () => {
    const path = closedStore();
    truncateSync(path, 3 * PAGE + 100);
    const before = digest(path);
    for (const readOnly of [true, false]) expect(codeOf(() => openStore(path, { readOnly }))).toBe("STORE_BROKEN");
    expect(digest(path)).toBe(before);
    expect(beside(path)).toEqual([basename(path)]);
  });

  it("is left where it is when it does not bear Telltale's mark: it may be any file", () => {
    const path = join(folder(), "notes.txt");
    writeFileSync(path, "not a database at all\n".repeat(500));
    expect(codeOf(() => openStore(path, { exclusive: true, at: AT }))).toBe("STORE_BROKEN");
    expect(beside(path)).toEqual(["notes.txt", "notes.txt.lock"]);
  });

  it("is left where it is when it is another program's", () => {
    const path = join(folder(), "invoices.db");
    const db = new Database(path);
    db.exec("CREATE TABLE invoices(a); CREATE TABLE more(b)");
    db.close();
    truncateSync(path, PAGE + 100);
    const before = digest(path);
    expect(codeOf(() => openStore(path, { exclusive: true, at: AT }))).toBe("STORE_BROKEN");
    expect(digest(path)).toBe(before);
  });

  it("that shows itself only while the engine runs is put aside too", () => {
    const path = closedStore();
    const store = openStore(path, { exclusive: true });
    const broken = failure(() => {
      throw store.abandon(
        failure(() => openStore(brokenCopy(path))),
        AT,
      );
    });
    expect(broken.message).toContain(".damaged-20261127T093800Z");
    expect(existsSync(path)).toBe(false);
    // The lock is free again.
    expect(codeOf(() => openStore(path, { exclusive: true }))).toBe("STORE_BROKEN");
  });
});

function brokenCopy(path: string): string {
  const copy = join(folder(), "copy.db");
  writeFileSync(copy, readFileSync(path).subarray(0, 2 * PAGE));
  return copy;
}
