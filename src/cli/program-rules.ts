/** `telltale rules …`: names of commands, their arguments and help. */
import { commandGroup, json, lang, rulesPath } from "./program-options.ts";

/** The detections. */
export const rules = commandGroup("rules").description("The detections.");
rules
  .command("list")
  .description("Every detection, with its level, status and advisory.")
  .addOption(rulesPath())
  .addOption(json())
  .action(async (options) => (await import("./rules.ts")).listRulesCommand(options));
rules
  .command("show")
  .description("One detection: its signals, verdicts, cases and innocent causes.")
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
