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
    devices: 0,
    alerts: Object.fromEntries(LEVELS.map((level) => [level, 0])) as Counters["alerts"],
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
