/** How many columns of a terminal a text takes, and how to make it fit; whatever the locale. */

/** Columns of a text without control characters: 2 for East Asian wide characters and emoji, 0 for marks, else 1 (Unicode UAX 11). */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of characters(text)) width += characterWidth(character);
  return width;
}

/** The text, or its beginning and "…", in at most `width` columns. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let taken = 1;
  for (const character of characters(text)) {
    taken += characterWidth(character);
    if (taken > width) break;
    cut += character;
  }
  return width < 1 ? "" : `${cut}…`;
}

/** The text followed by blanks up to `width` columns; longer text stays. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** The text's characters as a reader sees them: grapheme clusters. */
export function* characters(text: string): Generator<string> {
  if (PLAIN.test(text)) return yield* text;
  // Made when it is needed: it takes longer to make than most commands run.
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Columns of one grapheme cluster. */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** ASCII and the no-break space: a column each. */
const PLAIN = /^[ -~\u00a0]*$/;
// Grapheme clusters do not differ by locale; a fixed one keeps the environment out.
let segmenter: Intl.Segmenter | null = null;
const ZERO = /^[\p{M}\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u;
// Blocks whose East_Asian_Width is W or F; emoji outside of them by their own property.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dff\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
