/** Builds dist once before the tests that start the program, unless it is newer than the sources. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Run by vitest before everything else. */
export default function setup(): void {
  const sources = ["src", "rules", "package.json", "rolldown.config.ts"].flatMap(filesUnder);
  if (Math.max(...sources.map(changedAt)) < changedAt("dist/rules.json")) return;
  execFileSync("npm", ["run", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

function filesUnder(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((name) => join(path, name));
}

function changedAt(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
