/** Looks at a database from outside: always at a copy, so that looking changes nothing. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";

const hasSqlite = spawnSync("sqlite3", ["--version"]).error === undefined;

/** Copies the database with its log and calls `use` with an open copy and its path. */
export function withCopy(path, use) {
  const folder = mkdtempSync(join(tmpdir(), "telltale-copy-"));
  const copy = join(folder, "copy.db");
  try {
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    const db = new Database(copy);
    try {
      return use(db, copy);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a stopped database, a sentence each; also by another build of SQLite, where one is installed. */
export function faultsOf(path) {
  const faults = withCopy(path, (db) => [
    ...rows(db, "PRAGMA integrity_check").filter((line) => line !== "ok"),
    ...rows(db, "SELECT 'orphan in ' || \"table\" FROM pragma_foreign_key_check"),
    ...rows(db, "SELECT 'no outbox entry: ' || id FROM alerts WHERE id NOT IN (SELECT alert_id FROM outbox)"),
    ...rows(db, "SELECT 'no evidence: ' || id FROM alerts WHERE id NOT IN (SELECT alert_id FROM alert_evidence)"),
    ...rows(
      db,
      "SELECT 'twice: ' || device FROM alerts GROUP BY rule, device_key, node, first_seen HAVING count(*) > 1",
    ),
    ...rows(
      db,
      "SELECT 'told twice: ' || alert_id FROM outbox WHERE change = 'opened' GROUP BY output, alert_id HAVING count(*) > 1",
    ),
    ...rows(
      db,
      "SELECT 'total' WHERE (SELECT count(*) FROM alerts) <> (SELECT coalesce(sum(value), 0) FROM totals WHERE kind = 'level')",
    ),
  ]);
  if (hasSqlite) {
    const said = withCopyClosed(path, (copy) =>
      execFileSync("sqlite3", [copy, "PRAGMA integrity_check"], { encoding: "utf8" }),
    );
    if (said.trim() !== "ok") faults.push(`sqlite3: ${said.trim()}`);
  }
  return faults;
}

/** First column of every row. */
export function rows(db, sql) {
  return db.prepare(sql).pluck().all();
}

function withCopyClosed(path, use) {
  const folder = mkdtempSync(join(tmpdir(), "telltale-copy-"));
  const copy = join(folder, "copy.db");
  try {
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    return use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
