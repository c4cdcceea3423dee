/** The command line as data: names of commands, their arguments and help; each command lives in a file of its own. */
import { readFileSync } from "node:fs";
import { Option } from "commander";
import { wholeNumber } from "./arguments.ts";
import { alerts } from "./program-alerts.ts";
import { devices } from "./program-devices.ts";
import { collect, commandGroup, DEFAULT_DB, db, examples, json, lang, rulesPath, tz } from "./program-options.ts";
import { outputs, silence } from "./program-outputs.ts";
import { rules } from "./program-rules.ts";

const version = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

/** The whole of `telltale`; nothing runs before it parses a command line. */
export const program = commandGroup("telltale")
  .description(
    "Reads Cisco router syslog, raises an alert when it shows an indicator of compromise, and says how to recover.",
  )
  .version(version);

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
  .option("--operations", "observe the routers' logging too: silence, clocks that jump, losses, address conflicts")
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

program
  .command("assess")
  .description(
    "Which routers are exposed: from terminal captures of show version, show processes, show install active.",
  )
  .argument("<file...>", "captures of any routers: plain, .gz or .zst files, or - for stdin")
  .addOption(
    new Option("--format <format>", "text or json (default: text on a terminal, json in a pipe)").choices([
      "text",
      "json",
    ]),
  )
  .addOption(json())
  .addOption(new Option("--db <file>", "keep the result with the devices of this database, for lists and alerts"))
  .option("--fail-on-vulnerable", "exit 1 when a device is vulnerable to an advisory")
  .addOption(rulesPath())
  .addOption(lang())
  .addHelpText(
    "after",
    examples([
      "telltale assess samples/captures/asr9k-before-upgrade.txt",
      "telltale assess captures/*.txt --db data/telltale.db",
      "ssh edge1 'show version' | telltale assess - --format json",
    ]),
  )
  .action(async (files, options) => (await import("./assess.ts")).assessCommand(files, options));

program.addCommand(alerts);
program.addCommand(devices);
program.addCommand(rules);
program.addCommand(outputs);
program.addCommand(silence);

program
  .command("stats")
  .description("Every counter of the listener.")
  .option("--unparsed", "the newest lines that were not understood, as JSON lines")
  .addOption(db())
  .addOption(json())
  .action(async (options) => (await import("./stats.ts")).statsCommand(options));
