/** Values that stand in several places of a rule or an advisory: names, texts, lengths of time. */
import { z } from "zod";

export const DIALECTS = ["ios", "ios-xe", "ios-xr", "nx-os", "asa", "other", "unknown"] as const;
export const EXPOSURES = ["vulnerable", "fixed", "not-affected", "unknown"] as const;

/** A name that other parts of the file refer to. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, "a lower-case name such as memory-failure")
  .meta({
    id: "Name",
    title: "Name",
    description: "A lower-case letter, then lower-case letters, digits, `_` and `-`.",
  });

/** A text in English, or in English and Japanese. */
export const text = z
  .union([
    z.string().min(1),
    z.strictObject({
      en: z.string().min(1).describe("English"),
      ja: z.string().min(1).optional().describe("Japanese; where it is missing, the English text is shown"),
    }),
  ])
  .meta({ id: "Text", title: "Text", description: "A text for people: a string in English, or `{ en, ja }`." });

/** A length of time such as 500ms, 5s, 15m, 24h or 7d. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h|d)$/, "a length of time such as 500ms, 5s, 15m, 24h or 7d")
  .meta({
    id: "Duration",
    title: "Length of time",
    description: "A length of time: up to six digits and a unit, `ms`, `s`, `m`, `h` or `d`.",
  });

/** One value or several, of which one must match. */
export const strings = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
export const scalar = z.union([z.string(), z.number(), z.boolean()]);
