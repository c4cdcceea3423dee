/** docs/cli.md: every command with its arguments, options and examples, from the program itself. */
import { type Command, Help, type Option } from "commander";
import { createProgram } from "../../src/cli/program.ts";
import { anchor, code, codeBlock, GENERATED, table } from "./markdown.ts";

const words = new Help();

/** The page. */
export function cliReference(): string {
  const commands = leaves(createProgram(["alerts", "devices", "rules"]), []);
  const contents = commands.map(({ path, command }) => `- [${path}](#${anchor(path)}): ${command.description()}`);
  return `${[
    "# The command line",
    GENERATED,
    "Data goes to stdout, everything else to stderr. `--json` gives JSON lines. `--help` after any command prints what stands here. Exit codes are in the [README](../README.md#exit-codes).",
    contents.join("\n"),
    ...commands.map(section),
  ].join("\n\n")}\n`;
}

interface Leaf {
  path: string;
  command: Command;
}

function leaves(command: Command, before: string[]): Leaf[] {
  const path = [...before, command.name()];
  const inner = words.visibleCommands(command).filter((one) => one.name() !== "help");
  return inner.length === 0 ? [{ path: path.join(" "), command }] : inner.flatMap((one) => leaves(one, path));
}

function section({ path, command }: Leaf): string {
  const usage = `${path} ${command.usage()}`.replace("[options]", "").replace(/ {2,}/g, " ").trim();
  const args = command.registeredArguments.map((one) => [code(argumentName(one.name(), one)), one.description]);
  const options = words.visibleOptions(command).filter((one) => one.long !== "--help");
  return [
    `## ${path}`,
    command.description(),
    codeBlock(options.length === 0 ? usage : `${usage} [options]`),
    ...(args.length === 0 ? [] : [table(["argument", "meaning"], args)]),
    ...(options.length === 0
      ? []
      : [
          table(
            ["option", "meaning"],
            options.map((one) => [code(one.flags), meaning(one)]),
          ),
        ]),
    ...examplesOf(command),
  ].join("\n\n");
}

function argumentName(name: string, { required, variadic }: { required: boolean; variadic: boolean }): string {
  const full = variadic ? `${name}...` : name;
  return required ? `<${full}>` : `[${full}]`;
}

function meaning(option: Option): string {
  const facts = [
    ...(option.argChoices ? [`one of ${option.argChoices.map(code).join(", ")}`] : []),
    ...(option.defaultValue === undefined ? [] : [`default ${code(String(option.defaultValue))}`]),
    ...(option.envVar ? [`variable ${code(option.envVar)}`] : []),
  ];
  const text = option.description.replaceAll("<", "\\<");
  return facts.length === 0 ? text : `${text}; ${facts.join(", ")}`;
}

/** The examples that a command's help prints below its options. */
function examplesOf(command: Command): string[] {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  const shown = text.split("\nExamples:\n")[1];
  if (shown === undefined) return [];
  return [codeBlock(shown.trimEnd().replace(/^ {2}\$ /gm, ""), "sh")];
}
