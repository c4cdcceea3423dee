/** How rows are printed as a table without borders, as `kubectl` and `gh` do. */
import { escapeText } from "./escape.ts";
import { cutToWidth, displayWidth, padToWidth } from "./width.ts";

/** Columns that the last cell keeps, even where the line is then too long. */
const LEAST = 16;

/** Colours one cell, which is escaped and cut already; it must not change the cell's width. */
export type PaintCell = (cell: string, row: number, column: number) => string;

/** A line for the header in capitals, one for each row, two blanks between columns. The last column is cut to `width` columns
 * (Infinity, for a pipe: nothing is cut), and another one to half of it. Cells may come from a log: they are escaped here. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: PaintCell = (cell) => cell,
): string {
  const last = header.length - 1;
  const cells = [header.map((name) => name.toUpperCase()), ...rows].map((row) =>
    header.map((_, column) => {
      const cell = escapeText(row[column] ?? "");
      // One endless name must not push the other columns off the screen.
      return column === last ? cell : cutToWidth(cell, Math.floor(width / 2));
    }),
  );
  const widths = header.map((_, column) => (column === last ? 0 : widest(cells, column)));
  const left = widths.reduce((sum, columns) => sum + columns + 2, -2);
  return cells
    .map((row, line) => {
      const shown = row.map((cell, column) => {
        const cut = column === last ? cutToWidth(cell, Math.max(LEAST, width - left)) : cell;
        const padding = padToWidth(cut, widths[column]!).slice(cut.length);
        return (line === 0 ? cut : paint(cut, line - 1, column)) + padding;
      });
      return `${shown.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function widest(cells: readonly (readonly string[])[], column: number): number {
  let width = 0;
  for (const row of cells) width = Math.max(width, displayWidth(row[column]!));
  return width;
}
