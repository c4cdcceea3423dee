/** Text that may come from a log, in a paragraph: escaped, and its columns kept. */
import { escapeText } from "./escape.ts";
import { KEEP } from "./wrap.ts";

/** The text escaped; blanks in a row stay as many, since a router's tables are made of them. */
export function prose(text: string): string {
  return escapeText(text).replace(/ {2,}|^ | $/g, (blanks) => KEEP.repeat(blanks.length));
}
