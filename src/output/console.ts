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
  /** Takes the text and returns true, or takes nothing of it and returns false. */
  write: (text: string) => boolean;
  format: "card" | "json";
}

/** The console; a delivery is rejected with IO while `write` takes nothing. */
export function consoleOutput(options: ConsoleOptions): Output {
  let closed = false;
  return {
    name: "console",
    async deliver(entry) {
      if (closed) throw new TelltaleError("IO", "the console output is closed", "Start telltale again.");
      if (!options.write(render(entry, options))) {
        throw new TelltaleError(
          "IO",
          "the console takes no more text: its reader is slow or gone",
          "Let the program that reads the output run; the alert is told again.",
        );
      }
    },
    async close() {
      closed = true;
    },
  };
}

/** A `write` for `consoleOutput`: it takes no text while the stream's reader is behind, so that memory stays bounded. */
export function writerTo(stream: Writable): (text: string) => boolean {
  return (text) => {
    if (!stream.writable || stream.writableNeedDrain) return false;
    stream.write(text);
    return true;
  };
}

function render({ alert, change }: Delivery, options: ConsoleOptions): string {
  if (options.format === "json") return `${jsonLine(alertJson(alert, change))}\n`;
  return `${alertBrief(alert, { ...options, change })}\n`;
}
