/** A new rule from the short templates: which files, and what stands in them. */
import { existsSync, lstatSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TelltaleError } from "../error.ts";
import { shippedRules } from "./files.ts";

export interface NewRule {
  advisory: string;
  rule: string;
  kind: "signal" | "block";
  /** The folder of rules that it goes into. */
  into: string;
}

/** A file to be written; it is not there yet. */
export interface NewFile {
  path: string;
  text: string;
}

/** The files of a new rule: the rule, and the advisory where that is new too. Nothing is written.
 * Throws USAGE for an id that is no plain name, and for a file that is there already. */
export function scaffold({ advisory, rule, kind, into }: NewRule): NewFile[] {
  need(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(advisory), `"${advisory}" is no id of an advisory`, ADVISORY_HINT);
  need(/^[a-z][a-z0-9-]{0,99}$/.test(rule), `"${rule}" is no id of a rule`, RULE_HINT);
  const folder = join(into, advisory);
  // A link would lead elsewhere.
  if (kindOf(folder)?.isDirectory() === false)
    throw new TelltaleError("USAGE", `${folder}: is there already and is no folder`, "Take it away, or use --into.");
  const ruleFile = join(folder, `${rule}.yaml`);
  need(!isThere(ruleFile), `${ruleFile}: is there already`, "Give another RULE-ID; nothing is overwritten.");
  const advisoryFile = join(folder, "advisory.yaml");
  const files = isThere(advisoryFile) ? [] : [{ path: advisoryFile, text: template("advisory", into) }];
  files.push({ path: ruleFile, text: template(kind, into) });
  return files.map(({ path, text }) => ({
    path,
    text: text
      .replaceAll("cisco-sa-example", advisory)
      .replaceAll(`"example-${kind} on`, `"${sentence(rule)} on`)
      .replaceAll(`id: example-${kind}\n`, `id: ${rule}\n`),
  }));
}

const ADVISORY_HINT = "It is what Cisco prints, such as cisco-sa-20131106-sip: letters, digits and dashes.";
const RULE_HINT = "It becomes the file's name: lower-case letters, digits and dashes, such as memory-failure.";

function template(name: string, into: string): string {
  const text = readFileSync(join(shippedRules(), "_template", "new", `${name}.yaml`), "utf8");
  const schemas = existsSync(join(into, "_schema"))
    ? "../_schema"
    : pathToFileURL(join(shippedRules(), "_schema")).href;
  return text.replace("$schema=../../_schema/", () => `$schema=${schemas}/`);
}

/** `memory-failure` -> `Memory failure`. */
function sentence(id: string): string {
  return `${id[0]!.toUpperCase()}${id.slice(1).replaceAll("-", " ")}`;
}

/** Also true for a link that leads nowhere. */
function isThere(path: string): boolean {
  return kindOf(path) !== null;
}

/** Null also where nothing can be: whoever writes there is told why. */
function kindOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function need(fine: boolean, message: string, hint: string): void {
  if (!fine) throw new TelltaleError("USAGE", message, hint);
}
