/** `telltale rules …`: names of commands, their arguments and help. */
import { type Command, Option } from "commander";
import { wholeNumber } from "./arguments.ts";
import { examples, json, lang, rulesPath } from "./program-options.ts";

const watch = () => new Option("--watch", "run again each time the rule files change, until Ctrl-C");

/** Adds what stands below `telltale rules`. */
export function addRules(rules: Command): void {
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
    .command("new")
    .description("Make a rule to start from, and its advisory where that is new.")
    .argument("<advisory>", "id as Cisco prints it; the folder's name")
    .argument("[id]", "id of the rule; the file's name (default: new-signal or new-block)")
    .addOption(new Option("--signal", "a rule about single messages (default)").conflicts("block"))
    .addOption(new Option("--block", "a rule about several messages that form one report"))
    .addOption(new Option("--into <folder>", "folder of rules").default("rules").env("TELLTALE_RULES"))
    .addOption(json())
    .addHelpText(
      "after",
      examples([
        "telltale rules new cisco-sa-iosxe-xyz memory-failure",
        "telltale rules new cisco-sa-iosxr-abc buffer-report --block --into /etc/telltale/rules",
      ]),
    )
    .action(async (advisory, id, options) => (await import("./rules-new.ts")).newRuleCommand(advisory, id, options));
  rules
    .command("check")
    .description("Check rule files; every fault and doubt as file:line:col.")
    .argument("[path]", "a folder of rules, an advisory's folder, or one file (default: those that ship with Telltale)")
    .option("--strict", "exit 65 for warnings too")
    .addOption(watch())
    .addOption(json())
    .action(async (path, options) => (await import("./rules-check.ts")).checkRulesCommand(path, options));
  rules
    .command("test")
    .description("Run the cases at the foot of each rule file.")
    .argument("[path]", "a folder of rules, an advisory's folder, or one file (default: those that ship with Telltale)")
    .option("--case <name>", "only cases with this in their names")
    .addOption(watch())
    .addOption(json())
    .addHelpText(
      "after",
      examples(["telltale rules test rules/cisco-sa-iosxe-xyz --watch", "telltale rules test rules --case quiet"]),
    )
    .action(async (path, options) => (await import("./rules-test.ts")).testRulesCommand(path, options));
  rules
    .command("compile")
    .description("Check the rules of a folder and write them into one file, from which --rules takes them at once.")
    .argument("<path>", "a folder of rules, or an advisory's folder")
    .requiredOption("-o, --output <file>", "where to write them: a name that ends in .json")
    .addHelpText(
      "after",
      examples([
        "telltale rules compile /etc/telltale/rules -o rules.json",
        "telltale replay --rules rules.json /var/log/routers/*.gz",
      ]),
    )
    .action(async (path, options) => (await import("./rules-compile.ts")).compileRulesCommand(path, options));
  rules
    .command("explain")
    .description("Say how a line is understood, which rules look at it, and what is missing for an alert.")
    .argument(
      "<line...>",
      "log lines in quotes; FILE:LINE or FILE:FROM-TO of a capture or of a rule's cases; - for stdin",
    )
    .option("--rule <id>", "this rule only")
    .option("--from <address>", "take the lines for datagrams that arrive now from this address")
    .option("--year <year>", "year of stamps that have none", wholeNumber(1970, 9999))
    .addOption(rulesPath())
    .addOption(json())
    .addOption(lang())
    .addHelpText(
      "after",
      examples([
        "telltale rules explain samples/ipsec-flood-recovered.log:12",
        "telltale rules explain rules/cisco-sa-20131106-sip/sip-process-anomaly.yaml:80-84",
        `telltale rules explain '<187>1240: r2: *Nov  6 16:01:00.000: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.'`,
        "ssh collector tail -50 router.log | telltale rules explain -",
      ]),
    )
    .action(async (lines, options) => (await import("./explain.ts")).explainCommand(lines, options));
  rules
    .command("import")
    .description("Rules of Sigma (sigmahq.io) become rules of Telltale, with cases.")
    .argument("<file...>", "Sigma rules, folders of them, or - for standard input")
    .option("--into <dir>", "write into this folder of rules, or of an advisory, instead of to stdout")
    .option("--advisory <id>", "the advisory that they stand under (default: sigma-rules)")
    .option("--force", "replace rules that are there already")
    .addHelpText(
      "after",
      examples([
        "telltale rules import cisco_cli_clear_logs.yml",
        "telltale rules import sigma/rules/network/cisco --into rules",
      ]),
    )
    .action(async (files, options) => (await import("./import.ts")).importRulesCommand(files, options));
}
