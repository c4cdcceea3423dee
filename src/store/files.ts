/** The files around a database: who may read them, and what must not be there. */
import { chmodSync, closeSync, fsyncSync, lstatSync, mkdirSync, openSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TelltaleError } from "../error.ts";

/** Absolute path of a database file; throws USAGE for a name that SQLite would read differently. */
export function storePath(path: string): string {
  if (path === "" || path !== path.trim() || path.includes("\0")) {
    throw new TelltaleError("USAGE", "The database's path is empty or has blanks at its ends", "Name a file.");
  }
  return resolve(path);
}

/** Makes sure that an existing database can be read; throws USAGE, NO_INPUT, NO_PERMISSION. */
export function requireFile(path: string): void {
  const stats = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stats !== undefined) requireRegular(path, stats);
  if (stats === undefined || stats.size === 0) {
    const hint = "Check the path; `telltale listen` or `telltale replay --db` writes a database.";
    throw new TelltaleError("NO_INPUT", `${path}: there is no database`, hint);
  }
}

/**
 * Creates the folder (0700) and the file (0600) as needed, and takes the rights of others away from what exists.
 * SQLite gives `-wal` and `-shm` the mode of the file itself, so no umask is needed (a worker thread has none).
 * An existing file is never opened here: closing it would drop the locks that this process holds on it.
 * Throws USAGE, NO_PERMISSION, STORE_BROKEN, IO.
 */
export function prepareFile(path: string): void {
  attempt(path, () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
  const stats = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats === undefined || (stats.isFile() && stats.size === 0)) refuseOrphanLog(path);
  if (stats === undefined) {
    attempt(path, () => closeSync(openSync(path, "wx", 0o600)));
    return;
  }
  requireRegular(path, stats);
  requireOwn(path, stats);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) makePrivate(file);
}

/** Makes renames and new names in the folder of `path` outlast a power failure. */
export function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

// SQLite drops a log whose database is empty: an empty store would replace what the log still holds.
function refuseOrphanLog(path: string): void {
  const log = attempt(path, () => lstatSync(`${path}-wal`, { throwIfNoEntry: false }));
  if (log === undefined || log.size === 0) return;
  const hint = "Put the database back beside its -wal file, or move the -wal file away to begin anew.";
  throw new TelltaleError("STORE_BROKEN", `${path}: its -wal file is there, the database is not`, hint);
}

function requireRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory() ? "a folder" : stats.isSymbolicLink() ? "a symbolic link" : "not a regular file";
  throw new TelltaleError("USAGE", `${path} is ${what}`, "Name the database file itself.");
}

/** Root may work on another user's file (SQLite leaves its side files to that user); nobody else may. */
function requireOwn(path: string, stats: Stats): void {
  const me = process.geteuid?.() ?? 0;
  if (me === 0 || stats.uid === me) return;
  const hint = "Run as the user who owns it, or name another path.";
  throw new TelltaleError("NO_PERMISSION", `${path}: belongs to another user (uid ${stats.uid})`, hint);
}

function makePrivate(path: string): void {
  const stats = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats === undefined || (stats.mode & 0o077) === 0) return;
  requireRegular(path, stats);
  requireOwn(path, stats);
  attempt(path, () => chmodSync(path, 0o600));
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      const hint = "Run as the user who owns the file, and let that user write to the file and to its folder.";
      throw new TelltaleError("NO_PERMISSION", `${path}: no permission (${code})`, hint, error);
    }
    const hint = "Check that each part of the path but the last is a folder, and that the disk has room.";
    throw new TelltaleError("IO", `${path}: ${error instanceof Error ? error.message : String(error)}`, hint, error);
  }
}
