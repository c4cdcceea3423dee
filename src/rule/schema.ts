/** The shape of a rule file, rules/<advisory>/<rule>.yaml: what a rule author may write, checked strictly. */
import { z } from "zod";
import { LEVELS } from "../model.ts";
import { block, correlation } from "./schema-block.ts";
import { fleet } from "./schema-fleet.ts";
import { signal } from "./schema-signal.ts";
import { testCase } from "./schema-test.ts";
import { name, text } from "./schema-values.ts";
import { caveat, exposureEffect, lifecycle, verdict } from "./schema-verdict.ts";

const param = z
  .strictObject({
    default: z.union([z.number(), z.string()]).describe("The value."),
    why: z.string().describe("Why this value."),
  })
  .meta({ id: "Param", title: "Parameter", description: "A value with its reason, written `$name` in conditions." });

const origin = z
  .strictObject({
    format: z.literal("sigma").describe("The language that the rule was written in."),
    id: z.string().optional().describe("Its id there."),
    name: z.string().optional().describe("Its name there."),
    status: z.string().optional().describe("Its status there."),
    author: z.string().optional().describe("Who wrote it."),
    license: z.string().optional().describe("Its licence."),
    date: z.string().optional().describe("When it was written."),
    modified: z.string().optional().describe("When it was changed last."),
    tags: z.array(z.string()).optional().describe("Its tags, such as `attack.t1110`."),
  })
  .meta({ id: "Origin", title: "Origin", description: "Where an imported rule comes from." });

/** One detection: one file. */
export const rule = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, "a lower-case name such as memory-failure")
      .describe("The file's name without `.yaml`; unique among all rules."),
    title: text.describe("The alert's title."),
    status: z
      .enum(["experimental", "stable", "deprecated"])
      .describe(
        "`experimental`: may still be without cases, which `telltale rules check` warns of. `stable`: needs a case that fires and one that stays quiet. `deprecated`: keeps its id and is not loaded.",
      ),
    level: z.enum(LEVELS).describe("The level of verdicts that state none."),
    description: text.optional().describe("What the rule sees, and what it cannot see."),
    params: z.record(name, param).default({}).describe("Values with their reasons, by name."),
    signals: z.record(name, signal).describe("Kinds of messages, by name; at least one."),
    "group-by": z
      .array(z.string().regex(/^[a-z]\w*$/, "device, node, a field, or the name of a group such as user"))
      .max(6)
      .default(["device"])
      .describe(
        "What has an alert and windows of its own: each router (`device`), each node of it, each value of a field or of a group of the signals' patterns. Without `device` all routers are counted together.",
      ),
    block: block.optional(),
    correlations: z.record(name, correlation).default({}).describe("Facts about several signals, by name."),
    reports: z.array(name).default([]).describe("Signals whose messages are judged by themselves when they come."),
    verdicts: z.array(verdict).min(1).describe("What reports mean; the first that holds is the report's."),
    details: z
      .record(z.string(), z.string().describe("The fact."))
      .default({})
      .describe("What the alert shows, and texts may name: a name, and the fact it comes from."),
    exposure: exposureEffect.optional(),
    caveats: z.array(caveat).default([]).describe("Sentences of doubt; all that hold are said."),
    lifecycle: lifecycle.prefault({}),
    fleet: fleet.optional(),
    falsepositives: z.array(text).default([]).describe("Innocent causes, shown before the advisory's."),
    references: z.array(z.string()).default([]).describe("Addresses, shown after the advisory's."),
    origin: origin.optional(),
    tests: z.array(testCase).default([]).describe("The rule's cases; `telltale rules test` runs them."),
  })
  .meta({
    title: "Telltale rule",
    description: "rules/<advisory>/<rule>.yaml: one detection, with its cases at the foot.",
  });

export type RuleFile = z.infer<typeof rule>;
