/** Where rule files lie: folders of advisories, and the rules in them. */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { TelltaleError } from "../error.ts";

/** The rules that ship with Telltale. */
export function shippedRules(): string {
  return fileURLToPath(new URL("../../rules", import.meta.url));
}

/** Whether a path names a file of compiled rules. */
export function isCompiled(path: string): boolean {
  return path.endsWith(".json");
}

/** The folders of advisories at a path, in order; throws NO_INPUT where there is none. */
export function advisoryFolders(path: string): string[] {
  if (isCompiled(path))
    throw new TelltaleError(
      "NO_INPUT",
      `${path}: compiled rules hold no cases and no lines`,
      "Name the folder that they were compiled from.",
    );
  if (!existsSync(path))
    throw new TelltaleError(
      "NO_INPUT",
      `${path}: no such file or folder`,
      "Name a folder with rules, or one rule file.",
    );
  if (statSync(path).isFile()) return [dirname(path)];
  if (existsSync(join(path, "advisory.yaml"))) return [path];
  return foldersIn(path, readdirSync(path, { withFileTypes: true })).sort();
}

/** The folders that may be those of advisories, links to folders among them; a link that leads nowhere is one that is missed. */
export function foldersIn(path: string, entries: Dirent[]): string[] {
  return entries
    .filter((entry) => !/^[._]/.test(entry.name))
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && !leadsToFile(join(path, entry.name))))
    .map((entry) => join(path, entry.name));
}

function leadsToFile(link: string): boolean {
  try {
    return !statSync(link).isDirectory();
  } catch {
    return false;
  }
}

/** The names of the rule files in an advisory's folder, in order. */
export function ruleFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => /\.ya?ml$/.test(name) && name !== "advisory.yaml" && !/^[._]/.test(name))
    .sort();
}

/** Rule files that lie where none is loaded from: beside the advisories' folders, and in folders below them. */
export function strayFiles(path: string): string[] {
  if (statSync(path).isFile()) return [];
  const folders = advisoryFolders(path);
  const below = folders.flatMap((folder) => foldersIn(folder, readdirSync(folder, { withFileTypes: true })));
  const beside = folders.includes(path) ? [] : [path];
  return [...beside, ...below].flatMap((folder) =>
    existsSync(folder) ? ruleFiles(folder).map((name) => join(folder, name)) : [],
  );
}

/** In bytes: more than the longest file that is read, in characters of four. */
const MAX_BYTES = 4_000_000;

/** What a rule file holds. Throws RULE_INVALID for what would not end, such as a pipe. */
export function readRuleFile(path: string): Buffer {
  const status = statSync(path);
  const fault = status.isFile() || status.isDirectory() ? null : "is no regular file";
  const large = status.size > MAX_BYTES ? "larger than 1000000 characters" : null;
  if (fault === null && large === null) return readFileSync(path);
  throw new TelltaleError(
    "RULE_INVALID",
    `${shown(path)}:1:1: ${fault ?? large}`,
    "Take it out of the folder of rules.",
  );
}

/** Paths are shown relative to the working folder when that is shorter. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

/** NO_INPUT for a place that holds no rule. */
export function noRules(path: string): TelltaleError {
  return new TelltaleError(
    "NO_INPUT",
    `${path}: no rules found`,
    "A rule is rules/<advisory>/<rule>.yaml beside an advisory.yaml; `telltale rules new` makes both.",
  );
}
