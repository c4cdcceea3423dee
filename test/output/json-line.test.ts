/** A line of JSON is one line, means the same, and holds nothing that a terminal obeys. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonLine } from "../../src/output/json-line.ts";

test("controls, bidi and zero-width characters, tags and private use are escapes", () => {
  const text = "a\u009b31m\u202e\u200b\u{e0041}\ue000\u007f\u2028é漢😀";
  expect(jsonLine({ text })).toBe('{"text":"a\\u009b31m\\u202e\\u200b\\udb40\\udc41\\ue000\\u007f\\u2028é漢😀"}');
});

test("whatever the text, the line is one line that reads back as the same value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const line = jsonLine([text]);
      expect(JSON.parse(line)).toEqual([text]);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
