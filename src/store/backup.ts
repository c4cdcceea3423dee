/** A copy of the database in one file, as of one moment, while others read and write it. */
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Connection } from "./connection.ts";
import { storeFailure } from "./failure.ts";
import { syncFolder } from "./files.ts";

/**
 * Copies the database to `file` (mode 0600) and returns its size in bytes; whole and on the disk, or not there at all.
 * Throws USAGE where `file` exists, unless `replace`; IO on a full disk, NO_PERMISSION, STORE_BROKEN.
 */
export function copyStore(connection: Connection, file: string, replace = false): number {
  const unfinished = `${file}.part`;
  try {
    rmSync(unfinished, { force: true });
    // SQLite fills an empty file that is there and keeps its mode; by itself it would create one that all may read.
    closeSync(openSync(unfinished, "wx", 0o600));
    connection.db.prepare("VACUUM INTO ?").run(unfinished);
    syncFile(unfinished);
    failpoint("backup.copied");
    if (replace) renameSync(unfinished, file);
    else {
      // A link fails where the name is taken; a rename would replace what is there.
      linkSync(unfinished, file);
      rmSync(unfinished);
    }
    syncFolder(file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw copyFailure(error, connection.path, file);
  }
  return statSync(file).size;
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function copyFailure(error: unknown, path: string, file: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_")) return storeFailure(error, path);
  if (code === "EEXIST") {
    return new TelltaleError("USAGE", `${file}: there is such a file`, "Name another file, or add --force.", error);
  }
  const rights = code === "EACCES" || code === "EPERM" || code === "EROFS";
  const hint = rights
    ? "Let this user write to the folder."
    : "Name a file in a folder that exists, on a disk with room.";
  const why = error instanceof Error ? error.message : String(error);
  return new TelltaleError(rights ? "NO_PERMISSION" : "IO", `${file}: cannot be written (${why})`, hint, error);
}
