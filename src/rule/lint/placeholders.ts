/** Words of the templates that were left in place. */
import type { Warning } from "./lint.ts";

const LEFT_OVER =
  /example_\w+|EXAMPLE[A-Z_]*|\bexample-(?:signal|block)\b|cisco-sa-example|CVE-1999-0000|\b1999-01-01\b|\b999\.9\.9\b|CSCxx00000|\bExample (?:Software|Vulnerability)|\bREPLACE\b[^.]*/;

/** Each placeholder once, at its first place, with how often it stands there. */
export function lintPlaceholders(file: unknown): Warning[] {
  const found = new Map<string, { path: (string | number)[]; times: number }>();
  walk(file, [], (text, path) => {
    for (const [word] of text.matchAll(new RegExp(LEFT_OVER, "g"))) {
      const before = found.get(word);
      if (before === undefined) found.set(word, { path, times: 1 });
      else before.times++;
    }
  });
  return [...found].map(([word, { path, times }]): Warning => {
    return [
      path,
      `"${word}" is left over from the template${times === 1 ? "" : `, here and in ${times - 1} more places`}`,
    ];
  });
}

function walk(
  value: unknown,
  path: (string | number)[],
  look: (text: string, path: (string | number)[]) => void,
): void {
  if (typeof value === "string") look(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) look(key, [...path, key]);
    walk(inner, [...path, Array.isArray(value) ? Number(key) : key], look);
  }
}
