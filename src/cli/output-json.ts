/** What became of the entries of an output, as JSON. */
import type { OutputTotals } from "../store/outputs.ts";

/** What became of an output's entries, for programs. */
export function outputJson(output: OutputTotals, now: number): Record<string, unknown> {
  const { oldest, deliveredAt, failedAt, error, ...rest } = output;
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    ...rest,
    oldestPendingSeconds: oldest === null ? null : Math.max(0, Math.round((now - oldest) / 1_000)),
    lastDelivered: iso(deliveredAt),
    lastFailed: iso(failedAt),
    lastError: error,
  };
}
