/** The shape of a signal: one kind of message, by an index and conditions. */
import { z } from "zod";
import { OBSERVATIONS, type ObservationName } from "./observation.ts";
import { DIALECTS, duration, name, strings } from "./schema-values.ts";

/** What a condition may look at: field -> what it is. */
export const CONDITION_FIELDS = {
  text: "the message's text after the tag",
  facility: "the tag's facility, such as `SYS`",
  mnemonic: "the tag's mnemonic, such as `MALLOCFAIL`",
  process: "the name of the process that logs (IOS XR)",
  node: "the node, such as `RP/0/RSP0/CPU0` (IOS XR)",
  device: "the router's name",
  tag: "the whole tag, written `FACILITY-SEVERITY-MNEMONIC` without the percent sign",
  message: "the tag and the text: `%SYS-5-CONFIG_I: Configured from …`; the text alone where there is no tag",
  line: "the whole line as it was received, header and tag included; joined lines are separated by line feeds",
  address: "the address that the message came from; none in a replay",
};
/** How it may look: modifier -> when it holds. */
export const CONDITION_MODIFIERS = {
  "": "is one of these",
  "|contains": "contains one of these",
  "|contains|all": "contains all of these",
  "|startswith": "begins with one of these",
  "|endswith": "ends with one of these",
  "|re": "matches one of these RE2 patterns, at any place; named groups become facts",
  "|re|all": "matches all of these RE2 patterns, at any place; named groups become facts",
  "|i": "is one of these, upper and lower case alike",
  "|contains|i": "contains one of these, upper and lower case alike",
  "|contains|all|i": "contains all of these, upper and lower case alike",
  "|startswith|i": "begins with one of these, upper and lower case alike",
  "|endswith|i": "ends with one of these, upper and lower case alike",
};
/** Fields by which a message is found; what they say is no condition beside that. */
export const INDEX_FIELDS = ["tag", "tag|startswith"];
const fieldConditions = Object.fromEntries(
  Object.entries(CONDITION_FIELDS).flatMap(([field, what]) =>
    Object.entries(CONDITION_MODIFIERS)
      .filter(([modifier]) => !INDEX_FIELDS.includes(`${field}${modifier}`))
      .map(([modifier, how]) => [`${field}${modifier}`, strings.optional().describe(sentence(what, modifier, how))]),
  ),
);

function sentence(what: string, modifier: string, how: string): string {
  const cases = modifier.endsWith("|i") ? "" : " Upper and lower case differ.";
  return `${what[0]!.toUpperCase()}${what.slice(1)}, ${how}.${cases}`;
}

const value = z.union([z.string(), z.number()]);
const severity = z.number().int().min(0).max(7);

/** One kind of message: an index (`tag`, `tag|startswith`, `literal` …) and conditions that all must hold. */
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
    "literal|i": strings
      .optional()
      .describe(
        "Index: the line as received contains one of these, upper and lower case alike, each of at least 4 characters. Beside a tag both must hold; alone it finds messages with any tag or none. Not beside another literal.",
      ),
    every: z
      .literal(true)
      .optional()
      .describe("Index: every message is tried. It costs time with each line; prefer any other index."),
    condition: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Instead of all else: signals of this rule joined as in Sigma, `selection and not 1 of filter*`, which the same message must match or not.",
      ),
    where: z
      .record(
        z
          .string()
          .regex(
            /^[a-z]\w*(?:\|(?:gte?|lte?|cidr|re|i|(?:contains(?:\|all)?|startswith|endswith)(?:\|i)?))?$/,
            "group, or group|gt, |gte, |lt, |lte, |cidr, |re, |i, |contains, |contains|all, |startswith, |endswith",
          ),
        z.union([value, z.array(value).min(1)]).describe("A value, or a list of values."),
      )
      .optional()
      .describe(
        "What groups of this signal's patterns must have taken: `port|gte: 1024`, `source|cidr: 192.0.2.0/24`, `user: [a, b]`.",
      ),
    observation: z
      .enum(Object.keys(OBSERVATIONS) as [ObservationName, ...ObservationName[]])
      .optional()
      .describe(
        "Index: no message but what Telltale itself observes of a router's logging. Beside it only conditions on `device` may stand.",
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
    severity: z
      .union([severity, z.array(severity).min(1)])
      .optional()
      .describe("The tag's severity is one of these numbers, 0 (emergency) to 7 (debugging)."),
    untagged: z.literal(true).optional().describe("The message has no tag: debug output."),
    unless: z
      .strictObject({
        signal: name.describe("The signal of this rule that excuses this one."),
        within: duration.describe("How long before."),
      })
      .optional()
      .describe("The signal does not count when another was seen on the same router within this time before it."),
    "address|cidr": strings
      .optional()
      .describe("The address that the message came from lies in one of these networks, such as `192.0.2.0/24`."),
    about: z
      .string()
      .regex(/^[a-z]\w*$/, "the name of a group in a pattern, such as target")
      .optional()
      .describe(
        "The group that names the node that the message is about, where another prints it; it decides the group of the message.",
      ),
    ...fieldConditions,
  })
  .meta({
    id: "Signal",
    title: "Signal",
    description: "One kind of message: at least one index, and conditions that all must hold.",
  });

export type SignalFile = {
  [field: string]: unknown;
  condition?: string | undefined;
  where?: Record<string, string | number | (string | number)[]> | undefined;
  about?: string | undefined;
  observation?: ObservationName | undefined;
  unless?: { signal: string; within: string } | undefined;
};
