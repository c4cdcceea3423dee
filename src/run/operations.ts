/** Alerts about the routers' logging itself: which are on, and their bounds. */
import { z } from "zod";
import type { Operations } from "../detect/observe.ts";
import { durationMillis } from "../rule/duration.ts";
import { duration } from "../rule/schema-values.ts";

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
          .default(3)
          .describe("How many times the longest silence that is usual for a router, which is learnt for each."),
        least: duration.default("15m").describe("A silence shorter than this is never worth an alert."),
        most: duration
          .default("7d")
          .describe("A router that would have to be silent for longer than this is not watched."),
        messages: z
          .number()
          .int()
          .min(2)
          .default(20)
          .describe("What is usual is learnt from at least so many messages,"),
        time: duration.default("24h").describe("and over at least this time."),
      })
      .prefault({})
      .describe("Routers that go silent."),
    clockJumps: z
      .strictObject({
        enabled: enabled.describe("Whether there is an alert when a router's clock jumps."),
        by: duration.default("5m").describe("A smaller jump is none."),
      })
      .prefault({})
      .describe("Clocks that jump."),
    losses: z
      .strictObject({
        enabled: enabled.describe("Whether there is an alert when many more messages are lost than is usual."),
        messages: z.number().int().min(1).default(20).describe("At least so many lost messages in ten minutes,"),
        share: z.number().gt(0).max(1).default(0.05).describe("at least this share of all of them,"),
        factor: z.number().min(1).max(1000).default(3).describe("and so many times the usual share."),
      })
      .prefault({})
      .describe("Messages that are lost on the way."),
    addressConflicts: z
      .boolean()
      .default(true)
      .describe("Whether there is an alert when another address uses a router's name."),
  })
  .prefault({})
  .describe("Alerts about the routers' logging itself.");

/** What is wrong with bounds that are each sound, or null. */
export function contradiction({ silence }: z.infer<typeof operationsSchema>): string | null {
  if (durationMillis(silence.least) <= durationMillis(silence.most)) return null;
  return "operations.silence.most: must not be shorter than least";
}

/** The bounds as the engine takes them; null where a switch is off. */
export function toOperations(config: z.infer<typeof operationsSchema>): Operations {
  const { silence, clockJumps, losses, addressConflicts } = config;
  return {
    silence: silence.enabled
      ? {
          factor: silence.factor,
          least: durationMillis(silence.least),
          most: durationMillis(silence.most),
          messages: silence.messages,
          time: durationMillis(silence.time),
        }
      : null,
    clockJumps: clockJumps.enabled ? durationMillis(clockJumps.by) : null,
    losses: losses.enabled ? { messages: losses.messages, share: losses.share, factor: losses.factor } : null,
    addressConflicts,
  };
}

/** Everything on, with the bounds that hold when nothing is configured. */
export const DEFAULT_OPERATIONS: Operations = toOperations(operationsSchema.parse({}));
