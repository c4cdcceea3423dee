/** Lines of a capture, or of standard input, as a replay reads them: everything before them is their context. */
import { TelltaleError } from "../../error.ts";
import type { Frame, Millis } from "../../model.ts";
import { openCaptures } from "../captures.ts";
import { type Input, MOST_LINES, type Place } from "./input.ts";

/** The lines of a place; those behind it are handed on too, for as long as the reader wants them. */
export async function placeInput(place: Place, year: number | null, now: Millis): Promise<Input> {
  const [capture] = await openCaptures([place.path], year, now);
  const { path, from, to } = place;
  return {
    policy: capture!.policy,
    file: path,
    notes: capture!.yearNote === null ? [] : [capture!.yearNote],
    async read(accept) {
      let last: Frame | null = null;
      let found = false;
      try {
        await capture!.read((frame) => {
          // A line that a terminal wrapped has the number of its first part.
          if (last !== null) {
            const explained = last.line >= from ? last.line <= to : frame.line > from;
            found ||= explained;
            accept({ frame: last, explained });
          }
          last = frame;
        });
      } finally {
        await capture!.stop();
      }
      const end = last as Frame | null;
      if (end !== null) {
        const explained = end.line <= to && (end.line >= from || (!found && end.flags.includes("unwrapped")));
        found ||= explained;
        accept({ frame: end, explained });
      }
      if (!found)
        throw new TelltaleError(
          "NO_INPUT",
          `${path} has no line ${from}; its last is ${end?.line ?? 0}`,
          "Check the number.",
        );
    },
  };
}

/** Standard input: its last lines are explained, those before are their context. */
export async function stdinInput(year: number | null, now: Millis): Promise<Input> {
  const [capture] = await openCaptures(["-"], year, now);
  const notes = capture!.yearNote === null ? [] : [capture!.yearNote];
  return {
    policy: capture!.policy,
    file: "-",
    notes,
    async read(accept) {
      let waiting: Frame[] = [];
      let before = 0;
      await capture!.read((frame) => {
        waiting.push(frame);
        if (waiting.length < MOST_LINES * 2) return;
        for (const one of waiting.slice(0, MOST_LINES)) accept({ frame: one, explained: false });
        before += MOST_LINES;
        waiting = waiting.slice(MOST_LINES);
      });
      if (waiting.length === 0)
        throw new TelltaleError("NO_INPUT", "there is no line on standard input", "Pipe the lines of a log into it.");
      const start = Math.max(0, waiting.length - MOST_LINES);
      before += start;
      if (before > 0)
        notes.push(`the last ${MOST_LINES} lines are explained; the ${before} before them are their context`);
      for (const [i, frame] of waiting.entries()) accept({ frame, explained: i >= start });
    },
  };
}
