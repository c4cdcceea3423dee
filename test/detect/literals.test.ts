/** Many literals at once: found wherever they stand, as a plain search would find them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Literals } from "../../src/detect/literals.ts";

const letter = fc.constantFrom("a", "b", "A", "B", "_", "`", "@", "-", "\r", " ");
const literal = fc.string({ unit: letter, minLength: 2, maxLength: 40 });

test("any of them in a text, in capitals or not, is found, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(literal, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: letter, maxLength: 60 }),
      fc.option(fc.nat(5)),
      (literals, text, put) => {
        const whole = put === null ? text : `${text.slice(0, 20)}${literals[put % literals.length]}${text.slice(20)}`;
        const bytes = Buffer.from(`xx${whole}yy`);
        const expected = literals.some((one) => whole.toLowerCase().includes(one.toLowerCase()));
        expect(new Literals(literals).isIn(bytes, 2, bytes.length - 2)).toBe(expected);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("no text holds one of none", () => {
  const bytes = Buffer.from("%SYS-3-CPUHOG: Task is running");
  expect(new Literals([]).isIn(bytes, 0, bytes.length)).toBe(false);
});
