/** The same messages, live and from a relay's file, tell the same of the routers' logging. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operations } from "../../src/detect/observe.ts";
import type { Alert } from "../../src/model.ts";
import { HOUR, MINUTE, NOON, replay, SECOND, Stage } from "../support/stage.ts";

/** A router is known after ten minutes. */
const OPERATIONS: Operations = {
  silence: { factor: 2, least: MINUTE, most: 24 * HOUR, messages: 5, time: 10 * MINUTE },
  clockJumps: 5 * MINUTE,
  losses: { messages: 20, share: 0.05, factor: 3 },
  addressConflicts: true,
  ownLosses: true,
};
const message = fc.record({
  host: fc.constantFrom("r1", "r2", "r3"),
  wait: fc.constantFrom(2, SECOND, MINUTE, MINUTE, MINUTE, MINUTE, 10 * MINUTE, 3 * HOUR),
  lost: fc.constantFrom(0, 0, 0, 0, 9),
  fault: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -2 * HOUR, 20 * MINUTE),
});

test("live and replay of what a relay stamped observe the same", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(message, { minLength: 30, maxLength: 150 }), (messages) => {
      const counters: Record<string, number> = { r1: 1, r2: 1, r3: 1 };
      const live = new Stage({ operations: OPERATIONS });
      const relayed = messages.map(({ host, wait, lost, fault }) => {
        counters[host]! += 1 + lost;
        const at = live.now + wait;
        const stamp = new Date(at + fault).toISOString();
        const clock = `${stamp.slice(0, 4)} ${MONTHS[Number(stamp.slice(5, 7)) - 1]} ${String(Number(stamp.slice(8, 10))).padStart(2)} ${stamp.slice(11, 23)}`;
        const line = `<189>${counters[host]}: ${host}: ${clock}: %LINK-3-UPDOWN: Interface Gi0/${counters[host]}, changed state to up`;
        live.send(line, { step: wait });
        return `${new Date(at).toISOString()} 192.0.2.1 ${line}`;
      });
      const told = ({ rule, verdict, device, status, count, firstSeen, lastSeen, details }: Alert) => {
        seen.add(`${rule} ${status}`);
        return { rule, verdict, device, status, count, firstSeen, lastSeen, details };
      };
      const stored = replay(relayed, { operations: OPERATIONS });
      expect(stored.alerts().map(told)).toEqual(live.alerts().map(told));
      expect(live.now).toBeGreaterThan(NOON);
    }),
    { numRuns: 60 },
  );
  expect(seen).toContain("device-silent resolved");
  expect(seen).toContain("clock-jump open");
});

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

test("bounds that change while it runs hold from then on, also for routers that are waited for already", () => {
  const stage = new Stage({ operations: OPERATIONS });
  let counter = 0;
  const up = () =>
    stage.send(`<189>${++counter}: r1: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up`, { step: MINUTE });
  while (counter < 30) up();
  stage.engine.bound({ ...OPERATIONS, silence: null }, 1_000);
  stage.wait(3 * HOUR);
  expect(stage.of("device-silent")).toBeUndefined();
  stage.engine.bound(OPERATIONS, 1_000);
  while (counter < 60) up();
  stage.wait(HOUR);
  expect(stage.of("device-silent")).toMatchObject({ device: "r1" });
});
