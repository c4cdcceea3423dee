/** rules/ on disk -> compiled rules; all of them or an error that names every fault. */
import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { TelltaleError } from "../error.ts";
import { compileAdvisory } from "./advisory.ts";
import { compileRule } from "./compile.ts";
import type { Advisory, CasedRule } from "./compiled.ts";
import type { Place } from "./compiled-case.ts";
import { invalid, readDocument } from "./document.ts";
import { advisoryFolders, noRules, readRuleFile, ruleFiles, shippedRules, shown } from "./files.ts";
import { RuleProblem } from "./problem.ts";
import { type RuleFile, rule as ruleSchema } from "./schema.ts";
import { type AdvisoryFile, advisory as advisorySchema } from "./schema-advisory.ts";

/** One rule file that loads, with the means to say where in it something stands. */
export interface RuleSource {
  rule: CasedRule;
  file: RuleFile;
  place(path: PropertyKey[]): Place;
}

/** One advisory.yaml that loads. */
export interface AdvisorySource {
  advisory: Advisory;
  file: AdvisoryFile;
  place(path: PropertyKey[]): Place;
}

/** What lies at a path: rules that load, and what is wrong with the others. */
export interface RuleTree {
  rules: RuleSource[];
  advisories: AdvisorySource[];
  /** One or more lines of `file:line:col: problem` each. */
  problems: string[];
}

/** Loads a folder of advisories, one advisory's folder, or one rule file.
 * Experimental rules load; deprecated ones keep their id and are not loaded. Throws RULE_INVALID or NO_INPUT. */
export function loadRules(path: string = shippedRules()): CasedRule[] {
  const rules: CasedRule[] = [];
  // Of thousands of files no document is kept.
  const { problems } = walk(path, ({ rule }) => rules.push(rule));
  if (problems.length > 0) throw invalid(problems);
  if (rules.length === 0) throw noRules(path);
  return rules;
}

/** Reads what `loadRules` loads, faults and all. Throws NO_INPUT where there is no such path. */
export function readRules(path: string): RuleTree {
  const rules: RuleSource[] = [];
  return { rules, ...walk(path, (source) => rules.push(source)) };
}

function walk(path: string, found: (source: RuleSource) => void): Omit<RuleTree, "rules"> {
  const advisories: AdvisorySource[] = [];
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const folder of advisoryFolders(path)) {
    const advisory = collect(problems, () => loadAdvisory(folder));
    if (advisory === null) continue;
    advisories.push(advisory);
    const only = statSync(path).isFile() ? basename(path) : null;
    for (const file of ruleFiles(folder)) {
      if (only !== null && file !== only) continue;
      const source = collect(problems, () => loadRule(join(folder, file), advisory.advisory));
      if (source === null) continue;
      const { rule } = source;
      const other = seen.get(rule.id);
      if (other !== undefined) problems.push(`${rule.file}:1:1: the id "${rule.id}" is taken by ${other}`);
      seen.set(rule.id, rule.file);
      if (rule.status !== "deprecated") found(source);
    }
  }
  return { advisories, problems };
}

/** The advisories of a folder, with rules or without; `rules` are those that it has. Throws as `loadRules` does. */
export function loadAdvisories(path: string = shippedRules(), rules: CasedRule[] = loadRules(path)): Advisory[] {
  const ruled = rules.map((rule) => rule.advisory);
  const bare = advisoryFolders(path).filter((folder) => ruleFiles(folder).length === 0);
  const all = new Map(
    [...ruled, ...bare.map((folder) => loadAdvisory(folder).advisory)].map((advisory) => [advisory.id, advisory]),
  );
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function loadAdvisory(folder: string): AdvisorySource {
  const path = join(folder, "advisory.yaml");
  const source = readRuleFile(path).toString("utf8");
  const document = readDocument(advisorySchema, shown(path), source);
  const { value: file, place } = document;
  return document.locate(() => {
    const name = basename(resolve(folder));
    if (file.id !== name) throw new RuleProblem(["id"], `must be the folder's name, "${name}"`);
    return { advisory: compileAdvisory(file, source), file, place };
  });
}

/** Reads a rule from the text of its file; throws RULE_INVALID. */
export function readRule(path: string, source: string, advisory: Advisory): CasedRule {
  return readRuleSource(path, source, advisory).rule;
}

function loadRule(path: string, advisory: Advisory): RuleSource {
  return readRuleSource(path, readRuleFile(path).toString("utf8"), advisory);
}

function readRuleSource(path: string, source: string, advisory: Advisory): RuleSource {
  const document = readDocument(ruleSchema, shown(path), source);
  const { value: file, place } = document;
  return document.locate(() => {
    const stem = basename(path).replace(/\.ya?ml$/, "");
    if (file.id !== stem) throw new RuleProblem(["id"], `must be the file's name, "${stem}"`);
    const firing = file.tests.some((test) => test.expect !== undefined && test.expect.length > 0);
    const quiet = file.tests.some((test) => test.expect?.length === 0);
    if (file.status === "stable" && !(firing && quiet)) {
      throw new RuleProblem(
        ["tests"],
        `a stable rule needs a case that fires and one that stays quiet; the ${firing ? "quiet" : "firing"} one is missing`,
      );
    }
    return { rule: compileRule(document, advisory, shown(path), source), file, place };
  });
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
  ELOOP: "is a link that leads back to itself",
};
