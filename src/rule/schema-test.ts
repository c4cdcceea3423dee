/** The shape of a rule's cases: raw lines in, alerts out. */
import { z } from "zod";
import { CONFIDENCES, LEVELS } from "../model.ts";
import { DIALECTS, duration, EXPOSURES, scalar } from "./schema-values.ts";

const expectation = z
  .strictObject({
    rule: z.string().optional().describe("The rule's id."),
    verdict: z.string().optional().describe("The verdict's name."),
    level: z.enum(LEVELS).optional().describe("The alert's level, after what the release changes."),
    confidence: z.enum(CONFIDENCES).optional().describe("The alert's confidence."),
    status: z.string().optional().describe("`open`, `recovering`, `resolved`, `recurring` or `closed`."),
    device: z.string().optional().describe("The router's name."),
    node: z.string().nullable().optional().describe("The node; null where the rule groups by device alone."),
    count: z.number().int().optional().describe("How many reports."),
    exposure: z.enum(EXPOSURES).optional().describe("The router's exposure to the advisory."),
    release: z.string().nullable().optional().describe("The router's release; null when it is not known."),
    caveats: z.array(z.string()).optional().describe("Each is a part of some caveat's English text."),
    details: z
      .record(z.string(), z.union([scalar, z.null()]).describe("The exact value."))
      .optional()
      .describe("Details with these values; others may be there too."),
    done: z
      .array(z.string())
      .optional()
      .describe("Ids of the runbook items that are ticked, exactly and in their order."),
  })
  .meta({
    id: "Expectation",
    title: "Expected alert",
    description: "What an alert must say; only what is named is compared.",
  });

const lines = z
  .strictObject({
    lines: z.string().min(1, "holds no line").describe("Raw lines, one message each, sent one millisecond apart."),
    from: z.string().optional().describe("The address they come from; 192.0.2.1 when left out."),
    times: z.number().int().min(1).max(10_000).default(1).describe("How many times they are sent."),
    every: duration.optional().describe("How much time passes after each time; none when left out."),
    "count-from": z.number().int().min(0).default(1).describe("What `{n}` in the lines stands for the first time,"),
    "count-by": z.number().int().min(1).default(1).describe("and how much more each further time."),
  })
  .describe("Lines that arrive.");
const pause = z
  .strictObject({ after: duration.describe("How much time passes; timers that come due run.") })
  .describe("Time that passes.");

const known = z
  .strictObject({
    device: z.string().describe("The router's name."),
    os: z.enum(DIALECTS).optional().describe("Its system."),
    release: z.string().optional().describe("Its release."),
    platform: z.string().optional().describe("Its platform, such as `asr9k-px`."),
    smus: z.array(z.string()).optional().describe("Bug ids of its maintenance upgrades."),
    processes: z
      .strictObject({
        checked: z.array(z.string()).describe("Names that somebody looked for."),
        running: z.array(z.string()).describe("Those of them that run."),
      })
      .optional()
      .describe("What `show processes` showed."),
  })
  .describe("What a capture or an operator says of a router.");
const lost = z
  .strictObject({
    lost: z.number().int().min(1).describe("How many messages this machine loses."),
    "of-them-shed": z.number().int().min(0).default(0).describe("How many of them after they were read."),
  })
  .describe("Messages that this machine itself loses.");

export const testCase = z
  .strictObject({
    name: z.string().min(1).describe("What it shows."),
    steps: z
      .array(z.union([lines, pause, known, lost]))
      .min(1)
      .describe(
        "Lines that arrive, time that passes, what becomes known and what is lost, from 2020-03-04T12:00:00Z on.",
      ),
    expect: z
      .array(expectation)
      .optional()
      .describe(
        "One entry for each alert, by its start; `[]` for none. Without it the case fails and says what it got.",
      ),
  })
  .meta({ id: "TestCase", title: "Case", description: "A case of the rule: raw lines in, alerts out." });
