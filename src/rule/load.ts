/** rules/ on disk -> compiled rules; all of them or an error that names every fault. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TelltaleError } from "../error.ts";
import { compileAdvisory } from "./advisory.ts";
import { compileRule } from "./compile.ts";
import type { Advisory, CompiledRule } from "./compiled.ts";
import { invalid, readDocument } from "./document.ts";
import { RuleProblem } from "./problem.ts";
import { rule as ruleSchema } from "./schema.ts";
import { advisory as advisorySchema } from "./schema-advisory.ts";

/** The rules that ship with Telltale. */
export function shippedRules(): string {
  return join(dirname(fileURLToPath(import.meta.url)), "..", "..", "rules");
}

/** Loads a folder of advisories, one advisory's folder, or one rule file.
 * Experimental rules load; deprecated ones keep their id and are not loaded. Throws RULE_INVALID or NO_INPUT. */
export function loadRules(path: string = shippedRules()): CompiledRule[] {
  if (!existsSync(path)) {
    throw new TelltaleError(
      "NO_INPUT",
      `${path}: no such file or folder`,
      "Name a folder with rules, or one rule file.",
    );
  }
  const problems: string[] = [];
  const rules: CompiledRule[] = [];
  const seen = new Map<string, string>();
  for (const folder of advisoryFolders(path)) {
    const advisory = collect(problems, () => loadAdvisory(folder));
    if (advisory === null) continue;
    for (const file of ruleFiles(folder)) {
      if (statSync(path).isFile() && resolve(folder, file) !== resolve(path)) continue;
      const rule = collect(problems, () => loadRule(join(folder, file), advisory));
      if (rule === null) continue;
      const other = seen.get(rule.id);
      if (other !== undefined) problems.push(`${rule.file}:1:1: the id "${rule.id}" is taken by ${other}`);
      seen.set(rule.id, rule.file);
      if (rule.status !== "deprecated") rules.push(rule);
    }
  }
  if (problems.length > 0) throw invalid(problems);
  if (rules.length === 0) {
    throw new TelltaleError(
      "NO_INPUT",
      `${path}: no rules found`,
      "A rule is rules/<advisory>/<rule>.yaml beside an advisory.yaml.",
    );
  }
  return rules;
}

/** The advisories of a folder, with rules or without. Throws as `loadRules` does. */
export function loadAdvisories(path: string = shippedRules()): Advisory[] {
  const ruled = loadRules(path).map((rule) => rule.advisory);
  const bare = advisoryFolders(path).filter((folder) => ruleFiles(folder).length === 0);
  const all = new Map([...ruled, ...bare.map(loadAdvisory)].map((advisory) => [advisory.id, advisory]));
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function loadAdvisory(folder: string): Advisory {
  const file = join(folder, "advisory.yaml");
  const source = readFileSync(file, "utf8");
  const document = readDocument(advisorySchema, shown(file), source);
  return document.locate(() => {
    const name = basename(resolve(folder));
    if (document.value.id !== name) throw new RuleProblem(["id"], `must be the folder's name, "${name}"`);
    return compileAdvisory(document.value, source);
  });
}

function loadRule(path: string, advisory: Advisory): CompiledRule {
  return readRule(path, readFileSync(path, "utf8"), advisory);
}

/** Reads a rule from the text of its file; throws RULE_INVALID. */
export function readRule(path: string, source: string, advisory: Advisory): CompiledRule {
  const document = readDocument(ruleSchema, shown(path), source);
  return document.locate(() => {
    const file = document.value;
    const stem = basename(path).replace(/\.ya?ml$/, "");
    if (file.id !== stem) throw new RuleProblem(["id"], `must be the file's name, "${stem}"`);
    const firing = file.tests.some((test) => test.expect.length > 0);
    const quiet = file.tests.some((test) => test.expect.length === 0);
    if (file.status === "stable" && !(firing && quiet)) {
      throw new RuleProblem(
        ["tests"],
        `a stable rule needs a case that fires and one that stays quiet; the ${firing ? "quiet" : "firing"} one is missing`,
      );
    }
    if (file.status === "experimental" && !firing)
      throw new RuleProblem(["tests"], "an experimental rule needs a case that fires");
    return compileRule(file, advisory, shown(path), source);
  });
}

function advisoryFolders(path: string): string[] {
  if (statSync(path).isFile()) return [dirname(path)];
  if (existsSync(join(path, "advisory.yaml"))) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_") && !entry.name.startsWith("."))
    .map((entry) => join(path, entry.name))
    .sort();
}

function ruleFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => /\.ya?ml$/.test(name) && name !== "advisory.yaml" && !name.startsWith("_"))
    .sort();
}

function collect<T>(problems: string[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof TelltaleError && error.code === "RULE_INVALID") problems.push(error.message);
    else if (UNREADABLE[(error as NodeJS.ErrnoException).code ?? ""] !== undefined) {
      const { code, path } = error as NodeJS.ErrnoException;
      problems.push(`${shown(path ?? "")}:1:1: ${UNREADABLE[code!]}`);
    } else throw error;
    return null;
  }
}

const UNREADABLE: Record<string, string> = {
  ENOENT: "the file is missing",
  EACCES: "the file may not be read",
  EISDIR: "is a folder, not a file",
};

/** Paths are shown relative to the working folder when that is shorter. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
