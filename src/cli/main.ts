#!/usr/bin/env node
/** The command line: names of commands, their arguments and help; each command lives in a file of its own. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { TelltaleError } from "../error.ts";
import { wholeNumber } from "./arguments.ts";
import { dieQuietlyOnClosedPipe, printError } from "./terminal.ts";

const version = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
const DEFAULT_DB = "./data/telltale.db";

const program = new Command("telltale")
  .description(
    "Reads Cisco router syslog, raises an alert when it shows an indicator of compromise, and says how to recover.",
  )
  .version(version)
  .showHelpAfterError("(telltale --help shows the commands)")
  .exitOverride()
  .configureHelp({ sortSubcommands: false });

const db = () => new Option("--db <file>", "SQLite database").default(DEFAULT_DB).env("TELLTALE_DB");
const json = () => new Option("--json", "JSON lines on stdout");
const rulesPath = () =>
  new Option("--rules <path>", "folder of rules (default: those that ship with Telltale)").env("TELLTALE_RULES");
const lang = () => new Option("--lang <language>", "language of texts").choices(["en", "ja"]).default("en");
const tz = () =>
  new Option("--tz <minutes>", "show times this many minutes east of UTC").argParser(wholeNumber(-840, 840));
const collect = (value: string, before: string[] = []) => [...before, value];

program
  .command("listen")
  .description("Listen for syslog, judge it, store and print alerts.")
  .option("--config <file>", "YAML configuration")
  .addOption(new Option("--db <file>", `SQLite database (default: ${DEFAULT_DB})`).env("TELLTALE_DB"))
  .option("--udp <address>", "UDP address; may be given several times (default: 5514 on all addresses)", collect)
  .option("--tcp <address>", "TCP address; may be given several times (default: 5514 on all addresses)", collect)
  .addOption(rulesPath())
  .addOption(lang())
  .addOption(json())
  .addHelpText(
    "after",
    examples([
      "telltale listen",
      "telltale listen --udp 0.0.0.0:514 --udp '[::]:514' --db /var/lib/telltale/telltale.db",
      "telltale listen --config samples/config.yaml --json | jq .title",
    ]),
  )
  .action(async (options) => (await import("./listen.ts")).listenCommand(options));

program
  .command("replay")
  .description("Run captured logs through the rules: plain, .gz or .zst files, or - for stdin.")
  .argument("<file...>", "captures; several are one stream, ordered by their first dated line")
  .addOption(
    new Option("--format <format>", "text or json (default: text on a terminal, json in a pipe)").choices([
      "text",
      "json",
    ]),
  )
  .addOption(json())
  .addOption(new Option("--db <file>", "store alerts and devices in this database too"))
  .option("--fail-on-alert", "exit 1 when there is an alert above informational")
  .option("--year <year>", "year of stamps that have none", wholeNumber(1970, 9999))
  .option("--until <time>", "let time pass until then after the last line (ISO 8601)")
  .addOption(rulesPath())
  .addOption(lang())
  .addOption(tz())
  .addHelpText(
    "after",
    examples([
      "telltale replay samples/ipsec-flood-recovered.log",
      "telltale replay /var/log/routers/*.gz --fail-on-alert",
      "ssh collector cat router.log | telltale replay - --format json",
    ]),
  )
  .action(async (files, options) => (await import("./replay.ts")).replayCommand(files, options));

program
  .command("parse")
  .description("Show what Telltale understands of each message: one JSON line each.")
  .argument("<file...>", "captures, or - for stdin")
  .option("--year <year>", "year of stamps that have none", wholeNumber(1970, 9999))
  .addHelpText(
    "after",
    examples([
      "telltale parse router.log | jq 'select(.tag == null)'",
      `echo '<189>29: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured from console' | telltale parse -`,
    ]),
  )
  .action(async (files, options) => (await import("./parse.ts")).parseCommand(files, options));

const alerts = program
  .command("alerts")
  .description("The history of alerts: list, read, acknowledge, tick off steps, close.");
const filters = (command: Command) =>
  command
    .option("--device <name>", "only this device; may be repeated", collect)
    .option("--rule <id>", "only this rule; may be repeated", collect)
    .option("--advisory <id>", "only this advisory; may be repeated", collect)
    .option("--level <level>", "only this level; may be repeated", collect)
    .option("--status <status>", "only this status; may be repeated", collect)
    .option("--since <time>", "heard of at this time or later (ISO 8601, or 2h, 3d ago)")
    .option("--until <time>", "begun at this time or earlier");
filters(alerts.command("list").description("Newest first."))
  .option("--limit <n>", "how many", wholeNumber(1, 1_000_000), 50)
  .addOption(db())
  .addOption(json())
  .addOption(tz())
  .addHelpText(
    "after",
    examples([
      "telltale alerts list",
      "telltale alerts list --level critical --status open --since 24h",
      "telltale alerts list --device edge1 --json | jq -r .id",
    ]),
  )
  .action(async (options) => (await import("./alerts.ts")).listCommand(options));
alerts
  .command("show")
  .description("One alert whole, with its evidence and runbook.")
  .argument("<id>", "id, or its first 6 or more characters")
  .addOption(db())
  .addOption(json())
  .addOption(lang())
  .addOption(tz())
  .action(async (id, options) => (await import("./alerts.ts")).showCommand(id, options));
const note = () => new Option("--note <text>", "a note for the history");
alerts
  .command("ack")
  .description("Acknowledge an alert: somebody is on it.")
  .argument("<id>")
  .addOption(note())
  .addOption(db())
  .action(async (id, options) => (await import("./act.ts")).actCommand({ kind: "ack", id, ...options }));
alerts
  .command("done")
  .description("Tick a runbook step that the router's log did not show.")
  .argument("<id>")
  .argument("<step>", "id of the step, as in `alerts show --json`")
  .addOption(note())
  .addOption(db())
  .action(async (id, step, options) => (await import("./act.ts")).actCommand({ kind: "done", id, step, ...options }));
alerts
  .command("close")
  .description("Close an alert; a later report opens a new one.")
  .argument("<id>")
  .addOption(new Option("--as <disposition>", "what it was").choices(["confirmed", "false-alarm"]))
  .addOption(note())
  .addOption(db())
  .action(async (id, options) => (await import("./act.ts")).actCommand({ kind: "close", id, ...options }));
filters(alerts.command("export").description("Whole alerts as JSON lines, oldest first."))
  .addOption(db())
  .action(async (options) => (await import("./alerts.ts")).exportCommand(options));
alerts
  .command("stats")
  .description("How many alerts by level, status, rule, advisory and device.")
  .addOption(db())
  .addOption(json())
  .action(async (options) => (await import("./alerts.ts")).statsCommand(options));

const devices = program.command("devices").description("The routers that were heard.");
devices
  .command("list")
  .addOption(
    new Option("--exposure <state>", "only devices with this exposure to some advisory").choices([
      "vulnerable",
      "fixed",
      "not-affected",
      "unknown",
    ]),
  )
  .addOption(db())
  .addOption(json())
  .addOption(tz())
  .action(async (options) => (await import("./devices.ts")).listDevicesCommand(options));
devices
  .command("show")
  .description("What is known of one router, and its history.")
  .argument("<name>")
  .addOption(db())
  .addOption(json())
  .addOption(tz())
  .action(async (name, options) => (await import("./devices.ts")).showDeviceCommand(name, options));

const rules = program.command("rules").description("The detections.");
rules
  .command("list")
  .addOption(rulesPath())
  .addOption(json())
  .action(async (options) => (await import("./rules.ts")).listRulesCommand(options));
rules
  .command("show")
  .argument("<id>")
  .addOption(rulesPath())
  .addOption(json())
  .addOption(lang())
  .action(async (id, options) => (await import("./rules.ts")).showRuleCommand(id, options));
rules
  .command("check")
  .description("Check rule files; every fault as file:line:col: problem.")
  .argument("[path]", "a folder of rules, an advisory's folder, or one file")
  .addOption(json())
  .action(async (path, options) => (await import("./rules.ts")).checkRulesCommand(path, options));
rules
  .command("test")
  .description("Run the cases at the foot of each rule file.")
  .argument("[path]", "a folder of rules, an advisory's folder, or one file")
  .addOption(json())
  .action(async (path, options) => (await import("./rules.ts")).testRulesCommand(path, options));

program
  .command("stats")
  .description("Every counter of the listener.")
  .option("--unparsed", "the newest lines that were not understood, as JSON lines")
  .addOption(db())
  .addOption(json())
  .action(async (options) => (await import("./stats.ts")).statsCommand(options));

function examples(lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

dieQuietlyOnClosedPipe();
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64;
  else if (error instanceof TelltaleError) {
    printError(error);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 70;
  }
}
