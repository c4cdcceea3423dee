/** Undoes the escaping, to show that it loses nothing. */

/** The text that `escapeText` was given; a backslash that it never writes stays as it is. */
export function unescapeText(escaped: string): string {
  return escaped.replace(
    /\\(?:([\\nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|u\{(10[0-9a-f]{4}|[0-9a-f]{5})\})/g,
    (_, short: string | undefined, ...hex: (string | undefined)[]) =>
      short === undefined
        ? String.fromCodePoint(Number.parseInt(hex[0] ?? hex[1] ?? hex[2]!, 16))
        : (LONG_FORMS.get(short) ?? short),
  );
}

const LONG_FORMS = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
