/** What SQLite reports, told as one of our errors with a remedy. */
import { type ErrorCode, TelltaleError } from "../error.ts";

/**
 * The `TelltaleError` for an error met while working on the store at `path`.
 * An error that SQLite did not raise is returned as it is.
 */
export function storeFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof TelltaleError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (!code.startsWith("SQLITE_")) return error;
  const row = CASES.find(([prefix]) => code === prefix || code.startsWith(`${prefix}_`));
  const [, ours, what, hint] = row ?? ["", "INTERNAL" as const, "could not be worked on", "Please report this."];
  return new TelltaleError(ours, `${path}: the database ${what} (${code}: ${error.message})`, hint, error);
}

/** Parses JSON that the store wrote itself; throws STORE_BROKEN where `text` is none. */
export function parseStored<T>(text: string, path: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    const message = `${path}: a stored record is damaged`;
    throw new TelltaleError("STORE_BROKEN", message, RESTORE, error);
  }
}

/** What to do with a damaged database. */
export const RESTORE = "Keep the file for inspection, then restore a backup or name another path.";
const ROOM = "Free space on the disk or repair it; nothing of the last transaction was kept.";
const RIGHTS = "Run as the user who owns the file, and let that user write to the file and to its folder.";
const WAIT = "Another process is using the database; try again, or stop that process.";

// SQLite's result codes; an extended code (SQLITE_IOERR_WRITE) belongs to its primary one.
const CASES: readonly (readonly [string, ErrorCode, string, string])[] = [
  ["SQLITE_BUSY", "STORE_BUSY", "is locked by another process", WAIT],
  ["SQLITE_LOCKED", "STORE_BUSY", "is locked by another connection", WAIT],
  ["SQLITE_PROTOCOL", "STORE_BUSY", "could not be locked", WAIT],
  ["SQLITE_NOTADB", "STORE_BROKEN", "is damaged, or the file is none", RESTORE],
  ["SQLITE_CORRUPT", "STORE_BROKEN", "is damaged", RESTORE],
  ["SQLITE_FULL", "IO", "found no room on the disk", ROOM],
  ["SQLITE_IOERR", "IO", "could not be read or written", ROOM],
  ["SQLITE_CANTOPEN", "NO_PERMISSION", "could not be opened", RIGHTS],
  ["SQLITE_READONLY", "NO_PERMISSION", "is read-only here", RIGHTS],
  ["SQLITE_PERM", "NO_PERMISSION", "may not be opened", RIGHTS],
];
