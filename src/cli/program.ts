/** The command line as data: names of commands, their arguments and help; each command lives in a file of its own. */
import { type Command, Option } from "commander";
import about from "../../package.json" with { type: "json" };
import { wholeNumber } from "./arguments.ts";
import { addAlerts } from "./program-alerts.ts";
import { addDatabase } from "./program-db.ts";
import { addDevices } from "./program-devices.ts";
import { collect, commandGroup, DEFAULT_DB, db, examples, json, lang, rulesPath, tz } from "./program-options.ts";
import { addOutputs, addSilence } from "./program-outputs.ts";
import { addRules } from "./program-rules.ts";

/** Groups of commands; to make those takes time at every start. */
const GROUPS = [
  ["alerts", "The history of alerts: list, read, acknowledge, tick off steps, close.", addAlerts],
  ["devices", "The routers that were heard.", addDevices],
  ["rules", "The detections.", addRules],
  ["outputs", "Where alerts go: what waits, what was given up; try one.", addOutputs],
  ["silence", "Silences and maintenance windows: alerts are recorded, and nobody is told.", addSilence],
  ["db", "The database file: copy it, look it over, give up what is old.", addDatabase],
] as const;

/** The whole of `telltale`, save that a group has its commands only when it is among the words of the command line. */
export function createProgram(words: readonly string[]): Command {
  const program = commandGroup("telltale")
    .description(
      "Reads Cisco router syslog, raises an alert when it shows an indicator of compromise, and says how to recover.",
    )
    .version(about.version);

  program
    .command("listen")
    .description("Listen for syslog, judge it, store and print alerts.")
    .option("--config <file>", "YAML configuration")
    .addOption(new Option("--db <file>", `SQLite database (default: ${DEFAULT_DB})`).env("TELLTALE_DB"))
    .option("--udp <address>", "UDP address; may be given several times (default: 5514 on all addresses)", collect)
    .option("--tcp <address>", "TCP address; may be given several times (default: 5514 on all addresses)", collect)
    .option("--http <address>", "answer /healthz, /readyz and /metrics there; a port alone is for this machine only")
    .option(
      "--tls <address>",
      "TLS address; may be given several times; the configuration names the certificate",
      collect,
    )
    .option(
      "--port-file <file>",
      "write the addresses here, one a line, once it listens: with port 0 the system chooses",
    )
    .option("--user <name>", "started as root: become this user (or UID:GID) once the ports are open")
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

  for (const [name, description, add] of GROUPS) {
    const group = commandGroup(name).description(description);
    if (words.includes(name)) add(group);
    program.addCommand(group);
  }

  program
    .command("stats")
    .description("Every counter of the listener.")
    .option("--unparsed", "the newest lines that were not understood, as JSON lines")
    .addOption(db())
    .addOption(json())
    .action(async (options) => (await import("./stats.ts")).statsCommand(options));
  return program;
}
