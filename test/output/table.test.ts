/** Tables line up, and only a terminal cuts them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { table } from "../../src/output/table.ts";
import { displayWidth } from "../../src/output/width.ts";
import { LF, unprintable } from "./attacks.ts";
import { hostileText } from "./support.ts";

const ROWS = [
  ["edge1", "critical", "IPsec packet memory exhausted on RP/0/RSP0/CPU0"],
  ["東京-1.example.net", "low", ""],
  ["r\x1b[2J", "high", "one\ntwo"],
];

describe("a table", () => {
  it("has a header in capitals and two blanks between columns that line up", () => {
    expect(`\n${table(["device", "level", "title"], ROWS, Number.POSITIVE_INFINITY)}`).toMatchInlineSnapshot(`
      "
      DEVICE              LEVEL     TITLE
      edge1               critical  IPsec packet memory exhausted on RP/0/RSP0/CPU0
      東京-1.example.net  low
      r\\x1b[2J            high      one\\ntwo
      "
    `);
  });

  it("cuts the last column to the width of a terminal", () => {
    expect(`\n${table(["device", "level", "title"], ROWS, 48)}`).toMatchInlineSnapshot(`
      "
      DEVICE              LEVEL     TITLE
      edge1               critical  IPsec packet memo…
      東京-1.example.net  low
      r\\x1b[2J            high      one\\ntwo
      "
    `);
  });

  it("cuts another column only when it takes more than half of the terminal", () => {
    expect(`\n${table(["device", "title"], [["x".repeat(300), "short"]], 30)}`).toMatchInlineSnapshot(`
      "
      DEVICE           TITLE
      xxxxxxxxxxxxxx…  short
      "
    `);
  });

  it("colours cells without moving the columns", () => {
    const painted = table(
      ["a", "b"],
      [
        ["xx", "y"],
        ["x", "y"],
      ],
      80,
      (cell, row, column) => `<${row}${column}>${cell}`,
    );
    expect(painted).toBe("A   B\n<00>xx  <01>y\n<10>x   <11>y\n");
  });

  it("prints one line a row, printable and within the terminal, whatever the cells hold", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hostileText, hostileText), { maxLength: 4 }),
        fc.integer({ min: 20, max: 90 }),
        (rows, width) => {
          for (const columns of [width, Number.POSITIVE_INFINITY]) {
            const printed = table(["name", "text"], rows, columns);
            expect(unprintable(printed, LF)).toEqual([]);
            const lines = printed.split("\n");
            expect(lines).toHaveLength(rows.length + 2);
            // The last column keeps 16 columns however wide those before it are: half of the width at the most.
            const most = Math.max(columns, Math.floor(columns / 2) + 2 + 16);
            for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(most);
          }
        },
      ),
    );
  });
});
