/** The part `operations` of the configuration: its shape and what is wrong with it. */
import { z } from "zod";
import { durationMillis } from "../rule/duration.ts";
import { duration } from "../rule/schema-values.ts";
import { USUAL } from "./operations.ts";

const { silence, clockJumps, losses } = USUAL;
const enabled = z.boolean().default(true);

/** The part `operations` of the configuration. */
export const operationsSchema = z
  .strictObject({
    silence: z
      .strictObject({
        enabled: enabled.describe("Whether there is an alert when a router that logs regularly goes silent."),
        factor: z
          .number()
          .min(1.5)
          .max(100)
          .default(silence.factor)
          .describe("How many times the longest silence that is usual for a router, which is learnt for each."),
        least: duration.default(silence.least).describe("A silence shorter than this is never worth an alert."),
        most: duration
          .default(silence.most)
          .describe("A router that would have to be silent for longer than this is not watched."),
        messages: z
          .number()
          .int()
          .min(2)
          .default(silence.messages)
          .describe("What is usual is learnt from at least so many messages,"),
        time: duration.default(silence.time).describe("and over at least this time."),
      })
      .prefault({})
      .describe("Routers that go silent."),
    clockJumps: z
      .strictObject({
        enabled: enabled.describe("Whether there is an alert when a router's clock jumps."),
        by: duration.default(clockJumps.by).describe("A smaller jump is none."),
      })
      .prefault({})
      .describe("Clocks that jump."),
    losses: z
      .strictObject({
        enabled: enabled.describe("Whether there is an alert when many more messages are lost than is usual."),
        messages: z
          .number()
          .int()
          .min(1)
          .default(losses.messages)
          .describe("At least so many lost messages in ten minutes,"),
        share: z.number().gt(0).max(1).default(losses.share).describe("at least this share of all of them,"),
        factor: z.number().min(1).max(1000).default(losses.factor).describe("and so many times the usual share."),
      })
      .prefault({})
      .describe("Messages that are lost on the way."),
    addressConflicts: z
      .boolean()
      .default(true)
      .describe("Whether there is an alert when another address uses a router's name."),
    ownLosses: z.boolean().default(true).describe("Whether there is an alert when this machine itself loses messages."),
  })
  .prefault({})
  .describe("Alerts about the routers' logging itself.");

/** What is wrong with bounds that are each sound, or null. */
export function contradiction({ silence }: z.infer<typeof operationsSchema>): string | null {
  if (durationMillis(silence.least) <= durationMillis(silence.most)) return null;
  return "operations.silence.most: must not be shorter than least";
}
