/** `telltale db …`: names of commands, their arguments and help. */
import type { Command } from "commander";
import { db, examples, json } from "./program-options.ts";

/** Adds what stands below `telltale db`. */
export function addDatabase(database: Command): void {
  database
    .command("backup")
    .description("Copy the database into one file, also while a listener writes to it.")
    .argument("<file>", "where to; only this user will be able to read it")
    .option("--force", "replace the file if it is there")
    .addOption(db())
    .addOption(json())
    .addHelpText("after", examples(["telltale db backup /var/backups/telltale.db --force"]))
    .action(async (file, options) => (await import("./db.ts")).backupCommand(file, options));
  database
    .command("check")
    .description("Read the whole database and say whether it is sound; exit 74 when it is not.")
    .addOption(db())
    .addOption(json())
    .action(async (options) => (await import("./db.ts")).checkCommand(options));
  database
    .command("prune")
    .description("Remove what is over and old, as a listener does by itself; alerts that are not over stay.")
    .option("--age <length>", "remove what had no news for so long, such as 90d (default: 400d)")
    .option("--size <size>", "then more, until the database holds no more than this, such as 500MB (default: 5GB)")
    .addOption(db())
    .addOption(json())
    .addHelpText("after", examples(["telltale db prune --age 90d", "telltale db prune --size 500MB --json"]))
    .action(async (options) => (await import("./db.ts")).pruneCommand(options));
}
