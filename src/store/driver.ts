/** Where SQLite comes from: better-sqlite3, loaded late so that a missing build is told with its remedy. */
import { createRequire } from "node:module";
import type { Database, Options } from "better-sqlite3";
import { TelltaleError } from "../error.ts";
import { storeFailure } from "./failure.ts";

/** The first SQLite whose write-ahead log cannot lose commits when two connections restart it. */
export const OLDEST_SQLITE = "3.51.3";

/** How long a statement waits for a lock, in ms; the wait blocks the thread. */
export const BUSY_MS = 100;

/** Opens a file; throws NATIVE_MODULE_MISSING, or what SQLite makes of the file. */
export function openFile(path: string, options: Options): Database {
  try {
    const Driver = require("better-sqlite3") as new (path: string, options: Options) => Database;
    return new Driver(path, { timeout: BUSY_MS, ...options });
  } catch (error) {
    throw bindingFailure(error) ?? storeFailure(error, path);
  }
}

/** The version of SQLite in use; throws SQLITE_TOO_OLD below `oldest`. */
export function requireSqlite(db: Database, oldest: string = OLDEST_SQLITE): string {
  const version = String(db.prepare("SELECT sqlite_version()").pluck().get());
  if (older(version, oldest)) {
    const hint = "Install better-sqlite3 12.9.0 or later: `npm install better-sqlite3@12.9.0`.";
    const what = `SQLite ${version} can lose committed data; ${oldest} or later is needed`;
    throw new TelltaleError("SQLITE_TOO_OLD", what, hint);
  }
  return version;
}

/** The error for a better-sqlite3 whose native part is missing or does not fit this Node.js, or null for another one. */
export function bindingFailure(error: unknown): TelltaleError | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? error.code : undefined;
  const missing = code === "ERR_DLOPEN_FAILED" || code === "MODULE_NOT_FOUND";
  if (!missing && !/bindings file|native build/i.test(error.message)) return null;
  const what = "The native part of better-sqlite3 is missing or was built for another Node.js";
  const hint =
    "Run `npm rebuild better-sqlite3` in the installation folder; npm 12 and later block its build unless you " +
    "install with `--allow-scripts=better-sqlite3`.";
  return new TelltaleError("NATIVE_MODULE_MISSING", what, hint, error);
}

const require = createRequire(import.meta.url);

function older(version: string, than: string): boolean {
  const a = version.split(".").map(Number);
  const b = than.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
