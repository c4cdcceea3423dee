/** A damaged database is put aside whole: what can still be read of it stays, and nothing is written over it. */
import { closeSync, existsSync, openSync, readdirSync, readSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Millis } from "../model.ts";
import { syncFolder } from "./files.ts";

/** Marks a database as Telltale's in its header: "TELL" (the pragma `application_id`). */
export const APPLICATION_ID = 0x54454c4c;

/**
 * Renames a damaged database of Telltale's and its `-wal` and `-shm`; gives the error that says so. Any other error,
 * and one about a file that does not bear Telltale's mark, is given back as it is and the file stays.
 */
export function putAside(error: unknown, path: string, at: Millis | null): unknown {
  if (!(error instanceof TelltaleError) || error.code !== "STORE_BROKEN" || !isOurs(path)) return error;
  const aside = freeName(`${path}.damaged${at === null ? "" : `-${stamp(at)}`}`);
  try {
    // The database first: a log that is left without one is refused at the next start.
    renameSync(path, aside);
    failpoint("quarantine.middle");
    for (const end of ["-wal", "-shm"]) if (existsSync(path + end)) renameSync(path + end, aside + end);
    syncFolder(path);
  } catch {
    return error;
  }
  return new TelltaleError(
    "STORE_BROKEN",
    `${error.message}; it was put aside as ${aside}`,
    remedy(path, aside),
    error,
  );
}

/** Throws STORE_BROKEN where the database is gone and a damaged one lies beside: an empty one would hide the loss. */
export function refuseAfterQuarantine(path: string): void {
  const aside = existsSync(path) ? undefined : damagedBeside(path)[0];
  if (aside === undefined) return;
  const what = `${path}: there is no database, but the damaged one that was put aside as ${aside}`;
  throw new TelltaleError("STORE_BROKEN", what, remedy(path, aside));
}

function remedy(path: string, aside: string): string {
  const last = `cp BACKUP ${path}`;
  return (
    `Restore the last backup (\`${last}\`), or move ${aside}* to another folder to begin anew; ` +
    "`sqlite3 FILE .recover` reads what is left."
  );
}

function damagedBeside(path: string): string[] {
  const name = `${basename(path)}.damaged`;
  try {
    const found = readdirSync(dirname(path)).filter((one) => one.startsWith(name) && !/-(?:wal|shm)$/.test(one));
    return found.sort().map((one) => `${dirname(path)}/${one}`);
  } catch {
    return [];
  }
}

function isOurs(path: string): boolean {
  const header = Buffer.alloc(100);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, header, 0, 100, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return header.toString("latin1", 0, 16) === "SQLite format 3\0" && header.readUInt32BE(68) === APPLICATION_ID;
}

function freeName(wanted: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}-${i}`;
    if (!existsSync(name)) return name;
  }
}

/** `20261127T093800Z`. */
function stamp(at: Millis): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}
