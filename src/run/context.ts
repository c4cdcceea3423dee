/** The last lines of each router, for whoever reads an alert and asks what came before. */
import type { Event, Evidence } from "../model.ts";
import { deviceKey } from "../model.ts";

/** Lines of context kept with an alert. */
export const CONTEXT_LINES = 10;
/** Lines remembered a device: a block's own lines are evidence already and do not count as context. */
const REMEMBERED = 24;
/** Devices remembered; the one silent longest is forgotten first. */
const MAX_DEVICES = 5_000;
/** Longest line kept, bytes. */
const MAX_BYTES = 1_024;

/** A ring of recent lines for each of the devices heard last. */
export class RecentLines {
  readonly #rings = new Map<string, Evidence[]>();

  note(event: Event): void {
    const key = deviceKey(event.device);
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      ring = [];
      if (this.#rings.size >= MAX_DEVICES) this.#rings.delete(this.#rings.keys().next().value!);
    } else this.#rings.delete(key);
    this.#rings.set(key, ring);
    ring.push({ at: event.at, raw: event.raw.subarray(0, MAX_BYTES) });
    if (ring.length > REMEMBERED) ring.shift();
  }

  /** The newest lines of a device that are not among the evidence. */
  before(device: string, evidence: Evidence[]): Evidence[] {
    const known = new Set(evidence.map(print));
    return (this.#rings.get(device) ?? []).filter((line) => !known.has(print(line))).slice(-CONTEXT_LINES);
  }
}

function print({ at, raw }: Evidence): string {
  return `${at} ${Buffer.from(raw).toString("latin1").slice(0, MAX_BYTES)}`;
}
