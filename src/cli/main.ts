#!/usr/bin/env node
/** Runs the command line: errors become a message and an exit code. */
import { CommanderError } from "commander";
import { TelltaleError } from "../error.ts";
import { program } from "./program.ts";
import { dieQuietlyOnClosedPipe, printError } from "./terminal.ts";

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
