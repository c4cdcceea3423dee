/** Every counter of a run: each frame is received once and ends in one outcome. */
import type { Counters, Frame, Outcome } from "../model.ts";
import { LEVELS, OUTCOMES } from "../model.ts";

export function newCounters(): Counters {
  return {
    received: { udp: 0, tcp: 0, tls: 0, file: 0 },
    bytes: { udp: 0, tcp: 0, tls: 0, file: 0 },
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Counters["outcomes"],
    kernelDrops: 0,
    shed: {},
    ignored: {},
    devices: 0,
    alerts: Object.fromEntries(LEVELS.map((level) => [level, 0])) as Counters["alerts"],
    opened: {},
    pruned: {},
    deliveries: {},
  };
}

export function countFrame(counters: Counters, frame: Frame): void {
  counters.received[frame.transport]++;
  counters.bytes[frame.transport] += frame.raw.length;
}

export function countOutcome(counters: Counters, outcome: Outcome): void {
  counters.outcomes[outcome]++;
}

/** Messages received over all transports. */
export function receivedBy({ received }: Counters): number {
  return received.udp + received.tcp + received.tls + received.file;
}

/** Flat names for the store: `received.udp`, `outcomes.parsed`, `kernelDrops` … */
export function countersRows(counters: Counters): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const [name, value] of Object.entries(counters)) {
    if (typeof value === "number") rows[name] = value;
    else for (const [part, n] of Object.entries(value as Record<string, number>)) rows[`${name}.${part}`] = n;
  }
  return rows;
}

/** The contract's object from flat names. */
export function countersFromRows(rows: Record<string, number>): Counters {
  const counters = newCounters() as unknown as Record<string, number | Record<string, number>>;
  for (const [name, value] of Object.entries(rows)) {
    const dot = name.indexOf(".");
    if (dot < 0) counters[name] = value;
    else counters[name.slice(0, dot)] = { ...(counters[name.slice(0, dot)] as object), [name.slice(dot + 1)]: value };
  }
  return counters as unknown as Counters;
}

/** Sums of two runs: what was counted before a restart, and since. */
export function addCounters(before: Counters, since: Counters): Counters {
  const rows = countersRows(before);
  for (const [name, value] of Object.entries(countersRows(since))) {
    rows[name] = name === "devices" ? value : (rows[name] ?? 0) + value;
  }
  return countersFromRows({ ...countersRows(newCounters()), ...rows });
}
