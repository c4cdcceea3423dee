/** How the readers look at a line: one anchored match at one place, never a search. */

/** Match a sticky pattern at `at` and only there; null when it does not match or `at` is past the end. */
export function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  // The pattern is shared, so its state is set on every use and never relied upon.
  pattern.lastIndex = at;
  return pattern.exec(line);
}

/** The end of a sticky match at `at`, or -1. */
export function endAt(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : -1;
}
