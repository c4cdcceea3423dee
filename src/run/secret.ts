/** Secrets, from where the configuration says that they are; they are never shown, stored or handed to another thread. */
import { readFileSync, statSync } from "node:fs";
import { TelltaleError } from "../error.ts";
import type { SecretPlace } from "./outputs-config.ts";

/** The secret without the line end of its file. Throws CONFIG_INVALID, NO_PERMISSION; `place` says whose it is. */
export function readSecret(where: SecretPlace, place: string): string {
  const text = "file" in where ? readPrivate(where.file, place).toString("utf8") : process.env[where.env];
  const secret = text?.replace(/\r?\n$/, "") ?? "";
  if (secret.trim() !== "") return secret;
  const source = "file" in where ? `the file ${where.file}` : `the environment variable ${where.env}`;
  throw new TelltaleError("CONFIG_INVALID", `${place}: ${source} holds no secret`, "Put the secret there.");
}

/** The bytes of a file that not everybody may read. Throws CONFIG_INVALID, NO_PERMISSION. */
export function readPrivate(file: string, place: string): Buffer {
  const bytes = readPublic(file, place);
  if ((statSync(file).mode & 0o007) === 0) return bytes;
  throw new TelltaleError("NO_PERMISSION", `${place}: everybody may read ${file}`, `Take that away: chmod o= ${file}`);
}

/** The bytes of a file. Throws CONFIG_INVALID. */
export function readPublic(file: string, place: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "";
    throw new TelltaleError(
      "CONFIG_INVALID",
      `${place}: ${file} cannot be read (${why})`,
      "Name a file that exists and that the user of telltale may read.",
      cause,
    );
  }
}
