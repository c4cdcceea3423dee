/** `last message repeated N times` counts N more of the message before it, and of no other, however messages wait. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cpuHog, linkUp, mallocFail } from "../support/lines.ts";
import { SECOND, Stage } from "../support/stage.ts";

const HERE = "192.0.2.1";
const THERE = "192.0.2.2";
/** Over which of two relays a message comes. */
const way = fc.constantFrom([HERE], [HERE, THERE], [THERE]);
const step = fc.record({
  kind: fc.constantFrom("signal", "other", "ordinary", "whole", "cut", "repetition", "repetition"),
  wait: fc.constantFrom(1, 1, 30, 900, 2_999, 3_001),
  way,
});

function linesOf(kind: string, counter: number): string[] {
  switch (kind) {
    case "signal":
      return [cpuHog(counter)];
    case "other":
      return [cpuHog(counter, "r1", "BGP Scanner")];
    case "ordinary":
      return [linkUp(counter)];
    case "whole":
      return mallocFail(counter);
    case "cut":
      return mallocFail(counter).slice(0, 4);
    default:
      return [`<189>${counter}: r1: Nov  6 16:00:00.${counter}: last message repeated 3 times`];
  }
}

test("it is counted once, whatever waits and over whichever relay it comes", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const stage = new Stage().send([linkUp(10), linkUp(11)]).send([linkUp(10), linkUp(11)], { from: THERE });
      let counter = 12;
      let counted = 0;
      let each = 0;
      for (const { kind, wait, way } of steps) {
        stage.wait(wait);
        const lines = linesOf(kind, counter);
        for (const line of lines) for (const from of way) stage.send(line, { from, step: 0 });
        counter += lines.length;
        if (kind !== "repetition") each = kind === "other" || kind === "ordinary" ? 0 : 1;
        counted += kind === "repetition" ? 3 * each : each;
      }
      expect(stage.wait(10 * SECOND).of("sip-process-anomaly")?.count ?? 0).toBe(counted);
    }),
    { numRuns: 200 },
  );
});
