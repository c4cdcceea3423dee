/** How a long replay shows that it is under way: one line on a terminal, drawn over itself. */
import { formatCount } from "./presentation.ts";
import { cutToWidth } from "./width.ts";

/** What the line is drawn with. */
export interface ProgressOptions {
  /** Bytes to read in all; null when nobody knows, then there is no bar and no remaining time. */
  total: number | null;
  write: (text: string) => void;
  /** Columns of the terminal. */
  columns: number;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
}

/** A line of progress. */
export interface Progress {
  /** Totals so far; draws at most ten times a second. */
  update(bytes: number, lines: number, alerts: number): void;
  /** Clears the line; nothing is drawn after it. */
  done(): void;
}

/** A line of progress that begins now. */
export function createProgress({ total, write, columns, now }: ProgressOptions): Progress {
  const start = now();
  let drawn: number | null = null;
  let ended = false;
  return {
    update(bytes, lines, alerts) {
      const at = now();
      if (ended || (drawn !== null && at - drawn < REDRAW_MS)) return;
      drawn = at;
      const text = progressText({ bytes, total, lines, alerts, seconds: (at - start) / 1_000 });
      // The last column stays free: a terminal may wrap after it.
      write(`\r${cutToWidth(text, columns - 1)}${CLEAR_REST}`);
    },
    done() {
      if (drawn !== null && !ended) write(`\r${CLEAR_REST}`);
      ended = true;
    },
  };
}

const REDRAW_MS = 100;
const BAR = 20;
/** Erase to the end of the line (ECMA-48 EL). */
const CLEAR_REST = "\x1b[K";

interface State {
  bytes: number;
  total: number | null;
  lines: number;
  alerts: number;
  seconds: number;
}

function progressText({ bytes, total, lines, alerts, seconds }: State): string {
  const parts = [
    `${formatCount(lines)} lines`,
    `${formatCount(seconds > 0 ? lines / seconds : 0)} lines/s`,
    `${(seconds > 0 ? bytes / seconds / 1e6 : 0).toFixed(1)} MB/s`,
  ];
  if (total !== null) {
    // A file that grows while it is read must not go past its end.
    const share = total > 0 ? Math.min(1, bytes / total) : 1;
    const filled = Math.floor(share * BAR);
    parts.unshift(
      `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`,
    );
    parts.push(`ETA ${share > 0 ? duration((seconds * (1 - share)) / share) : "-"}`);
  }
  return [...parts, alerts === 1 ? "1 alert" : `${formatCount(alerts)} alerts`].join("  ");
}

/** `0:07`, `12:34`, `1:02:03`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
