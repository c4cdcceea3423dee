/** What the terminal is: colours or not, how wide, and how errors are told. */
import { userInfo } from "node:os";
import type { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";

/** Whether stdout shows colours: a terminal, and NO_COLOR not set. */
export function wantsColor(): boolean {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
}

/** Columns of stdout; wide where it is no terminal, so that nothing is cut. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

/** JSON lines where they were asked for, or where a program reads. */
export function wantsJson(options: { json?: boolean; format?: string }): boolean {
  if (options.json || options.format === "json") return true;
  return options.format === undefined && process.stdout.isTTY !== true;
}

/** Writes to stdout, waiting while its reader is slow. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once("drain", resolve);
  });
}

/** `Error:` says what and where, `Try:` what to do. */
export function printError(error: TelltaleError): void {
  const lines = error.message.split("\n").map((line) => escapeText(line));
  process.stderr.write(`Error: ${lines.join("\n       ")}\nTry:   ${escapeText(error.hint)}\n`);
}

/** Who types. Containers run under ids that no passwd entry names. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "?"}`;
  }
}
