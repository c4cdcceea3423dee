/** The part `retention` of the configuration. */
import { z } from "zod";
import { duration } from "../rule/schema-values.ts";
import type { Retention } from "../store/retention.ts";
import { toRetention, USUAL_RETENTION } from "./retention.ts";

const size = z.string().regex(/^[1-9]\d{0,5}(?:MB|GB)$/, "a size such as 500MB or 5GB");

export const retentionSchema = z
  .strictObject({
    age: duration
      .default(USUAL_RETENTION.age)
      .describe(
        "Alerts that are over, devices that are silent and their history go when their last news is this old. Alerts that are not over, or that an output has not been told of, stay.",
      ),
    size: size
      .default(USUAL_RETENTION.size)
      .describe(
        "When the database holds more than this, what is over goes before its time, oldest first, then what is open, lowest level first; what is younger than a day stays.",
      ),
  })
  .prefault({})
  .describe(
    "What the database keeps, and for how long; removed in small steps while listening, or by `telltale db prune`.",
  );

/** `90d` and `1GB` as typed, or what holds when nothing is said; throws a ZodError. */
export function readRetention(typed: { age?: string | undefined; size?: string | undefined }): Retention {
  return toRetention(retentionSchema.parse(typed));
}
