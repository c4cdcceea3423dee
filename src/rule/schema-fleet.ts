/** The shape of `fleet`: the same trouble on several routers within a time is an alert of its own. */
import { z } from "zod";
import { CONFIDENCES, LEVELS } from "../model.ts";
import { runbook } from "./schema-runbook.ts";
import { duration, name, text } from "./schema-values.ts";

/** After Sigma: a `value_count` over the field device, without group-by. */
export const fleet = z
  .strictObject({
    type: z.literal("value_count").describe("How many different values a field has within the timespan."),
    timespan: duration.describe("The window over the reports of all routers, both ends included."),
    condition: z
      .strictObject({
        field: z.literal("device").describe("The field whose values are counted."),
        gte: z.number().int().min(2).max(1000).describe("At least this many routers."),
      })
      .describe("How many routers."),
    from: z
      .enum(LEVELS)
      .default("medium")
      .describe("Reports below this level do not count; what the release lowers is lowered before."),
    verdict: name.describe("The verdict of the fleet's alert."),
    level: z.enum(LEVELS).describe("The level of the fleet's alert."),
    confidence: z.enum(CONFIDENCES).default("medium").describe("The confidence of the fleet's alert."),
    title: text.describe("The title of the fleet's alert; it may name {devices} and {count}."),
    falsepositives: z
      .array(text)
      .default([])
      .describe("Innocent causes of the same trouble on several routers, shown first."),
    runbook: runbook.describe(
      "What to do for all of them; it is led by mitigation and may name {devices} and {count}.",
    ),
  })
  .meta({
    id: "Fleet",
    title: "Fleet",
    description: "The same trouble on several routers within a time: one more alert, which names them all.",
  });

export type FleetFile = z.infer<typeof fleet>;
