/** The shapes of what joins several messages: correlations over time, and blocks that form one report. */
import { z } from "zod";
import { duration, name } from "./schema-values.ts";

const capture = z
  .string()
  .regex(/^[a-z]\w*$/, "the name of a group in a pattern, such as pid")
  .meta({
    id: "Group",
    title: "Group",
    description: "The name of a group in a pattern: a lower-case letter, then letters, digits and `_`.",
  });

const limit = z.number().int().min(1).max(1000);
const fieldName = z.string().regex(/^[a-z]\w*$/, "the name of a group in a pattern or of a field, such as user");

/** A fact about several signals within a time. */
export const correlation = z
  .strictObject({
    type: z
      .enum(["event_count", "value_count", "temporal", "temporal_ordered", "absence"])
      .describe(
        "`event_count`: how often the signals were seen in all. `value_count`: how many different values of `condition.field` they had. `temporal`: each was seen. `temporal_ordered`: each was seen, in this order. `absence`: the first was seen and the second did not follow.",
      ),
    signals: z
      .array(name)
      .min(1)
      .describe(
        "Signals of this rule, or correlations above this one, none twice. `absence` takes two signals: the one seen, and the one that must follow.",
      ),
    "cancelled-by": z
      .union([name, z.array(name).min(1)])
      .optional()
      .describe(
        "Only with `temporal_ordered`: signals that take the first one back. It is remembered for the whole timespan, over restarts and new versions of the rule, until one of them or the closing of its alert ends that; the signals after it mean nothing without it.",
      ),
    cancelled: z
      .literal(true)
      .optional()
      .describe(
        "Only with `cancelled-by`: holds where the first signal was taken back, and only there, so that a forged message which takes it back lowers an alert and silences none. The first is then remembered until the closing of its alert.",
      ),
    timespan: duration.describe(
      "The window. It ends at the message that is judged, both ends included; with `lt`, `lte` or `eq` it begins with the first message and is judged when it is over.",
    ),
    condition: z
      .strictObject({
        gte: limit.optional().describe("At least this many."),
        gt: z.number().int().min(0).max(999).optional().describe("More than this many."),
        lte: limit.optional().describe("At most this many."),
        lt: z.number().int().min(2).max(1001).optional().describe("Less than this many."),
        eq: limit.optional().describe("Exactly this many."),
        field: z
          .union([fieldName, z.array(fieldName).min(1).max(4)])
          .optional()
          .describe(
            "`value_count`: the group of the signals' patterns, or the field of the message, whose different values are counted; of several, their combinations.",
          ),
      })
      .optional()
      .describe(
        "How many messages, values, or (temporal) different signals; when left out 1, for the temporal ones all.",
      ),
  })
  .meta({
    id: "Correlation",
    title: "Correlation",
    description: "A fact about several signals of one group within a time; its name is true or false in conditions.",
  });

/** Several messages that form one report. */
export const block = z
  .strictObject({
    open: name.describe("The signal that begins a block; the next one of it ends the block before."),
    rows: name.describe("The signal that is a row of the table."),
    close: name.describe("The signal that ends the table; where nothing ends it, that of `open` once more."),
    order: z
      .array(name)
      .min(2)
      .describe(
        "The block's signals in the order in which the router prints them: it tells where a loss may hide a row.",
      ),
    timespan: duration.describe("A block is judged this long after its first line at the latest."),
    max: z.number().int().min(2).max(1000).describe("Messages in one block; at this many it is judged."),
    "hold-orphans": z.boolean().default(true).describe("Rows that overtook their opening line wait for it."),
    apart: capture
      .optional()
      .describe("The group of the opening signal that tells two blocks of one node apart, on the lines that state it."),
    table: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z]\w*(?:\|basename)?$/, "the name of a group in a pattern, or name|basename")
          .describe("The group that names a row; `|basename` takes what follows the last slash."),
        key: capture.describe(
          "The group, a number, that tells two rows of one name apart; it is a fact, that of the top row.",
        ),
        weight: capture.describe("The group, a number, that is summed by name."),
        expect: z
          .array(z.string().regex(/^[a-z][\w-]*\.[a-z]\w*$/, "signal.capture, such as end.rows"))
          .min(1)
          .describe(
            "Where the block states how many rows it has, as `signal.group`: the first is exact, the others are limits.",
          ),
      })
      .meta({ id: "Table", title: "Table", description: "How the rows of a block become the facts of a table." }),
  })
  .meta({
    id: "Block",
    title: "Block",
    description: "Several messages that form one report: an opening line, rows of a table, a closing line.",
  });
