/** A build with one safeguard taken out: a test that does not fail on it sees nothing. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./listener.mjs";

/** Copies the built program into `folder`, replaces texts in its files, and gives its main file. */
export function patched(folder, changes) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  for (const name of ["node_modules", "rules", "migrations", "package.json"])
    symlinkSync(join(ROOT, name), join(folder, name));
  for (const [file, from, to] of changes) {
    const path = join(folder, "dist", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    writeFileSync(path, text.replaceAll(from, to));
  }
  return join(folder, "dist/cli/main.js");
}
