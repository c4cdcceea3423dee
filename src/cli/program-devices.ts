/** `telltale devices …`: names of commands, their arguments and help. */
import { Option } from "commander";
import { commandGroup, db, json, tz } from "./program-options.ts";

/** The routers that were heard. */
export const devices = commandGroup("devices").description("The routers that were heard.");
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
  .description("What is known of one router, and its history.")
  .argument("<name>")
  .addOption(db())
  .addOption(json())
  .addOption(tz())
  .action(async (name, options) => (await import("./devices.ts")).showDeviceCommand(name, options));
