/** Rules for work: compiled ones where there are such, else read from their files. */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import about from "../../package.json" with { type: "json" };
import { TelltaleError } from "../error.ts";
import type { Advisory, CompiledRule } from "./compiled.ts";
import { sha256 } from "./digest.ts";
import { advisoryFolders, isCompiled, ruleFiles, shippedRules, shown } from "./files.ts";
import { originOf, pack, type RuleSet, unpack } from "./pack.ts";

/** The shipped rules as the build compiled them. */
const AHEAD = fileURLToPath(new URL("../rules.json", import.meta.url));

/** What `loadRules` gives, without cases; throws as it does. */
export async function openRules(path: string = shippedRules()): Promise<CompiledRule[]> {
  return compiledRules(path)?.rules ?? (await import("./load.ts")).loadRules(path);
}

/** What `loadAdvisories` gives; throws as it does. */
export async function openAdvisories(path: string = shippedRules()): Promise<Advisory[]> {
  return compiledRules(path)?.advisories ?? (await import("./load.ts")).loadAdvisories(path);
}

/** Rules for which no rule file need be parsed: those of a compiled file that `path` names, or the shipped ones as long
 * as their files say what they did when they were compiled; null for others. Throws NO_INPUT, DATA_INVALID. */
export function compiledRules(path: string = shippedRules()): RuleSet | null {
  if (isCompiled(path)) return ofFile(path);
  if (resolve(path) !== shippedRules()) return null;
  const text = read(AHEAD);
  const origin = text === null ? null : originOf(text);
  if (text === null || origin?.telltale !== about.version || origin.sources !== sourcesOf(path)) return null;
  return unpack(text, join(shown(path), "/"));
}

/** The rules of a folder, and the text of a compiled file of them. Throws as `loadRules` does. */
export async function compileRules(path: string): Promise<{ rules: CompiledRule[]; text: string }> {
  const { loadAdvisories, loadRules } = await import("./load.ts");
  // Taken before: when a file changes while it is read, the digest fits neither.
  const sources = sourcesOf(path);
  const rules = loadRules(path);
  const fileOf = ({ file }: CompiledRule) => relative(resolve(path), resolve(file));
  return { rules, text: pack(rules, loadAdvisories(path, rules), { telltale: about.version, sources }, fileOf) };
}

function ofFile(path: string): RuleSet {
  const text = read(path);
  if (text === null)
    throw new TelltaleError("NO_INPUT", `${path}: no such file, or it may not be read`, "Name a file that is there.");
  const origin = originOf(text);
  const hint = "Write it anew: `telltale rules compile FOLDER -o FILE`.";
  if (origin === null) throw new TelltaleError("DATA_INVALID", `${path}: no compiled rules, or damaged`, hint);
  if (origin.telltale !== about.version)
    throw new TelltaleError(
      "DATA_INVALID",
      `${path}: compiled by Telltale ${origin.telltale}, not ${about.version}`,
      hint,
    );
  return unpack(text, `${shown(path)}/`);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}

/** Digest of the names and texts of all rule files of a folder; empty where one of them cannot be read. */
function sourcesOf(path: string): string {
  const files = advisoryFolders(path).flatMap((folder) =>
    ["advisory.yaml", ...ruleFiles(folder)].map((name) => join(folder, name)),
  );
  const texts = files.map((file) => read(file));
  if (texts.includes(null)) return "";
  return sha256(files.map((file, i) => `${relative(path, file)} ${texts[i]!.length}\n${texts[i]}`).join("\n"));
}
