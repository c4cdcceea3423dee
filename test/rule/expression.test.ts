/** Conditions of Sigma: read, judged, written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Expression,
  ExpressionFault,
  holdsFor,
  joined,
  namesIn,
  parseExpression,
  printExpression,
} from "../../src/rule/expression.ts";

const NAMES = ["selection", "selection_b", "filter", "_hidden"];

describe("a condition", () => {
  test.each([
    ["selection and not filter", "selection and not filter"],
    ["selection or selection_b and filter", "selection or selection_b and filter"],
    ["(selection or selection_b) and filter", "(selection or selection_b) and filter"],
    ["1 of selection*", "selection or selection_b"],
    ["all of selection* and not 1 of filter*", "selection and selection_b and not filter"],
    ["any of them", "selection or selection_b or filter"],
    ["all of _*", "_hidden"],
    ["not not selection", "selection"],
    ["NOT (selection AND filter)", "not (selection and filter)"],
    ["((selection))", "selection"],
    ["1 of *_b", "selection_b"],
  ])("%s means %s", (source, meaning) => {
    expect(printExpression(parseExpression(source, NAMES))).toBe(meaning);
  });

  test.each([
    ["", 0, "ends where a name is expected"],
    ["selection and", 13, "ends where a name is expected"],
    ["selection filter", 10, '"filter" is not expected here'],
    ["selection and other", 14, 'nothing is named "other"; there are: selection'],
    ["(selection", 0, "not closed"],
    ["selection)", 9, '")" is not expected'],
    ["2 of selection*", 0, '"2 of" is not Sigma'],
    ["1 of keyword*", 5, 'nothing is named "keyword*"'],
    ["1 of", 4, "a pattern or them is expected"],
    ["selection | count() > 5", 10, "write a correlation rule"],
    ["and selection", 0, '"and" stands where a name is expected'],
    [`${"(".repeat(70)}selection${")".repeat(70)}`, 64, "brackets in one another"],
  ])("%j is refused at character %i: %s", (source, offset, message) => {
    try {
      parseExpression(source, NAMES);
    } catch (error) {
      expect(error).toBeInstanceOf(ExpressionFault);
      expect((error as ExpressionFault).message).toContain(message);
      expect((error as ExpressionFault).offset).toBe(offset);
      return;
    }
    throw new Error("it was read");
  });
});

const LETTERS = ["a", "b", "c", "d", "e"];
/** A random tree with its own text, full of needless brackets and spaces, and its own truth. */
interface Sample {
  text: string;
  truth: (seen: Set<string>) => boolean;
}
const sample: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample; leaf: Sample }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    tie("leaf"),
    fc.tuple(tie("any"), tie("any")).map(([x, y]) => ({
      text: `(${x.text} and ${y.text})`,
      truth: (seen: Set<string>) => x.truth(seen) && y.truth(seen),
    })),
    fc.tuple(tie("any"), tie("any")).map(([x, y]) => ({
      text: `( ${x.text}  or ${y.text} )`,
      truth: (seen: Set<string>) => x.truth(seen) || y.truth(seen),
    })),
    tie("any").map((x) => ({ text: `not ${x.text}`, truth: (seen: Set<string>) => !x.truth(seen) })),
  ),
  leaf: fc.oneof(
    fc.constantFrom(...LETTERS).map((name) => ({ text: name, truth: (seen: Set<string>) => seen.has(name) })),
    fc.constant({ text: "1 of them", truth: (seen: Set<string>) => seen.size > 0 }),
    fc.constant({ text: "all of them", truth: (seen: Set<string>) => seen.size === LETTERS.length }),
  ),
})).any;
const subset = fc.subarray(LETTERS).map((names) => new Set(names));

test("means what a direct evaluation says, and so does what is written of it", () => {
  fc.assert(
    fc.property(sample, subset, ({ text, truth }, seen) => {
      const expression = parseExpression(text, LETTERS);
      const has = (name: string) => seen.has(name);
      expect(holdsFor(expression, has)).toBe(truth(seen));
      expect(holdsFor(parseExpression(printExpression(expression), LETTERS), has)).toBe(truth(seen));
    }),
    { numRuns: 2_000 },
  );
});

test("what binds more tightly needs no brackets", () => {
  const flat = fc.array(fc.tuple(fc.constantFrom(...LETTERS), fc.boolean(), fc.constantFrom("and", "or")), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(flat, subset, (parts, seen) => {
      const text = parts.map(([name, no, op], i) => `${i === 0 ? "" : `${op} `}${no ? "not " : ""}${name}`).join(" ");
      const script = parts
        .map(([name, no, op], i) => `${i === 0 ? "" : op === "and" ? "&&" : "||"} ${no ? "!" : ""}${seen.has(name)}`)
        .join(" ");
      const direct = new Function(`return ${script};`) as () => boolean;
      expect(holdsFor(parseExpression(text, LETTERS), (name) => seen.has(name))).toBe(direct());
    }),
  );
});

test("without any of the names that help it, it holds as little as with none at all", () => {
  fc.assert(
    fc.property(sample, subset, ({ text }, seen) => {
      const expression: Expression = parseExpression(text, LETTERS);
      if (holdsFor(expression, () => false)) return;
      const helps = namesIn(expression, true);
      const held = holdsFor(expression, (name) => seen.has(name));
      if (held) expect([...seen].some((name) => helps.has(name))).toBe(true);
    }),
  );
});

test("one alone is itself", () => {
  const name: Expression = { op: "name", name: "a" };
  expect(joined("and", [name])).toBe(name);
});
