/** `telltale rules compile`: rules are read and checked once and kept in one file, which every command has at once. */
import { renameSync, writeFileSync } from "node:fs";
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { countRules } from "../rule/count.ts";
import { compileRules } from "../rule/open.ts";
import { print } from "./terminal.ts";

export async function compileRulesCommand(path: string, { output }: { output: string }): Promise<void> {
  if (!output.endsWith(".json"))
    throw new TelltaleError("USAGE", `${output}: compiled rules are known by .json`, "Name a file such as rules.json.");
  const { rules, text } = await compileRules(path);
  try {
    // Whoever reads it meanwhile has the old one or the new one whole.
    writeFileSync(`${output}.part`, text);
    renameSync(`${output}.part`, output);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TelltaleError("IO", `${output}: ${why}`, "Name a file in a folder that may be written.", error);
  }
  await print(`${escapeText(output)}: ${countRules(rules)}\n`);
}
