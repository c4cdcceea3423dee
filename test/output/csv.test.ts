/** CSV: what goes in comes out, and no cell is a formula. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/output/csv.ts";
import { unprintable } from "./attacks.ts";
import { hostileText } from "./support.ts";
import { unescapeText } from "./unescape.ts";

/** A reader of RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  for (let i = 0; i < text.length; ) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(i));
    const plain = /^[^,\r]*/.exec(text.slice(i))!;
    rows.at(-1)!.push(quoted === null ? plain[0] : quoted[1]!.replaceAll('""', '"'));
    i += (quoted ?? plain)[0].length;
    if (text.startsWith("\r\n", i)) rows.push([]);
    i += text.startsWith("\r\n", i) ? 2 : 1;
  }
  return rows.slice(0, -1);
}

describe("CSV", () => {
  it("gives back its cells, but for an apostrophe before a formula", () => {
    const cell = fc.oneof(
      hostileText,
      fc.constantFrom("=1+1", "@SUM(A1)", "-2", "+3", "\tx", '"', "a,b", "", "x\r\ny"),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = csv(rows);
        const read = parse(text).map((row) => row.map(unescapeText));
        expect(read).toEqual(
          rows.map((row) => row.map((one) => (/^[=+\-@\t\r\0＝＋－＠]/.test(one) ? `'${one}` : one))),
        );
        expect(unprintable(text, [0x0d, 0x0a])).toEqual([]);
        for (const one of parse(text).flat()) expect(one).not.toMatch(/^[=+\-@\t\r\0＝＋－＠]/);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves numbers as they are", () => {
    expect(csv([["n", -1.5]])).toBe("n,-1.5\r\n");
  });
});
