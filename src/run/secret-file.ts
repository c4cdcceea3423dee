/** Files that only the operator and this program may read: tokens and private keys. */
import { readFileSync, statSync } from "node:fs";
import { TelltaleError } from "../error.ts";

/** The text of such a file; throws CONFIG_INVALID where it is missing, empty, or open to everybody. Never shows it. */
export function readSecret(path: string, option: string): string {
  let text: string;
  let mode: number;
  try {
    mode = statSync(path).mode;
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new TelltaleError(
      "CONFIG_INVALID",
      `${option}: ${path} cannot be read (${code})`,
      "Name a file that this user may read.",
      error,
    );
  }
  if ((mode & 0o007) !== 0)
    throw new TelltaleError(
      "CONFIG_INVALID",
      `${option}: everybody may read ${path}`,
      `Take that right away: chmod 600 ${path}.`,
    );
  if (text.trim() === "")
    throw new TelltaleError("CONFIG_INVALID", `${option}: ${path} is empty`, "Write the secret into it.");
  return text;
}
