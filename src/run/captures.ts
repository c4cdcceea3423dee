/** Several captures as one stream: ordered by their first dated line, read one after another. */
import type { Frame, Millis } from "../model.ts";
import { createTimeKeeper, readStamp, timingStamp, type YearPolicy } from "../parse/clock.ts";
import { LineReader } from "../parse/quick/lines.ts";
import { stampMillis } from "../parse/time.ts";
import type { LineTaker } from "../source/capture-lines.ts";
import { fileMtime, fileSource } from "../source/file.ts";

/** Lines looked at to find a date before a capture is read in earnest. */
const PEEKED = 2_000;

/** One capture, opened and looked into. */
export interface Capture {
  path: string;
  /** Time of the first line that has a date, or null. */
  first: Millis | null;
  policy: YearPolicy;
  /** Which year the lines without one get, in words; null when no line needs it. */
  yearNote: string | null;
  /** Reads everything, from the first line on; lines are offered to `taker` first. */
  read(accept: (frame: Frame) => void, taker?: LineTaker): Promise<void>;
  stop(): Promise<void>;
  bytes(): number;
}

/** Opens every file and puts them in order: undated ones first, then by their first dated line.
 * `now` is the latest that standard input can be; `year` settles stamps without one. */
export async function openCaptures(paths: string[], year: number | null, now: Millis): Promise<Capture[]> {
  const captures: Capture[] = [];
  try {
    for (const path of paths) captures.push(await openCapture(path, year, now));
  } catch (error) {
    await Promise.all(captures.map((capture) => capture.stop()));
    throw error;
  }
  return captures
    .map((capture, i) => ({ capture, i }))
    .sort(
      (a, b) =>
        (a.capture.first ?? Number.NEGATIVE_INFINITY) - (b.capture.first ?? Number.NEGATIVE_INFINITY) || a.i - b.i,
    )
    .map(({ capture }) => capture);
}

async function openCapture(path: string, year: number | null, now: Millis): Promise<Capture> {
  const source = fileSource({ path });
  // A broken file is reported when it is read; what came before the break is judged first.
  const peeked = await source.peek(PEEKED);
  const { policy, yearNote, first } = choosePolicy(peeked, year, path === "-" ? now : (fileMtime(path) ?? now));
  return {
    path,
    first,
    policy,
    yearNote,
    bytes: () => source.stats().bytes,
    stop: () => source.stop(),
    async read(deliver, taker) {
      if (taker !== undefined) source.offerTo(taker);
      await source.start(deliver);
      await source.finished;
    },
  };
}

/** The year: as said, else one found in the input, else the file's mtime (now for stdin). */
function choosePolicy(
  frames: Frame[],
  year: number | null,
  latest: Millis,
): Pick<Capture, "policy" | "yearNote" | "first"> {
  const lines = new LineReader();
  const stamps = frames.flatMap((frame) => {
    const found = timingStamp(lines.read(frame.raw, true));
    return found === null ? [] : [found.stamp];
  });
  // A clock that was never set knows no year.
  const dated = stamps.find((stamp) => stamp.year !== null && stamp.mark !== "*");
  const leap = stamps.some((stamp) => stamp.year === null && stamp.month === 2 && stamp.day === 29);
  const found = dated === undefined ? null : stampMillis(dated, null, null);
  const anchor = year !== null ? null : (found ?? (leap ? lastLeapDay(latest) : null));
  const policy: YearPolicy = { year, anchor, latest: year === null && anchor === null ? latest : null };
  const first = stamps[0] === undefined ? null : readStamp(createTimeKeeper(policy), stamps[0]);
  if (stamps.every((stamp) => stamp.year !== null)) return { policy, first, yearNote: null };
  const how = year !== null ? "as given" : found !== null ? "found in the input" : "from the file's time";
  const shown = first === null ? "?" : new Date(first).getUTCFullYear();
  return { policy, first, yearNote: `stamps without a year start in ${shown} (${how}; --year YYYY changes it)` };
}

/** The last 29 February before an instant: a capture that holds one is of such a year. */
function lastLeapDay(latest: Millis): Millis {
  for (let year = new Date(latest).getUTCFullYear(); ; year--) {
    const day = Date.UTC(year, 1, 29);
    if (new Date(day).getUTCMonth() === 1 && day <= latest) return day;
  }
}
