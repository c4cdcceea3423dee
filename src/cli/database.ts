/** A command about alerts that are there makes no new database. */
import { existsSync } from "node:fs";
import { TelltaleError } from "../error.ts";

/** Throws NO_INPUT where no database is. */
export function requireDatabase(path: string): void {
  if (existsSync(path)) return;
  const hint = "Name the listener's database with --db, or run this in its folder.";
  throw new TelltaleError("NO_INPUT", `${path}: there is no database`, hint);
}
