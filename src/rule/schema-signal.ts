/** The shape of a signal: one kind of message, by an index and conditions. */
import { z } from "zod";
import { DIALECTS, duration, name, strings } from "./schema-values.ts";

/** What a condition may look at: field -> what it is. */
export const CONDITION_FIELDS = {
  text: "the message's text after the tag",
  facility: "the tag's facility, such as `SYS`",
  mnemonic: "the tag's mnemonic, such as `MALLOCFAIL`",
  process: "the name of the process that logs (IOS XR)",
  node: "the node, such as `RP/0/RSP0/CPU0` (IOS XR)",
  device: "the router's name",
};
/** How it may look: modifier -> when it holds. */
export const CONDITION_MODIFIERS = {
  "": "is one of these",
  "|contains": "contains one of these",
  "|contains|all": "contains all of these",
  "|startswith": "begins with one of these",
  "|endswith": "ends with one of these",
  "|re": "matches one of these RE2 patterns, at any place; named groups become facts",
};
const fieldConditions = Object.fromEntries(
  Object.entries(CONDITION_FIELDS).flatMap(([field, what]) =>
    Object.entries(CONDITION_MODIFIERS).map(([modifier, how]) => [
      `${field}${modifier}`,
      strings.optional().describe(`${what[0]!.toUpperCase()}${what.slice(1)}, ${how}. Upper and lower case differ.`),
    ]),
  ),
);

/** One kind of message: an index (`tag`, `tag|startswith`, `literal`, `or-literal`) and conditions that all must hold. */
export const signal = z
  .strictObject({
    tag: strings
      .optional()
      .describe("Index: the tag is one of these, written `FACILITY-SEVERITY-MNEMONIC` without the percent sign."),
    "tag|startswith": strings.optional().describe("Index: the tag begins with one of these."),
    literal: strings
      .optional()
      .describe(
        "Index: the text contains one of these, each of at least 4 characters. Beside a tag both must hold; alone it finds messages with any tag or none.",
      ),
    "or-literal": strings
      .optional()
      .describe(
        "Index: the text contains one of these, each of at least 4 characters. Beside a tag one of the two is enough.",
      ),
    dialect: z
      .union([z.enum(DIALECTS), z.array(z.enum(DIALECTS)).min(1)])
      .optional()
      .describe("The message's dialect is one of these."),
    "severity|lte": z
      .number()
      .int()
      .min(0)
      .max(7)
      .optional()
      .describe("The tag's severity is at most this number: as grave or graver, 0 is an emergency."),
    "severity|gte": z
      .number()
      .int()
      .min(0)
      .max(7)
      .optional()
      .describe("The tag's severity is at least this number: as slight or slighter, 7 is debugging."),
    untagged: z.literal(true).optional().describe("The message has no tag: debug output."),
    unless: z
      .strictObject({
        signal: name.describe("The signal of this rule that excuses this one."),
        within: duration.describe("How long before."),
      })
      .optional()
      .describe("The signal does not count when another was seen on the same router within this time before it."),
    ...fieldConditions,
  })
  .meta({
    id: "Signal",
    title: "Signal",
    description: "One kind of message: at least one index, and conditions that all must hold.",
  });

export type SignalFile = { [field: string]: unknown; unless?: { signal: string; within: string } | undefined };
