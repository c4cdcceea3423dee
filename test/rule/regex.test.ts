/** The engine of the rules' patterns: it means what JavaScript's means where both know the syntax, and its time is linear. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern } from "../../src/rule/match.ts";

/** Syntax that both engines have with one meaning; `\s`, `\b` and `.` differ beyond ASCII and line ends. */
const atom = fc.constantFrom(
  "a",
  "b",
  "[ab]",
  "[^a]",
  "\\d",
  "\\w",
  "x",
  "(a|b)",
  "(?:ab|c)",
  "\\.",
  "%",
  "-",
  "(?:)",
  "[0-9a-f]",
);
const quantifier = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}", "*?", "+?", "??");
const pattern = fc
  .array(
    fc.tuple(atom, quantifier).map(([one, times]) => one + times),
    { minLength: 1, maxLength: 6 },
  )
  .chain((parts) =>
    fc.constantFrom("", "^", "$").map((edge) => (edge === "$" ? `${parts.join("")}$` : edge + parts.join(""))),
  );
const text = fc.string({ unit: fc.constantFrom(..."abcxyzABX019.%- "), maxLength: 24 });

describe("a pattern of a rule", () => {
  it("finds the same text, and the same groups, as JavaScript's does", () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), (source, texts) => {
        const ours = compilePattern(source, []);
        for (const one of texts) {
          const matcher = ours.matcher(one);
          const found = matcher.find() ? [matcher.group(0), matcher.start(0)] : null;
          const wanted = new RegExp(source).exec(one);
          expect([source, one, found]).toEqual([source, one, wanted === null ? null : [wanted[0], wanted.index]]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes at most three times as long for twice the text, whatever it repeats", () => {
    const time = (source: string, length: number) => {
      const ours = compilePattern(source, []);
      const subject = `${"a".repeat(length)}!`;
      ours.matcher(subject).find();
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 5; i++) {
        const start = performance.now();
        ours.matcher(subject).find();
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    for (const source of ["^(a+)+$", "(a|a)*$", "(a*)*b", "^(?:a?){20}a{20}$"]) {
      // Once more where the machine was busy.
      const ratio = () => time(source, 16_000) / Math.max(time(source, 8_000), 0.05);
      expect(Math.min(ratio(), ratio()), source).toBeLessThanOrEqual(3);
    }
  });
});
