/** The shape of a runbook: what an operator does, in four parts. */
import { z } from "zod";
import { text } from "./schema-values.ts";

/** One runbook item: a command (`run`) or an act (`do`). */
export const runbookItem = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*$/, "a lower-case name such as restart-process")
      .describe("Unique within the advisory; steps of a life cycle and `telltale alerts done` name it."),
    run: z
      .string()
      .min(1)
      .optional()
      .describe("A command for the router, several lines with `|-`. An item has either `run` or `do`."),
    do: text.optional().describe("An act instead of a command."),
    why: text.describe("Why, and what it costs."),
    expect: text.optional().describe("What shows that it worked."),
    source: z.enum(["advisory", "telltale"]).describe("`advisory`: Cisco's advisory says so. `telltale`: we do."),
    when: z
      .literal("unauthenticated")
      .optional()
      .describe(
        "A check that is needed because nobody vouches for who sent the message: so it is with UDP and plain TCP.",
      ),
  })
  .meta({ id: "RunbookItem", title: "Runbook item", description: "One item of a runbook: a command or an act." });

const items = z.array(runbookItem);
const recover = items.describe("Get the router working again.");
const mitigate = items.describe("Keep it from happening again before the upgrade.");
const verify = items.describe("See that it is over.");
const fix = items.describe("End the exposure.");

export const runbook = z
  .strictObject({
    recover: recover.default([]),
    mitigate: mitigate.default([]),
    verify: verify.default([]),
    fix: fix.default([]),
  })
  .meta({ id: "Runbook", title: "Runbook", description: "What an operator does, part by part." });

/** Parts that replace the advisory's for one verdict. */
export const runbookParts = z.strictObject({
  recover: recover.optional(),
  mitigate: mitigate.optional(),
  verify: verify.optional(),
  fix: fix.optional(),
});
