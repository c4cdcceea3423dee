/** The console as an output: short cards for a human, or one line of JSON for a program. */
import type { Writable } from "node:stream";
import { TelltaleError } from "../error.ts";
import { alertJson } from "./alert-json.ts";
import { alertBrief } from "./card.ts";
import { jsonLine } from "./json-line.ts";
import type { Delivery, Output } from "./output.ts";
import type { CardOptions } from "./presentation.ts";

/** Where and how to print. */
export interface ConsoleOptions extends CardOptions {
  /** True once the text is taken; false when it is not, and will not be. */
  write: (text: string) => boolean | Promise<boolean>;
  format: "card" | "json";
}

/** The console; a delivery is rejected with IO while `write` takes nothing. */
export function consoleOutput(options: ConsoleOptions): Output {
  let closed = false;
  return {
    name: "console",
    async deliver(entry) {
      if (closed) throw new TelltaleError("IO", "the console output is closed", "Start telltale again.");
      if (!(await options.write(render(entry, options)))) {
        throw new TelltaleError(
          "IO",
          "the console takes no more text: its reader is gone",
          "Let the program that reads the output run; the alert is told again.",
        );
      }
    },
    async close() {
      closed = true;
    },
  };
}

/** A `write` for `consoleOutput`: text is taken when the system has it, however long the stream's reader takes. */
export function writerTo(stream: Writable): (text: string) => Promise<boolean> {
  // The state of stdout does not show that its reader is gone.
  let gone = false;
  return (text) =>
    new Promise((resolve) => {
      if (gone || !stream.writable) return resolve(false);
      stream.write(text, (error) => {
        gone = error !== null && error !== undefined;
        resolve(!gone);
      });
    });
}

function render({ alert, change }: Delivery, options: ConsoleOptions): string {
  if (options.format === "json") return `${jsonLine(alertJson(alert, change))}\n`;
  return `${alertBrief(alert, { ...options, change })}\n`;
}
