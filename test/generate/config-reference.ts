/** docs/config.md: every option of the configuration file, from its schema. */
import { readFileSync } from "node:fs";
import { fieldTable } from "./fields.ts";
import { type JsonSchema, SCHEMAS } from "./json-schema.ts";
import { anchor, codeBlock, GENERATED } from "./markdown.ts";

/** The page. */
export function configReference(): string {
  const schema = SCHEMAS["samples/config.schema.json"] as JsonSchema;
  const definitions = schema.definitions ?? {};
  // What is no more than a form of a string is told where it stands.
  const sections = Object.values(definitions).filter((one) => one.type !== "string");
  const titled = new Set(sections.map((one) => one.title));
  const options = {
    definitions,
    link: (title: string) => (titled.has(title) ? `[${title}](#${anchor(title)})` : title),
  };
  const sample = readFileSync(new URL("../../samples/config.yaml", import.meta.url), "utf8");
  return `${[
    "# The configuration file",
    GENERATED,
    "`telltale listen --config FILE` reads a YAML file. Without it every option has its default. Options of the [command line](cli.md#telltale-listen) win over the file. A mistake is shown as `file:line:col: problem`, and the exit code is 78.",
    "Editors complete and check the file where its first line names [the schema](../samples/config.schema.json), as the sample does.",
    fieldTable(schema, options),
    ...sections.flatMap((one) => [`## ${one.title}`, one.description!, fieldTable(one, options)]),
    "## All of it, with the defaults",
    "This is [samples/config.yaml](../samples/config.yaml):",
    codeBlock(sample, "yaml"),
  ].join("\n\n")}\n`;
}
