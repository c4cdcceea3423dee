/** The newest lines of each router: the same whether they were copied or are places in the input. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CONTEXT_LINES, RecentLines } from "../../src/run/context.ts";

const router = (key: string | number) => ({ key: `r${key}`, ring: 0 });
const LINE = "<189>35: r1: *Mar  1 00:00:09.123: %SYS-5-CONFIG_I: ";

test("each router's newest lines stay, however much input has gone by since", () => {
  const step = fc.record({ router: fc.nat(9), copied: fc.boolean(), turn: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 400, size: "max" }), (steps) => {
      const recent = new RecentLines();
      const routers = Array.from({ length: 10 }, (_, i) => router(i));
      const expected = new Map<number, { at: number; raw: string }[]>();
      let run = new Uint8Array(0);
      let used = 0;
      for (const [at, { router: i, copied, turn }] of steps.entries()) {
        const raw = `${LINE}${at}`;
        if (turn || run.length - used < 100) {
          run = new Uint8Array(1 << 20);
          used = 0;
          recent.beginRun(run);
        }
        const bytes = Buffer.from(raw);
        if (copied) recent.note(routers[i]!, at, bytes);
        else {
          run.set(bytes, used);
          recent.noteIn(routers[i]!, at, used, used + bytes.length);
          used += bytes.length;
        }
        const lines = expected.get(i) ?? [];
        expected.set(i, [...lines, { at, raw }].slice(-CONTEXT_LINES));
      }
      for (const [i, lines] of expected) {
        const found = recent.before(routers[i]!, []).map(({ at, raw }) => ({ at, raw: Buffer.from(raw).toString() }));
        expect(found).toEqual(lines);
      }
    }),
    { numRuns: 20 },
  );
});

test("what is evidence already is no context, line by line", () => {
  const recent = new RecentLines();
  const one = router(1);
  for (const [at, line] of ["a", "b", "c"].entries()) recent.note(one, at, Buffer.from(line));
  const evidence = [{ at: 1, raw: Buffer.from("b\nc") }];
  expect(recent.before(one, evidence).map(({ raw }) => Buffer.from(raw).toString())).toEqual(["a"]);
});

test("a router that has been silent gives way before one that was heard", () => {
  const recent = new RecentLines();
  const routers = Array.from({ length: 5_065 }, (_, i) => router(i));
  const note = (one: { key: string; ring: number }) => recent.note(one, 0, Buffer.from(one.key));
  for (const one of routers.slice(0, 5_001)) note(one);
  note(routers[2]!);
  for (const one of routers.slice(5_001)) note(one);
  const kept = [0, 1, 2, 65, 200, 5_064].map((i) => recent.before(routers[i]!, []).length);
  expect(kept).toEqual([0, 0, 2, 0, 1, 1]);
});
