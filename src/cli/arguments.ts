/** Values that people type: years, times, levels. */
import { InvalidArgumentError } from "commander";
import { TelltaleError } from "../error.ts";
import { LEVELS, type Level, type Millis, STATUSES, type Status } from "../model.ts";

/** `2020-03-04T12:00:00Z`, a date, or a span before now: `90m`, `24h`, `3d`. A time without a zone is UTC. */
export function readTime(text: string, now: Millis = Date.now()): Millis {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null)
    return now - Number(ago[1]) * { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago[2] as "s" | "m" | "h" | "d"];
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  const day = found === null ? Number.NaN : Date.parse(found[1]!);
  // Date.parse takes 30 February for 1 March.
  if (!Number.isNaN(day) && new Date(day).toISOString().startsWith(found![1]!)) {
    const at = found![2] === undefined ? day : Date.parse(`${found![1]}T${found![2]}${found![3] ?? "Z"}`);
    if (!Number.isNaN(at)) return at;
  }
  throw new TelltaleError(
    "USAGE",
    `${JSON.stringify(text)} is not a time`,
    "Write 2020-03-04T12:00:00Z, a date, or a span such as 24h.",
  );
}

export function readLevels(values: string[] | undefined): Level[] | undefined {
  return readChoices(values, LEVELS, "--level");
}

export function readStatuses(values: string[] | undefined): Status[] | undefined {
  return readChoices(values, STATUSES, "--status");
}

/** The values of an option that may be repeated, each one of the legal ones. */
export function readChoices<T extends string>(
  values: string[] | undefined,
  legal: readonly T[],
  option: string,
): T[] | undefined {
  const given = values?.flatMap((value) => value.split(","));
  for (const value of given ?? []) {
    if ((legal as readonly string[]).includes(value)) continue;
    throw new TelltaleError("USAGE", `${option} ${value}: no such value`, `Legal values: ${legal.join(", ")}.`);
  }
  return given as T[] | undefined;
}

/** A parser of whole numbers for one option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}
