/** Values that a rule author may write in a short or a long form. */
import type { Text } from "../model.ts";

/** A text in English, or in English and Japanese. */
export function asText(value: string | { en: string; ja?: string | undefined }): Text {
  return typeof value === "string"
    ? { en: value }
    : value.ja === undefined
      ? { en: value.en }
      : { en: value.en, ja: value.ja };
}

/** One value or several: always a list, which belongs to the file. */
export function asList(value: unknown): string[] {
  return value === undefined ? NONE : Array.isArray(value) ? (value as string[]) : [String(value)];
}

const NONE: string[] = [];
