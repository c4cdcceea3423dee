/** Routers that do not fit into memory come back from the temporary database as they left. */
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test } from "vitest";
import { newDevice, newFacts } from "../../src/detect/device.ts";
import { isKnown } from "../../src/detect/duplicate.ts";
import { readDevice } from "../../src/run/persist.ts";
import { Spill } from "../../src/run/spill.ts";

const spill = new Spill();
afterEach(() => spill.close());

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("telltale-replay-"));

function device(i: number) {
  const one = newDevice(`r${i}`, { ...newFacts(`R${i}`, i), messages: i, release: i % 2 === 0 ? "15.1(4)M5" : null });
  one.gap = { high: i, doubted: null, missing: [i - 2] };
  one.recent = { prints: [i, i, -1], next: 3 };
  return one;
}

test("a router is taken, recalled once as it was, and found among the rest until then", () => {
  const before = folders();
  const evicted = new Map(Array.from({ length: 10_000 }, (_, i) => [`r${i}`, device(i)]));
  const few = new Map([...evicted].slice(0, 5));
  spill.take(few);
  expect(few.size).toBe(5);
  spill.take(evicted);
  expect([evicted.size, spill.count]).toEqual([0, 10_000]);
  expect(spill.recall("nobody")).toBeNull();
  expect(spill.recall("r77")).toEqual(device(77));
  expect(spill.count).toBe(9_999);
  const rest = [...spill.rest(new Set(["r77"]))].flat();
  expect(rest.length).toBe(9_999);
  expect(rest.find(({ key }) => key === "r4711")).toEqual(device(4_711));
  const [folder] = folders().filter((name) => !before.includes(name));
  spill.close();
  expect(existsSync(`${tmpdir()}/${folder}`)).toBe(false);
});

test("where nobody was put, nobody is found", () => {
  expect(spill.recall("r1")).toBeNull();
  expect([...spill.rest(new Set())]).toEqual([]);
});

test("prints that an earlier version kept apart from their times are still known", () => {
  const { facts, recent, ...rest } = device(4);
  const before = { prints: [7, 9], at: [1_000, 2_000], via: [-1, 0], next: 2 };
  const read = readDevice(facts, JSON.stringify({ ...rest, recent: before }), "routers.db").recent;
  expect(read).toEqual({ prints: [7, 1_000, -1, 9, 2_000, 0], next: 6 });
  expect([isKnown(read, 9, 2_500), isKnown(read, 9, 60_000), isKnown(recent, 9, 2_500)]).toEqual([true, false, false]);
});
