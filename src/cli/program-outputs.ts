/** `telltale outputs …` and `telltale silence …`: names of commands, their arguments and help. */
import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import { collect, db, examples, json, tz } from "./program-options.ts";

/** Adds what stands below `telltale outputs`. */
export function addOutputs(outputs: Command): void {
  outputs
    .command("list")
    .description("Every output: delivered, waiting and dead alerts, and its last error.")
    .addOption(db())
    .addOption(json())
    .action(async (options) => (await import("./outputs.ts")).listOutputsCommand(options));
  outputs
    .command("test")
    .description("Send one output an alert that is marked as a test; what it is told of otherwise plays no part.")
    .argument("<name>", "as the configuration names it")
    .option("--config <file>", "YAML configuration")
    .addHelpText("after", examples(["telltale outputs test noc --config /etc/telltale/config.yaml"]))
    .action(async (name, options) => (await import("./outputs.ts")).testOutputCommand(name, options));
  outputs
    .command("retry")
    .description("Put dead alerts back, to be tried again.")
    .argument("[name]", "only those of this output")
    .addOption(db())
    .action(async (name, options) => (await import("./outputs.ts")).retryOutputsCommand(name, options));
}

/** Adds what stands below `telltale silence`. */
export function addSilence(silence: Command): void {
  silence
    .command("add")
    .description("Tell nobody of some alerts for some time; what still waits for somebody then is told once.")
    .option("--device <name>", "of this device; may be repeated", collect)
    .option("--rule <id>", "of this rule; may be repeated", collect)
    .option("--for <length>", "so long: 90m, 2h, 3d")
    .option("--from <time>", "from then on (ISO 8601; default: now)")
    .option("--until <time>", "until then, instead of --for")
    .requiredOption("--comment <text>", "why")
    .addOption(db())
    .addOption(json())
    .addHelpText(
      "after",
      examples([
        "telltale silence add --device edge1.fra --for 2h --comment 'upgrade to 6.4.3'",
        "telltale silence add --device edge1 --device edge2 --from 2026-03-04T01:00Z --until 2026-03-04T05:00Z --comment window",
        "telltale silence add --rule unexplained-restart --for 1d --comment 'power works in FRA'",
      ]),
    )
    .action(async (options) => (await import("./silence.ts")).addSilenceCommand(options));
  silence
    .command("list")
    .description("Silences that are not over, the newest first.")
    .option("--all", "those that are over too")
    .addOption(db())
    .addOption(json())
    .addOption(tz())
    .action(async (options) => (await import("./silence.ts")).listSilencesCommand(options));
  silence
    .command("expire")
    .description("End a silence now.")
    .argument("<id>", "its number, as in `silence list`", wholeNumber(1, 999_999_999))
    .addOption(db())
    .addOption(json())
    .action(async (id, options) => (await import("./silence.ts")).expireSilenceCommand(id, options));
}
