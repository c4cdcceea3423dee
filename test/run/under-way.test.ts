/** How much may be under way between the threads of a listener. */
import { expect, test } from "vitest";
import { TCP_WAITS, UDP_SHEDS, UnderWay } from "../../src/run/under-way.ts";

const MIB = 1_048_576;

test("streams wait long before datagrams are shed, and both until half of it is judged", () => {
  const judged = new Int32Array(1);
  const underWay = new UnderWay(judged);
  const seen: string[] = [];
  const look = (step: string) => {
    const now = `${underWay.tcpWaits ? "waits" : "reads"} ${underWay.udpSheds ? "sheds" : "keeps"}`;
    if (!seen.at(-1)?.endsWith(now)) seen.push(`${step}: ${now}`);
  };
  for (let mib = 1; mib <= UDP_SHEDS / MIB; mib++) {
    underWay.sent(MIB);
    look(`${mib} MiB`);
  }
  for (let mib = UDP_SHEDS / MIB - 1; mib >= 0; mib--) {
    judged[0]!++;
    underWay.look();
    look(`${mib} MiB left`);
  }
  expect(seen).toEqual([
    "1 MiB: reads keeps",
    `${TCP_WAITS / MIB} MiB: waits keeps`,
    `${UDP_SHEDS / MIB} MiB: waits sheds`,
    `${UDP_SHEDS / MIB / 2 - 1} MiB left: waits keeps`,
    `${TCP_WAITS / MIB / 2 - 1} MiB left: reads keeps`,
  ]);
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
