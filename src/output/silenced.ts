/** What nobody was told of an alert, and why. */
import type { Millis } from "../model.ts";
import { escapeText } from "./escape.ts";
import { formatTime } from "./presentation.ts";

/** One change in a silence. */
export interface SilencedChange {
  at: Millis;
  change: string;
  silence: number;
  comment: string;
  by: string;
  until: Millis;
  endedAt: Millis | null;
  told: string | null;
}

/** Lines for a human; none where everything was told. */
export function silencedLines(changes: readonly SilencedChange[], utcOffsetMinutes = 0): string[] {
  const time = (at: Millis) => formatTime(at, utcOffsetMinutes);
  return changes.map(({ at, change, silence, comment, by, until, endedAt, told }) => {
    const why = `silence ${silence} until ${time(until)} (${escapeText(by)}: ${escapeText(comment)})`;
    const then = endedAt === null ? "" : told === null ? "; nothing was left to tell" : `; told at ${time(endedAt)}`;
    return `  ${time(at)} ${change}: ${why}${then}`;
  });
}

/** The same for programs. */
export function silencedJson(changes: readonly SilencedChange[]): Record<string, unknown>[] {
  const iso = (at: Millis | null) => (at === null ? null : new Date(at).toISOString());
  return changes.map(({ at, until, endedAt, ...rest }) => ({
    at: iso(at),
    ...rest,
    until: iso(until),
    endedAt: iso(endedAt),
  }));
}
