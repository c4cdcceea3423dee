/** Values that people type: years, times, levels. */
import { TelltaleError } from "../error.ts";
import { LEVELS, type Level, type Millis, STATUSES, type Status } from "../model.ts";

/** A year from 1970 to 9999, or null. */
export function readYear(year: number | undefined): number | null {
  if (year === undefined) return null;
  if (Number.isInteger(year) && year >= 1970 && year <= 9999) return year;
  throw new TelltaleError("USAGE", `--year ${year}: not a year`, "Write four digits, such as --year 2020.");
}

/** `2020-03-04T12:00:00Z`, a date, or a span before now: `90m`, `24h`, `3d`. A time without a zone is UTC. */
export function readTime(text: string, now: Millis = Date.now()): Millis {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null)
    return now - Number(ago[1]) * { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago[2] as "s" | "m" | "h" | "d"];
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes("T") ? text : `${text}Z`;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(zoned) : Number.NaN;
  if (!Number.isNaN(at)) return at;
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

function readChoices<T extends string>(
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
