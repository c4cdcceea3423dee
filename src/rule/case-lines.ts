/** Where the log lines of a case stand in its file, so that they can be explained. */
import type { Place } from "./compiled-case.ts";

/** The last lines of a case as `file:line`, or `file:line-line` where there are several; null for a case without any. */
export function lastLines(
  steps: object[],
  path: (string | number)[],
  at: (path: (string | number)[]) => Place,
): string | null {
  const last = steps.findLastIndex((step) => "lines" in step);
  if (last < 0) return null;
  const text = (steps[last] as { lines: string }).lines;
  const [, file, line] = /^(.*):(\d+):\d+$/s.exec(at([...path, "steps", last, "lines"]).place) ?? [];
  if (file === undefined) return null;
  if (!text.includes("\n")) return `${file}:${line}`;
  // A text of several lines begins below the sign that announces it.
  const from = Number(line) + 1;
  const to = Number(line) + text.trimEnd().split("\n").length;
  return from === to ? `${file}:${from}` : `${file}:${from}-${to}`;
}
