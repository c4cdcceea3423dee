/** YAML for pasting: what is read back is what was shown, and nothing in it moves a terminal. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { escapeText } from "../../src/output/escape.ts";
import { yamlEntry } from "../../src/output/yaml.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "true",
    "Null",
    "yes",
    "~",
    "7.10",
    "1e3",
    "a: b",
    "- x",
    "#",
    "x #y",
    "{a}",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "a\nb",
    " ",
    "",
  ),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const alert = fc.record({
  verdict: text,
  details: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    value,
    { minKeys: 1 },
  ),
  caveats: fc.array(text, { minLength: 1 }),
});

test.each([false, true])("any expectation is read back as it is (flow: %s)", (flow) => {
  fc.assert(
    fc.property(fc.array(alert), fc.nat(8), (alerts, indent) => {
      const shown = yamlEntry("expect", alerts, indent, flow);
      expect(parse(shown)).toEqual(JSON.parse(JSON.stringify({ expect: alerts })));
      const plain = shown.replaceAll("\\", "/");
      expect(escapeText(plain, { keepNewlines: true })).toBe(plain);
      for (const line of shown.trimEnd().split("\n")) expect(line.startsWith(" ".repeat(indent))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("an ordinary expectation reads as a person would write it", () => {
  const alerts = [
    { verdict: "long-failure", node: "RP/0/RSP0/CPU0", count: 1, details: { resource: "PAK FSV", share: 0.9 } },
  ];
  expect(yamlEntry("expect", alerts, 2, false)).toBe(
    "  expect:\n    - verdict: long-failure\n      node: RP/0/RSP0/CPU0\n      count: 1\n      details: { resource: PAK FSV, share: 0.9 }\n",
  );
  expect(yamlEntry("expect", [], 4, false)).toBe("    expect: []\n");
});
