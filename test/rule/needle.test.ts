/** Needles: what a pattern cannot match without. */
import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { loadRules } from "../../src/rule/load.ts";
import { mayMatch, needleOf } from "../../src/rule/needle.ts";

describe("the needle of a pattern", () => {
  it.each([
    ['(?i:-Process=\\s*"|\\bprocess\\s*=\\s*"?)(?P<process>(?i:CCSIP)[_-][\\w -]{0,40})', "ccsip"],
    [
      "^Depletion level\\s+(?P<level>\\d{1,3})\\s+percent for resource\\s+(?P<r>[^\\n]+?)\\s*\\.?\\s*$",
      "percent for resource",
    ],
    ["abcd?efgh", "efgh"],
    ["abcd*|efgh", null],
    ["(abcdef)?xyz", null],
    ["ab(cdef)+gh", "cdef"],
    ["\\Qabcdef\\E", null],
    ["[abcdef]{6}", null],
    ["a\\.b\\.cd", "a.b.cd"],
    ["abcde{0,2}", "abcd"],
    ["abcde{2}", "abcde"],
    ["(?i)ABCDE", "abcde"],
    ["abc", null],
  ])("%s", (pattern, needle) => {
    expect(needleOf(pattern)).toBe(needle);
  });

  it("is in every text that the pattern matches", () => {
    const piece = fc.constantFrom(
      "ab",
      "cdef",
      "\\d+",
      "x?",
      "(gh)*",
      "(?:ijkl|m)",
      "(?i:NOPQ)",
      "[rs]{2}",
      "\\.",
      ".",
      "t{2}",
      "(uv(wxyz))",
      "(a|bcde)?",
      "\\s*",
      "s",
    );
    const text = fc.string({
      unit: fc.constantFrom(..."abcdefghijklmnNOopqPQrstuvwxyz.01 ſK".split("")),
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.array(text, { minLength: 1, maxLength: 3 }),
        (pieces, parts) => {
          const source = pieces.join("");
          const pattern = RE2JS.compile(source);
          const likely = pieces.join("").replace(/[^a-zA-Z.]/g, "");
          for (const one of [...parts, likely, parts.join(likely), likely.toLowerCase()]) {
            if (pattern.matcher(one).find())
              expect([source, one, mayMatch(needleOf(source), one)]).toEqual([source, one, true]);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is found for most patterns of the shipped rules", () => {
    const patterns = loadRules().flatMap((rule) =>
      rule.signals.flatMap((signal) =>
        signal.conditions.filter((one) => one.key.endsWith("|re")).flatMap((one) => one.wanted),
      ),
    );
    const found = patterns.filter((pattern) => needleOf(String(pattern)) !== null);
    expect(found.length).toBeGreaterThan(patterns.length / 2);
  });
});
