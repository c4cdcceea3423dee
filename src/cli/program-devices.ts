/** `telltale devices …`: names of commands, their arguments and help. */
import { type Command, Option } from "commander";
import { wholeNumber } from "./arguments.ts";
import { collect, db, examples, json, rulesPath, tz } from "./program-options.ts";

/** Adds what stands below `telltale devices`. */
export function addDevices(devices: Command): void {
  devices
    .command("list")
    .description("Every router, with its system, release, losses and clock.")
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
    .description("What is known of one router, and its story: evidence, acts, boots, conflicts, settings, alerts.")
    .argument("<name>", "its name, or an alias that is set")
    .option("--since <time>", "only what happened at this time or later (ISO 8601, or 2h, 3d ago)")
    .option("--limit <n>", "the newest so many entries (default: 50, in JSON all)", wholeNumber(1, 1_000_000))
    .addOption(db())
    .addOption(json())
    .addOption(tz())
    .action(async (name, options) => (await import("./devices.ts")).showDeviceCommand(name, options));
  devices
    .command("set")
    .description("Say what a router is: names, addresses, system, release. It outranks what the log tells.")
    .argument("<name>", "as it is to be shown")
    .option("--alias <name>", "another name under which it logs; may be repeated", collect)
    .option("--address <address>", "an address or network that it sends from; may be repeated", collect)
    .option(
      "--certificate <name>",
      "a name in the certificate that proves it over TLS, or sha256: and its fingerprint; may be repeated",
      collect,
    )
    .addOption(new Option("--os <system>", "the system that it runs").choices(["ios", "ios-xe", "ios-xr", "nx-os"]))
    .option("--release <release>", "as `show version` prints it: 6.4.2, 15.1(4)M5")
    .option("--platform <platform>", "as the advisory's data names it: asr9k-px")
    .option("--smu <bug>", "an installed maintenance upgrade: CSCvr75998; may be repeated", collect)
    .option(
      "--clear <field>",
      "forget alias, address, certificate, os, release, platform, smu or processes before the rest is set; may be repeated",
      collect,
    )
    .addOption(rulesPath())
    .addOption(db())
    .addOption(json())
    .addHelpText(
      "after",
      examples([
        "telltale devices set edge1.fra --os ios-xr --release 6.4.2 --platform asr9k-px",
        "telltale devices set edge1.fra --alias edge1 --address 192.0.2.7 --address 2001:db8::/64",
        "telltale devices set edge1.fra --certificate edge1.fra.example.net",
        "telltale devices set edge1.fra --clear address",
      ]),
    )
    .action(async (name, options) => (await import("./devices-set.ts")).setDeviceCommand(name, options));
}
