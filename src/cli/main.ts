#!/usr/bin/env node
/** Runs the command line: errors become a message and an exit code. */
import { CommanderError } from "commander";
import { TelltaleError } from "../error.ts";
import { createProgram } from "./program.ts";

// A reader that closes the pipe (`| head`) ends the program without a stack trace.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 74);
  });
}

createProgram(process.argv)
  .parseAsync()
  .catch(async (error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64;
    else if (error instanceof TelltaleError) {
      (await import("./terminal.ts")).printError(error);
      process.exitCode = error.exitCode;
    } else {
      const { escapeText } = await import("../output/escape.ts");
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${escapeText(text, { keepNewlines: true })}\n`);
      process.exitCode = 70;
    }
  });
