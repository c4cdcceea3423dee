/** `--watch`: a command runs again each time the rule files change, until Ctrl-C. */
import { constants } from "node:os";
import { TelltaleError } from "../error.ts";
import { shippedRules } from "../rule/files.ts";
import { watchRules } from "../run/watch.ts";
import { printError } from "./terminal.ts";

/** Clears a terminal and its history, and goes to the top. */
const CLEAR = "\x1b[2J\x1b[3J\x1b[H";

/** Runs `work` once, with its result as exit code; with `watch`, again after each change, whatever fails. */
export async function runAndWatch(
  path: string | undefined,
  watch: boolean,
  work: () => Promise<number>,
): Promise<void> {
  if (!watch) {
    const code = await work();
    if (code !== 0) process.exitCode = code;
    return;
  }
  const folder = path ?? shippedRules();
  let changed = false;
  let wake = () => {};
  const failure: { error: Error | null } = { error: null };
  // Before the first run, so that no change falls between.
  const watching = watchRules(
    folder,
    () => {
      changed = true;
      wake();
    },
    (error) => {
      failure.error = error;
      wake();
    },
  );
  let stopped = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopped) process.exit(128 + constants.signals[signal]);
    stopped = true;
    wake();
  };
  for (const signal of STOPS) process.on(signal, stop);
  try {
    for (let first = true; !stopped; first = false) {
      changed = false;
      if (process.stdout.isTTY === true && !first) process.stdout.write(CLEAR);
      await attempt(work, first);
      process.stderr.write(`Watching ${folder}; Ctrl-C stops.\n`);
      while (!changed && !stopped && failure.error === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure.error !== null)
        throw new TelltaleError(
          "IO",
          `${folder}: cannot be watched: ${failure.error.message}`,
          "Run it without --watch.",
        );
    }
  } finally {
    watching.close();
    for (const signal of STOPS) process.removeListener(signal, stop);
  }
}

const STOPS = ["SIGINT", "SIGTERM"] as const;

/** One run; a fault in the rules is told and waits to be mended. */
async function attempt(work: () => Promise<number>, first: boolean): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What is not there at first is a wrong word on the command line.
    if (!(error instanceof TelltaleError) || (first && error.code === "NO_INPUT")) throw error;
    printError(error);
  }
}
