/** Rows as CSV (RFC 4180) that a spreadsheet shows and does not run. */
import { escapeText } from "./escape.ts";

/** What a spreadsheet takes for a formula, or for the way to one. */
const FORMULA = /^[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]/;

/** One line for each row, ending in CRLF. A cell that a spreadsheet would run begins with an apostrophe; numbers stay. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: string | number): string {
  if (typeof cell === "number") return String(cell);
  const text = escapeText(FORMULA.test(cell) ? `'${cell}` : cell);
  return /[",']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
