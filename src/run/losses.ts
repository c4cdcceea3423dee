/** What the ingest thread tells the engine thread of everything that was not judged. */
import type { Frame } from "../model.ts";
import type { Source } from "../source/source.ts";
import type { Losses } from "./messages.ts";

/** Counts a message that was received and not judged. */
export function countLoss(losses: Losses, outcome: "denied" | "shed", reason: string, { transport, raw }: Frame): void {
  let entry = losses.find((one) => one.reason === reason && one.transport === transport);
  if (entry === undefined) {
    entry = { outcome, reason, transport, frames: 0, bytes: 0 };
    losses.push(entry);
  }
  entry.frames++;
  entry.bytes += raw.length;
}

/** Totals over all listeners, by what they are counted under: connections by why they were turned away or cut, and
 * messages that lost their tails. */
export function refusedBy(sources: readonly Source[]): { total: number; counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  let total = 0;
  const add = (name: string, count: number) => {
    counts[name] = (counts[name] ?? 0) + count;
    total += count;
  };
  for (const source of sources) {
    const { refused, truncated } = source.stats();
    if (truncated > 0) add("tails", truncated);
    for (const [reason, count] of Object.entries(refused ?? {})) add(`connections.${reason}`, count);
  }
  return { total, counts };
}
