/** JSON for a line of output: compact, and safe to show on a terminal. */

/** What JSON.stringify leaves raw although a terminal obeys it: DEL, C1, line separators, bidi and zero-width controls. */
const UNSAFE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g;

/** One compact line of JSON in which every control character is an escape. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
