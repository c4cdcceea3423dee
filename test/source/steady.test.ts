/** The clock of what is received, while somebody sets the machine's. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSteadyClock } from "../../src/source/steady.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const START = Date.UTC(2026, 10, 27);

/** A machine whose clock can be set. */
function machine() {
  let mono = 5_000;
  let wall = START;
  const clock = createSteadyClock(
    () => wall,
    () => mono,
  );
  return {
    clock,
    wall: () => wall,
    pass(millis: number) {
      mono += millis;
      wall += millis;
      return clock();
    },
    set(by: number) {
      wall += by;
    },
  };
}

describe("the clock of what is received", () => {
  it("is the machine's while nobody sets that", () => {
    const { pass } = machine();
    for (let i = 1; i <= 100; i++) expect(pass(SECOND)).toBe(START + i * SECOND);
  });

  it("tells the millisecond that the machine's tells, wherever in one it began", () => {
    const micros = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.nat(999), micros, (began, passes) => {
        let now = began;
        const wall = () => START + Math.floor(now / 1_000);
        const clock = createSteadyClock(wall, () => now / 1_000);
        for (const passed of passes) {
          now += passed;
          expect(clock()).toBe(wall());
        }
      }),
    );
  });

  it("never goes back, and runs at its pace within a tenth, whatever is done to the machine's", () => {
    const step = fc.record({ pass: fc.nat(60_000), set: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) });
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            step,
            step.map(({ pass }) => ({ pass, set: 0 })),
          ),
          { maxLength: 200 },
        ),
        (steps) => {
          const { clock, pass, set, wall } = machine();
          let before = clock();
          for (const { pass: millis, set: by } of steps) {
            // Further ahead than two hours is believed after a while: another case.
            if (wall() + by - before < 2 * HOUR - 120_000) set(by);
            const now = pass(millis);
            expect(now - before).toBeGreaterThanOrEqual(millis * 0.9 - 2);
            expect(now - before).toBeLessThanOrEqual(millis * 1.1 + 2);
            before = now;
          }
        },
      ),
    );
  });

  it.each([
    ["an hour back", -HOUR],
    ["an hour ahead", HOUR],
    ["a second back", -SECOND],
  ])("comes round to a machine's that was set %s", (_, by) => {
    const { pass, set, wall } = machine();
    pass(SECOND);
    set(by);
    const hours = Math.abs(by / HOUR) * 10;
    for (let i = 0; i < hours * 60 + 1; i++) pass(60 * SECOND);
    expect(Math.abs(pass(1) - wall())).toBeLessThan(60 * SECOND);
  });

  it("believes a machine's that was set far ahead after a minute, and not one that was for seconds", () => {
    const { pass, set } = machine();
    set(10 * YEAR);
    for (let i = 0; i < 50; i++) expect(pass(SECOND)).toBeLessThan(START + 2 * 60 * SECOND);
    set(-10 * YEAR);
    expect(pass(SECOND)).toBeLessThan(START + 2 * 60 * SECOND);
    set(10 * YEAR);
    for (let i = 0; i < 70; i++) pass(SECOND);
    expect(pass(SECOND)).toBeGreaterThan(START + 10 * YEAR);
  });
});
