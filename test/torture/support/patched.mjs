/** A build with one safeguard taken out: a test that does not fail on it sees nothing. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./listener.mjs";

/** Copies the built program into `folder`, replaces texts in its files, and gives its main file. */
export function patched(folder, changes) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  for (const name of ["node_modules", "rules", "migrations", "package.json"])
    symlinkSync(join(ROOT, name), join(folder, name));
  const files = readdirSync(join(folder, "dist/cli")).filter((name) => name.endsWith(".js"));
  for (const [from, to] of changes) {
    let changed = 0;
    for (const file of files.map((name) => join(folder, "dist/cli", name))) {
      const text = readFileSync(file, "utf8");
      if (!text.includes(from)) continue;
      changed++;
      writeFileSync(file, text.replaceAll(from, to));
    }
    if (changed === 0) throw new Error(`no built file holds ${JSON.stringify(from)}`);
  }
  return join(folder, "dist/cli/main.js");
}
