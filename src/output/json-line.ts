/** JSON for a line of output: compact, and safe to show on a terminal. */

/** What JSON.stringify leaves raw although a terminal obeys or hides it: DEL, C1, line separators, format characters
 * (bidi, zero-width, tags), private use, and what is ignorable by default. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;

/** One compact line of JSON in which every such character is an escape. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
