/** The shapes of judgement: conditions, verdicts, caveats, what the release changes, and the life cycle of an alert. */
import { z } from "zod";
import { CONFIDENCES, LEVELS, RUNBOOK_PARTS } from "../model.ts";
import { runbookParts } from "./schema-runbook.ts";
import { duration, name, scalar, text } from "./schema-values.ts";

/** Conditions by name: `level|gte: 90`, `top: ipsec_pp`, `table: complete`, `repeated: true`. */
const conditions = z.record(
  z.string().regex(/^[a-z][\w-]*(?:\|(?:gte|gt|lte|lt|not))?$/, "name, or name|gte, |gt, |lte, |lt, |not"),
  z.union([scalar, z.array(scalar).min(1)]).describe("A value, a `$parameter`, or a list of which one must be equal."),
);
const when = z.union([conditions, z.array(conditions).min(1)]).meta({
  id: "When",
  title: "Conditions",
  description: "Conditions on facts that all hold, or a list of such conditions of which one holds.",
});

export const verdict = z
  .strictObject({
    name: name.describe("Appears in the alert, and in the counter of reports without one."),
    when: when.describe("When this verdict holds; the first verdict of the list that does is the report's."),
    alert: z.boolean().default(true).describe("`false`: the report is counted and raises no alert."),
    level: z.enum(LEVELS).optional().describe("How grave; the rule's level when left out."),
    confidence: z.enum(CONFIDENCES).optional().describe("How sure; medium when left out."),
    title: text.optional().describe("The alert's title; the rule's when left out."),
    runbook: runbookParts.optional().describe("Parts that replace the advisory's runbook for this verdict."),
  })
  .meta({
    id: "Verdict",
    title: "Verdict",
    description: "A named judgement with its conditions, level and confidence.",
  });

export const caveat = z
  .strictObject({
    when: when.describe("When it is said; here `verdict` and `confidence` are facts too."),
    text: text.describe("What the reader should doubt."),
  })
  .meta({
    id: "Caveat",
    title: "Caveat",
    description: "A sentence of doubt that an alert carries when its conditions hold.",
  });

/** What the exposure of the router changes; it never takes an alert away. */
export const exposureEffect = z
  .strictObject({
    fixed: z
      .strictObject({
        lower: z.number().int().min(1).max(4).describe("This many levels lower, at least informational."),
      })
      .optional()
      .describe("On a router whose release has the fix."),
    "not-affected": z
      .strictObject({
        "at-most": z.enum(LEVELS).describe("Never above this level."),
        "by-system": z
          .boolean()
          .default(true)
          .describe(
            "`false`: being another system lowers nothing, only a release or processes do. For messages that tell the system themselves: one forged line may change what a router is taken for.",
          ),
      })
      .optional()
      .describe("On a router whose system, release or processes are not affected."),
    caveat: text.describe("Said in both cases."),
  })
  .meta({
    id: "ExposureEffect",
    title: "Effect of exposure",
    description: "How the router's exposure lowers the level of an alert; it never takes an alert away.",
  });

const step = z
  .strictObject({
    id: z.string().describe("The runbook item of advisory.yaml that this ticks."),
    signal: name.describe("The signal of this rule that shows it."),
    evidence: name
      .optional()
      .describe(
        "The signal that shows on the node itself that it happened, and not who did it; it ticks the step where nothing better did.",
      ),
    where: z
      .record(z.string(), z.string().describe("The exact value."))
      .default({})
      .describe("Groups of the signal's pattern that must have these values."),
    node: z
      .string()
      .optional()
      .describe(
        "The group that names the node acted on; a step on another node is ticked with a caveat. Where it names none, the node that logged it counts.",
      ),
    by: z.string().optional().describe("The group that names who acted; `router log` when left out."),
  })
  .meta({ id: "Step", title: "Step", description: "A recovery step that the router's log shows." });

export const lifecycle = z
  .strictObject({
    quiet: duration
      .default("15m")
      .describe(
        "Without a report for this long after the last step, a recovering alert is resolved; an open one notes since when it is quiet. With `0s` the last step resolves it at once.",
      ),
    grace: duration.default("60s").describe("A report later than this after the last step makes the alert recurring."),
    reopen: duration
      .default("24h")
      .describe(
        "A report within this time of the end of the trouble belongs to the same alert, a later one opens a new one.",
      ),
    remind: duration
      .default("10m")
      .describe("When recovery stops half done for this long after the last step, the alert is told once more."),
    recurring: z
      .strictObject({ lead: z.enum(RUNBOOK_PARTS).describe("This part of the runbook comes first.") })
      .optional()
      .describe("What changes when the trouble came back."),
    steps: z
      .array(step)
      .default([])
      .describe("The steps of recovery in the advisory's order; all of them seen, and quiet after, is resolved."),
  })
  .meta({ id: "Lifecycle", title: "Life cycle", description: "How an alert goes from open to resolved, and back." });
