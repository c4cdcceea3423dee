/** Builds dist once before the tests that start the program, unless it is newer than the sources. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Run by vitest before everything else. */
export default function setup(): void {
  const sources = ["src", "tsconfig.json", "tsconfig.build.json"].flatMap(filesUnder);
  const newest = Math.max(...sources.map(changedAt));
  if (newest < changedAt("dist/cli/main.js")) return;
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
    });
  } catch (error) {
    // The compiler writes its files even when a type is wrong; `npm run types` is the judge of types.
    if (newest >= changedAt("dist/cli/main.js")) throw error;
    process.stderr.write(String((error as { stdout?: string }).stdout ?? error));
  }
}

function filesUnder(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((name) => join(path, name));
}

function changedAt(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
