/** What there is to explain: lines as given, lines of a capture with those before them, or a case of a rule file. */
import { statSync } from "node:fs";
import { TelltaleError } from "../../error.ts";
import type { Frame, Millis } from "../../model.ts";
import type { YearPolicy } from "../../parse/clock.ts";
import type { CaseStep } from "../rehearse.ts";

/** Frames and pauses in the order in which the engine gets them. */
export interface Input {
  policy: YearPolicy;
  /** Name of the file for `beginFile`; null for lines as given. */
  file: string | null;
  read(accept: (step: Step) => void): Promise<void>;
  notes: string[];
}

export type Step = { frame: Frame; explained: boolean } | Exclude<CaseStep, { frame: Frame }>;

/** Lines of a file. */
export interface Place {
  path: string;
  from: number;
  to: number;
}

/** The most lines explained at once. */
export const MOST_LINES = 200;

/** `FILE:LINE` or `FILE:FROM-TO`, when there is such a file; null for a line of a log. */
export function readPlace(argument: string): Place | null {
  const found = /^(.{1,4096}):(\d{1,15})(?:-(\d{1,15}))?$/.exec(argument);
  if (found === null) {
    if (isFile(argument))
      throw new TelltaleError(
        "USAGE",
        `${argument} is a file; which line of it?`,
        `Write ${argument}:12, or ${argument}:12-17 for several.`,
      );
    return null;
  }
  const path = found[1]!;
  if (!isFile(path)) {
    if (/\s/.test(path)) return null;
    throw new TelltaleError(
      "NO_INPUT",
      `there is no file ${path}`,
      "Write FILE:LINE for a line of a file, or give a whole log line in quotes.",
    );
  }
  const from = Number(found[2]);
  const to = found[3] === undefined ? from : Number(found[3]);
  if (from < 1 || to < from)
    throw new TelltaleError(
      "USAGE",
      `${argument}: lines count from 1, the first before the last`,
      `Write ${path}:1-2.`,
    );
  if (to - from >= MOST_LINES)
    throw new TelltaleError(
      "USAGE",
      `${argument}: ${to - from + 1} lines are more than anybody reads`,
      `Name at most ${MOST_LINES} lines.`,
    );
  return { path, from, to };
}

/** A log line is longer than any name may be, and holds what no name holds. */
function isFile(path: string): boolean {
  try {
    return path !== "-" && statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Lines as given on the command line: of a capture, or datagrams from an address, 1 ms apart. */
export function givenLines(
  lines: readonly string[],
  options: { from: string | null; year: number | null; now: Millis },
): Input {
  const { from, year, now } = options;
  return {
    policy: { year, anchor: null, latest: year === null ? now : null },
    file: from === null ? "-" : null,
    notes: [],
    async read(accept) {
      for (const [i, line] of lines.entries()) {
        const raw = Buffer.from(line);
        accept({
          explained: true,
          frame:
            from === null
              ? { raw, from: "-", transport: "file", at: null, flags: [], line: i + 1 }
              : { raw, from, transport: "udp", at: now + i, flags: [], line: i + 1 },
        });
      }
    },
  };
}
