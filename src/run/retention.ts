/** How much the database keeps. */
import { durationMillis } from "../rule/duration.ts";
import type { Retention } from "../store/retention.ts";

/** What holds where nothing is configured. */
export const USUAL_RETENTION = { age: "400d", size: "5GB" };

const UNITS = { MB: 1024 ** 2, GB: 1024 ** 3 };

/** The bounds as the store takes them. */
export function toRetention({ age, size }: typeof USUAL_RETENTION): Retention {
  const unit = size.slice(-2) as keyof typeof UNITS;
  return { age: durationMillis(age), bytes: Number.parseInt(size, 10) * UNITS[unit] };
}
