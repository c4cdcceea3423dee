/** `telltale rules import`: rules of Sigma become rules of Telltale. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { importSigma } from "../rule/sigma/import.ts";
import { writeAdvisory } from "../rule/sigma/write.ts";
import { advisoryOf, finishDraft, type ImportedRule } from "../run/import.ts";
import { print } from "./terminal.ts";

export interface ImportOptions {
  into?: string;
  advisory?: string;
  force?: boolean;
}

/** Where the rules go: the folder of their advisory, and whether advisory.yaml is there already. */
interface Place {
  id: string;
  folder: string | null;
  text: string;
  isNew: boolean;
}

const DEFAULT_ADVISORY = "sigma-rules";

export async function importRulesCommand(paths: string[], options: ImportOptions): Promise<void> {
  const place = placeOf(options);
  const advisory = advisoryOf(join(place.folder ?? place.id, "advisory.yaml"), place.text);
  const { drafts, problems, warnings } = importSigma(paths.flatMap(sigmaFiles));
  const rules: ImportedRule[] = [];
  for (const draft of drafts) {
    try {
      rules.push(finishDraft(draft, advisory));
    } catch (error) {
      if (!(error instanceof TelltaleError)) throw error;
      problems.push(`${draft.document.file}:1:1: cannot be expressed here: ${error.message.replaceAll("\n", "; ")}`);
    }
  }
  if (place.folder === null) await printRules(rules, place);
  else writeRules(rules, place, options.force === true);
  const note = (text: string) => process.stderr.write(`${escapeText(text)}\n`);
  for (const warning of warnings) note(`warning: ${warning}`);
  for (const { id } of rules.filter(({ fires }) => !fires))
    note(
      `warning: no line could be made up that fires "${id}": add a case${place.folder === null ? "" : ` to ${shown(join(place.folder, `_${id}.yaml`))}, then take the _ from its name`}`,
    );
  if (place.folder !== null)
    note(`${rules.length} of ${rules.length + problems.length} rules imported into ${shown(place.folder)}`);
  if (problems.length === 0) return;
  throw new TelltaleError(
    "RULE_INVALID",
    problems.join("\n"),
    "What works of Sigma stands in docs/operator-guide/sigma.md. All other rules were imported.",
  );
}

/** One file, standard input, or every .yml and .yaml below a folder. */
function sigmaFiles(path: string): { file: string; text: string }[] {
  if (path === "-") return [{ file: "-", text: readFileSync(0, "utf8") }];
  if (!existsSync(path))
    throw new TelltaleError("NO_INPUT", `${path}: no such file or folder`, "Name Sigma rules, or a folder of them.");
  if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, "utf8") }];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => ({ file: join(path, name), text: readFileSync(join(path, name), "utf8") }));
}

/** An advisory's folder itself, or a folder of rules with one folder for each advisory. */
function placeOf({ into, advisory }: ImportOptions): Place {
  if (advisory !== undefined && !/^[A-Za-z0-9][\w.-]*$/.test(advisory))
    throw new TelltaleError(
      "USAGE",
      `"${advisory}" is no name of a folder`,
      "Give the advisory's id, such as sigma-rules.",
    );
  const isAdvisory = into !== undefined && advisory === undefined && existsSync(join(into, "advisory.yaml"));
  const id = advisory ?? (isAdvisory ? basename(resolve(into)) : DEFAULT_ADVISORY);
  const folder = into === undefined ? null : isAdvisory ? into : join(into, id);
  const file = folder === null ? null : join(folder, "advisory.yaml");
  if (file !== null && existsSync(file)) return { id, folder, text: readFileSync(file, "utf8"), isNew: false };
  const today = new Date().toISOString().slice(0, 10);
  return { id, folder, text: writeAdvisory(id, today), isNew: true };
}

async function printRules(rules: ImportedRule[], { id }: Place): Promise<void> {
  for (const [i, rule] of rules.entries())
    await print(`${i === 0 ? "" : "---\n"}# ${id}/${rule.fires ? "" : "_"}${rule.id}.yaml\n${rule.text}`);
}

/** Writes every file or none: one that is there stays unless it may be replaced. */
function writeRules(rules: ImportedRule[], { folder, text, isNew }: Place, force: boolean): void {
  const files = rules.map((rule) => ({ ...rule, path: join(folder!, `${rule.fires ? "" : "_"}${rule.id}.yaml`) }));
  const there = files.filter(({ path }) => existsSync(path));
  if (there.length > 0 && !force)
    throw new TelltaleError(
      "USAGE",
      there.map(({ path }) => `${shown(path)}: is there already`).join("\n"),
      "Give --force to replace it; what was changed in it by hand is lost.",
    );
  if (files.length === 0) return;
  mkdirSync(folder!, { recursive: true });
  if (isNew) writeFileSync(join(folder!, "advisory.yaml"), text);
  for (const file of files) writeFileSync(file.path, file.text);
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
