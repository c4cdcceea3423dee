/** The newest lines of each router: the same whether they were copied or are places in the input. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CONTEXT_LINES, RecentLines } from "../../src/run/context.ts";

const LINE = "<189>35: r1: *Mar  1 00:00:09.123: %SYS-5-CONFIG_I: ";

test("each router's newest lines stay, however much input has gone by since", () => {
  const step = fc.record({ router: fc.nat(9), copied: fc.boolean(), turn: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 400, size: "max" }), (steps) => {
      const recent = new RecentLines();
      const expected = new Map<string, { at: number; raw: string }[]>();
      let run = new Uint8Array(0);
      let used = 0;
      for (const [at, { router, copied, turn }] of steps.entries()) {
        const raw = `${LINE}${at}`;
        if (turn || run.length - used < 100) {
          run = new Uint8Array(1 << 20);
          used = 0;
          recent.beginRun(run);
        }
        const bytes = Buffer.from(raw);
        if (copied) recent.note(`r${router}`, at, bytes);
        else {
          run.set(bytes, used);
          recent.noteIn(recent.ringOf(`r${router}`), at, used, used + bytes.length);
          used += bytes.length;
        }
        const lines = expected.get(`r${router}`) ?? [];
        expected.set(`r${router}`, [...lines, { at, raw }].slice(-CONTEXT_LINES));
      }
      for (const [router, lines] of expected) {
        const found = recent.before(router, []).map(({ at, raw }) => ({ at, raw: Buffer.from(raw).toString() }));
        expect(found).toEqual(lines);
      }
    }),
    { numRuns: 20 },
  );
});

test("what is evidence already is no context, line by line", () => {
  const recent = new RecentLines();
  for (const [at, line] of ["a", "b", "c"].entries()) recent.note("r1", at, Buffer.from(line));
  const evidence = [{ at: 1, raw: Buffer.from("b\nc") }];
  expect(recent.before("r1", evidence).map(({ raw }) => Buffer.from(raw).toString())).toEqual(["a"]);
});

test("a router that has been silent gives way before one that was heard", () => {
  const recent = new RecentLines();
  const note = (key: string) => recent.note(key, 0, Buffer.from(key));
  for (let i = 0; i < 5_000; i++) note(`r${i}`);
  const first = recent.ringOf("r0");
  note("new");
  note("r2");
  for (let i = 0; i < 64; i++) note(`newer${i}`);
  expect(["r0", "r1", "r2", "r65", "r200", "newer63"].map((key) => recent.before(key, []).length)).toEqual([
    0, 0, 2, 0, 1, 1,
  ]);
  expect(first.key).toBe("new");
});
