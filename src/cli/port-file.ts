/** `--port-file`: the addresses that a listener really has, for whoever started it on port 0. */
import { renameSync, writeFileSync } from "node:fs";
import { TelltaleError } from "../error.ts";

/** Writes one address a line, `udp://127.0.0.1:40001`; the file is there at once and whole. Throws IO. */
export function writePortFile(path: string, addresses: readonly string[]): void {
  const begun = `${path}.${process.pid}`;
  try {
    writeFileSync(begun, addresses.map((address) => `${address}\n`).join(""), { flag: "wx" });
    renameSync(begun, path);
  } catch (cause) {
    const hint = "Name a file in a folder that this user may write to.";
    throw new TelltaleError("IO", `${path}: cannot be written (${(cause as Error).message})`, hint, cause);
  }
}
