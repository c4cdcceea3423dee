/** What several commands share: options, examples, and how a command answers a wrong line. */
import { Command, Option } from "commander";
import { escapeText } from "../output/escape.ts";
import { wholeNumber } from "./arguments.ts";

export const DEFAULT_DB = "./data/telltale.db";

export const db = () => new Option("--db <file>", "SQLite database").default(DEFAULT_DB).env("TELLTALE_DB");
export const json = () => new Option("--json", "JSON lines on stdout");
export const rulesPath = () =>
  new Option(
    "--rules <path>",
    "folder of rules, or a file of compiled ones (default: those that ship with Telltale)",
  ).env("TELLTALE_RULES");
export const lang = () => new Option("--lang <language>", "language of texts").choices(["en", "ja"]).default("en");
export const tz = () =>
  new Option("--tz <minutes>", "show times this many minutes east of UTC").argParser(wholeNumber(-840, 840));
/** An option that may be given several times. */
export const collect = (value: string, before: string[] = []) => [...before, value];

/** The program itself, or a group such as `alerts`; what is added to it inherits how it fails. */
export function commandGroup(name: string): Command {
  return (
    new Command(name)
      .showHelpAfterError("(telltale --help shows the commands)")
      .exitOverride()
      // What was typed may have been pasted from a log.
      .configureOutput({ outputError: (text, write) => write(escapeText(text, { keepNewlines: true })) })
      .configureHelp({ sortSubcommands: false })
  );
}

/** Help text of worked examples. */
export function examples(lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}
