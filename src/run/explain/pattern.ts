/** How far a pattern that does not match got: the longest part of it that does, and where the text went another way. */
import { RE2JS } from "re2js";

/** Less than this, a match of a part tells nothing. */
const LEAST = 3;
/** Longest piece of a text or a pattern that a sentence quotes. */
const MOST = 60;

/** Why none of the patterns matches; `wants` is the piece of the pattern at which it stopped. */
export function patternNote(
  sources: readonly string[],
  text: string,
): { note: string; wants: string | null; inside: boolean } {
  for (const source of sources) {
    const inside = source.startsWith("^") ? find(source.slice(1), text) : null;
    if (inside !== null && inside.start > 0)
      return {
        note: `these words stand inside the text, behind ${quote(text.slice(0, inside.start))}; the rule wants them at its beginning, because what stands inside a message can be anybody's words`,
        wants: null,
        inside: true,
      };
  }
  const best = sources
    .map((source) => longestPart(source, text))
    .filter((part) => part !== null)
    .sort((a, b) => b.matched.length - a.matched.length)[0];
  if (best === undefined) return { note: `no part of the pattern fits ${quote(text)}`, wants: null, inside: false };
  const goesOn = best.after === "" ? "the text ends" : `the text goes on with ${quote(best.after)}`;
  return { note: `fits as far as ${quote(tail(best.matched))}; there ${goesOn}`, wants: best.rest, inside: false };
}

/** A piece of a text as sentences quote it. */
export function quote(text: string): string {
  return `\`${text.length > MOST ? `${text.slice(0, MOST)}…` : text}\``;
}

function tail(text: string): string {
  return text.length > MOST ? `…${text.slice(-MOST)}` : text;
}

function longestPart(source: string, text: string): { matched: string; after: string; rest: string } | null {
  for (let end = source.length - 1; end > 0; end--) {
    const open = openGroups(source.slice(0, end));
    if (open === null) continue;
    const found = find(source.slice(0, end) + ")".repeat(open.length), text);
    if (found === null || found.end - found.start < LEAST) continue;
    // Half a word is chance where the pattern may begin anywhere.
    if (!source.startsWith("^") && /^\w\w$/.test(text.slice(found.end - 1, found.end + 1))) continue;
    return {
      matched: text.slice(found.start, found.end),
      after: text.slice(found.end),
      rest: source.slice(open[0] ?? end),
    };
  }
  return null;
}

/** Where the groups begin that are open at the end of a part of a pattern; null inside a character class. */
function openGroups(part: string): number[] | null {
  const open: number[] = [];
  let inClass = false;
  for (let i = 0; i < part.length; i++) {
    const char = part[i];
    if (char === "\\") i++;
    else if (inClass) inClass = char !== "]";
    else if (char === "[") inClass = true;
    else if (char === "(") open.push(i);
    else if (char === ")") open.pop();
  }
  return inClass ? null : open;
}

function find(source: string, text: string): { start: number; end: number } | null {
  const matcher = compiled(source)?.matcher(text);
  return matcher?.find() === true ? { start: matcher.start(), end: matcher.end() } : null;
}

/** Parts of patterns that were tried: the lines of one log try the same again and again. */
const tried = new Map<string, RE2JS | null>();
const MOST_TRIED = 20_000;

/** A part of a pattern need not be a pattern. */
function compiled(source: string): RE2JS | null {
  const known = tried.get(source);
  if (known !== undefined) return known;
  if (tried.size >= MOST_TRIED) tried.clear();
  let pattern: RE2JS | null = null;
  try {
    pattern = RE2JS.compile(source);
  } catch {
    // Then it is none.
  }
  tried.set(source, pattern);
  return pattern;
}
