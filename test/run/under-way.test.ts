/** How much may be under way between the threads of a listener. */
import { expect, test } from "vitest";
import { TCP_WAITS, UnderWay } from "../../src/run/under-way.ts";

const MIB = 1_048_576;

test("streams wait until half of it is judged", () => {
  const judged = new Int32Array(1);
  const underWay = new UnderWay(judged);
  const seen: string[] = [];
  const look = () => {
    const now = underWay.tcpWaits ? "waits" : "reads";
    if (!seen.at(-1)?.endsWith(now)) seen.push(`${underWay.bytes / MIB} MiB: ${now}`);
  };
  for (let mib = 1; mib <= 64; mib++) {
    underWay.sent(MIB);
    look();
  }
  for (let mib = 63; mib >= 0; mib--) {
    judged[0]!++;
    underWay.look();
    look();
  }
  expect(seen).toEqual(["1 MiB: reads", `${TCP_WAITS / MIB} MiB: waits`, `${TCP_WAITS / MIB / 2 - 1} MiB: reads`]);
  expect(underWay.isNothing).toBe(true);
});

test("a few batches that wait show that the engine is behind", () => {
  const judged = new Int32Array(1);
  const underWay = new UnderWay(judged);
  for (let i = 0; i < 4; i++) {
    expect(underWay.isBehind).toBe(false);
    underWay.sent(100);
  }
  expect(underWay.isBehind).toBe(true);
  judged[0]!++;
  underWay.look();
  expect(underWay.isBehind).toBe(false);
});
