/** `telltale alerts …`: names of commands, their arguments and help. */
import { type Command, Option } from "commander";
import { wholeNumber } from "./arguments.ts";
import { collect, db, examples, json, lang, tz } from "./program-options.ts";

/** Adds what stands below `telltale alerts`. */
export function addAlerts(alerts: Command): void {
  const filters = (command: Command) =>
    command
      .option("--device <name>", "only this device; may be repeated", collect)
      .option("--rule <id>", "only this rule; may be repeated", collect)
      .option("--advisory <id>", "only this advisory; may be repeated", collect)
      .option("--level <level>", "only this level; may be repeated", collect)
      .option("--status <status>", "only this status; may be repeated", collect)
      .option("--since <time>", "heard of at this time or later (ISO 8601, or 2h, 3d ago)")
      .option("--until <time>", "begun at this time or earlier");
  filters(alerts.command("list").description("Alerts, the newest first."))
    .option("--limit <n>", "how many", wholeNumber(1, 1_000_000), 50)
    .addOption(
      new Option("--format <format>", "table, json or csv (default: table on a terminal, json in a pipe)").choices([
        "table",
        "json",
        "csv",
      ]),
    )
    .addOption(db())
    .addOption(json())
    .addOption(tz())
    .addHelpText(
      "after",
      examples([
        "telltale alerts list",
        "telltale alerts list --level critical --status open --since 24h",
        "telltale alerts list --device edge1 --json | jq -r .id",
        "telltale alerts list --since 30d --limit 100000 --format csv > alerts.csv",
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
}
