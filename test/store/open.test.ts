/** Opening a store: durable settings, private files, and a refusal that leaves the file alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { bindingFailure, OLDEST_SQLITE, requireSqlite } from "../../src/store/driver.ts";
import { findDamage } from "../../src/store/integrity.ts";
import { openStore } from "../../src/store/open.ts";
import { listAlerts } from "../../src/store/queries.ts";
import { alert, batch, bytes, codeOf, digest, failure, folder, freshStore, opened } from "./support.ts";

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
});

const mode = (path: string) => statSync(path).mode & 0o777;

/** A closed store with one alert in it. */
function closedStore(): string {
  const path = join(folder(), "telltale.db");
  const store = openStore(path);
  store.commit(0, () => batch({ alerts: [opened(alert())] }));
  store.close();
  return path;
}

/** Runs SQL on `path` in a process of its own, which then waits with its locks held. */
async function holder(path: string, ...statements: string[]): Promise<ChildProcess> {
  const script = `
    const db = new (require("better-sqlite3"))(process.argv[1]);
    for (const sql of process.argv.slice(2)) db.exec(sql);
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script, path, ...statements], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout!, "data");
  return child;
}

describe("an open store", () => {
  it("commits durably: a write-ahead log that is synced at each commit", () => {
    const store = freshStore();
    expect(store.db.pragma("synchronous", { simple: true })).toBe(2);
    expect(store.db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(store.db.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(store.db.pragma("busy_timeout", { simple: true })).toBe(100);
    expect(store.db.pragma("journal_size_limit", { simple: true })).toBe(67_108_864);
  });

  it("makes a folder for its user alone, and files that no one else can read", () => {
    const path = join(folder(), "a", "b", "telltale.db");
    const store = openStore(path, { exclusive: true });
    store.commit(0, () => batch({ alerts: [opened(alert())] }));
    expect(mode(join(path, "..", ".."))).toBe(0o700);
    expect(readdirSync(join(path, "..")).sort()).toEqual([
      "telltale.db",
      "telltale.db-shm",
      "telltale.db-wal",
      "telltale.db.lock",
    ]);
    for (const end of ["", "-wal", "-shm", ".lock"]) expect(mode(path + end)).toBe(0o600);
    store.close();
  });

  it("takes the rights of others away from a file that has them", () => {
    const path = closedStore();
    chmodSync(path, 0o644);
    openStore(path).close();
    expect(mode(path)).toBe(0o600);
  });

  it("reads what another open store writes", () => {
    const writer = freshStore();
    const reader = openStore(writer.path, { readOnly: true });
    expect(listAlerts(reader)).toEqual([]);
    writer.commit(0, () => batch({ alerts: [opened(alert())] }));
    expect(listAlerts(reader)).toHaveLength(1);
    expect(codeOf(() => reader.commit(0, () => batch({ counters: { "received.udp": 1 } })))).toBe("NO_PERMISSION");
    reader.close();
  });

  it("may be closed twice", () => {
    const store = freshStore();
    store.close();
    expect(() => store.close()).not.toThrow();
  });
});

describe("what is no store", () => {
  const page = 4096;
  const cases: [string, string, (path: string) => void][] = [
    [
      "a log file",
      "STORE_BROKEN",
      (path) => writeFileSync(path, "<189>45: Edge1: %SYS-5-CONFIG_I: Configured\n".repeat(200)),
    ],
    ["a truncated store", "STORE_BROKEN", (path) => truncateSync(path, 3 * page + 100)],
    ["a store cut inside its first page", "STORE_BROKEN", (path) => truncateSync(path, 50)],
    ["a store with a damaged header", "STORE_BROKEN", (path) => overwrite(path, 0, "not SQLite any more")],
    ["a store with a damaged first table", "STORE_BROKEN", (path) => overwrite(path, 100, "\xff".repeat(3900))],
    ["the database of another program", "DATA_INVALID", (path) => foreign(path, "invoices")],
    ["a database with migrations of its own", "DATA_INVALID", (path) => foreign(path, "migrations")],
  ];
  for (const [what, code, damage] of cases) {
    it(`such as ${what}, is refused with ${code} and stays as it is`, () => {
      const path = closedStore();
      damage(path);
      const before = digest(path);
      for (const readOnly of [false, true]) {
        const error = failure(() => openStore(path, { readOnly }));
        expect(error.code).toBe(code);
        expect(error.message).toContain(path);
        expect(error.hint).toMatch(/\w.*\.$/);
        expect(digest(path)).toBe(before);
      }
    });
  }

  it("such as a folder, a link or an odd name, is refused", () => {
    const path = closedStore();
    const link = `${path}.link`;
    symlinkSync(path, link);
    for (const name of ["", " ", `${path} `, `${path}\0`, join(path, ".."), link]) {
      expect(codeOf(() => openStore(name))).toBe("USAGE");
    }
    expect(codeOf(() => openStore(join(path, ".."), { readOnly: true }))).toBe("USAGE");
  });

  it("such as nothing, cannot be read", () => {
    const path = join(folder(), "deeper", "telltale.db");
    expect(codeOf(() => openStore(path, { readOnly: true }))).toBe("NO_INPUT");
    expect(existsSync(join(path, ".."))).toBe(false);
  });

  it("such as a path below a file, is told as an I/O error", () => {
    expect(codeOf(() => openStore(join(closedStore(), "telltale.db")))).toBe("IO");
  });

  it("such as a log without its database, is not replaced by an empty store", () => {
    const path = join(folder(), "telltale.db");
    writeFileSync(`${path}-wal`, "what the database had not taken in yet");
    expect(codeOf(() => openStore(path))).toBe("STORE_BROKEN");
    expect(readFileSync(`${path}-wal`, "utf8")).toBe("what the database had not taken in yet");
    expect(existsSync(path)).toBe(false);
  });

  it("is found by the check, also where opening did not see it", () => {
    const store = freshStore();
    const list = Array.from({ length: 200 }, (_, n) => opened(alert({ id: `alert ${n}`, rule: "r".repeat(200) })));
    store.commit(0, () => batch({ alerts: list }));
    expect(findDamage(store)).toEqual([]);
    const root = store.db
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'alerts_rule'")
      .pluck()
      .get() as number;
    store.close();
    overwrite(store.path, (root - 1) * page, "\xff".repeat(page));
    const damaged = openStore(store.path);
    expect(findDamage(damaged).length).toBeGreaterThan(0);
    damaged.close();
  });
});

function overwrite(path: string, offset: number, latin1: string): void {
  const content = readFileSync(path);
  content.write(latin1, offset, "latin1");
  writeFileSync(path, content);
}

function foreign(path: string, table: string): void {
  writeFileSync(path, "");
  const db = new Database(path);
  db.exec(`CREATE TABLE ${table}(id INTEGER); INSERT INTO ${table} VALUES (1)`);
  db.close();
}

describe("without permission", () => {
  // Root may do everything, so the test lays its rights down for the moment.
  const asNobody = (work: () => void) => {
    if (process.getuid?.() !== 0) return work();
    process.seteuid!(65534);
    try {
      work();
    } finally {
      process.seteuid!(0);
    }
  };

  it("a store in a folder that cannot be written to is refused and stays as it is", () => {
    const path = closedStore();
    const before = digest(path);
    chmodSync(path, 0o444);
    chmodSync(join(path, ".."), 0o555);
    asNobody(() => {
      expect(codeOf(() => openStore(path))).toBe("NO_PERMISSION");
      expect(codeOf(() => openStore(join(path, "..", "new.db")))).toBe("NO_PERMISSION");
      expect(codeOf(() => openStore(join(path, "..", "new", "telltale.db")))).toBe("NO_PERMISSION");
    });
    chmodSync(join(path, ".."), 0o755);
    expect(digest(path)).toBe(before);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "a store that belongs to another user is refused, even where all may write",
    () => {
      const path = closedStore();
      chmodSync(path, 0o666);
      chmodSync(join(path, ".."), 0o777);
      const before = digest(path);
      asNobody(() => expect(failure(() => openStore(path)).message).toContain("belongs to another user"));
      expect([digest(path), mode(path)]).toEqual([before, 0o666]);
      openStore(path).close();
    },
  );

  it("a store that another user keeps private is not read", () => {
    const path = closedStore();
    chmodSync(join(path, ".."), 0o755);
    if (process.getuid?.() !== 0) chmodSync(path, 0);
    asNobody(() => expect(codeOf(() => openStore(path, { readOnly: true }))).toBe("NO_PERMISSION"));
  });
});

describe("a locked store", () => {
  const timed = (work: () => void): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };

  it("is told as busy at once, whoever opens it, and stays as it is", async () => {
    const path = closedStore();
    await holder(path, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "UPDATE meta SET value = value", "COMMIT");
    for (const readOnly of [false, true]) {
      const took = timed(() => expect(codeOf(() => openStore(path, { readOnly }))).toBe("STORE_BUSY"));
      expect(took).toBeLessThan(1000);
    }
  });

  it("makes a commit fail within the busy timeout, and takes it when the lock is gone", async () => {
    const store = freshStore();
    const child = await holder(store.path, "BEGIN IMMEDIATE");
    const built: number[] = [];
    const commit = () =>
      store.commit(0, () => {
        built.push(1);
        return batch({ alerts: [opened(alert())] });
      });
    const took = timed(() => expect(codeOf(commit)).toBe("STORE_BUSY"));
    // The timeout is 100 ms; the rest is room for a busy machine, far from SQLite's usual 5 s.
    expect(took).toBeLessThan(1000);
    expect(built).toEqual([]);
    expect(listAlerts(store)).toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");
    commit();
    expect(listAlerts(store)).toHaveLength(1);
  });

  it("has one engine only, and is free again after that engine is killed", async () => {
    const path = closedStore();
    const engine = openStore(path, { exclusive: true });
    expect(codeOf(() => openStore(path, { exclusive: true }))).toBe("STORE_BUSY");
    const terminal = openStore(path);
    terminal.commit(0, () => batch({ counters: { a: 1 } }));
    terminal.close();
    engine.close();
    const child = await holder(`${path}.lock`, "BEGIN EXCLUSIVE");
    expect(codeOf(() => openStore(path, { exclusive: true }))).toBe("STORE_BUSY");
    child.kill("SIGKILL");
    await once(child, "exit");
    openStore(path, { exclusive: true }).close();
  });
});

describe("SQLite itself", () => {
  it("is refused when it is older than the first sound version", () => {
    const db = new Database(":memory:");
    expect(requireSqlite(db)).toMatch(/^3\.\d+\.\d+$/);
    expect(failure(() => requireSqlite(db, "3.999.0")).code).toBe("SQLITE_TOO_OLD");
    expect(codeOf(() => requireSqlite(db, "4.0.0"))).toBe("SQLITE_TOO_OLD");
    expect(OLDEST_SQLITE).toBe("3.51.3");
    db.close();
  });

  it("missing in its native part is told with both commands that mend it", () => {
    const root = folder();
    const modules = join(root, "node_modules");
    for (const name of ["better-sqlite3/lib", "better-sqlite3/package.json", "bindings", "file-uri-to-path"]) {
      cpSync(join("node_modules", name), join(modules, name), { recursive: true });
    }
    const require = createRequire(join(root, "main.js"));
    const open = () => new (require("better-sqlite3") as typeof Database)(join(root, "x.db"));
    const first = bindingFailure(thrown(open));
    expect(first?.code).toBe("NATIVE_MODULE_MISSING");
    expect(first?.hint).toContain("npm rebuild better-sqlite3");
    expect(first?.hint).toContain("--allow-scripts=better-sqlite3");
    mkdirSync(join(modules, "better-sqlite3/build/Release"), { recursive: true });
    writeFileSync(
      join(modules, "better-sqlite3/build/Release/better_sqlite3.node"),
      bytes("built for another Node.js"),
    );
    expect(bindingFailure(thrown(open))?.code).toBe("NATIVE_MODULE_MISSING");
    expect(bindingFailure(new Error("something else"))).toBeNull();
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
