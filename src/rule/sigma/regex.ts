/** What can be told of a regular expression without running it: words that every match contains, and one match. */

interface Atom {
  /** Any one of these would do. */
  example: string;
  /** The character, where it can be no other. */
  exact: string | null;
}

/** Words of at least `least` characters, one of which every match contains whole; null where none is sure. */
export function requiredWord(pattern: string, least: number): string | null {
  const body = withoutFlags(pattern);
  if (hasTopAlternation(body)) return null;
  const runs: string[] = [];
  let run = "";
  for (let i = 0; i < body.length; ) {
    const [atom, next] = readAtom(body, i);
    const [min, end] = readQuantifier(body, next);
    if (atom.exact !== null && min === 1 && end === next) run += atom.exact;
    else {
      runs.push(run);
      run = "";
    }
    i = end;
  }
  const [longest = ""] = [...runs, run].sort((a, b) => b.length - a.length);
  return longest.length >= least ? longest : null;
}

/** A text that the pattern matches, as far as its shape tells; the engine has the last word. */
export function exampleMatch(pattern: string): string {
  const body = withoutFlags(pattern);
  let text = "";
  for (let i = 0; i < body.length && body[i] !== "|"; ) {
    const [atom, next] = readAtom(body, i);
    const [min, end] = readQuantifier(body, next);
    text += atom.example.repeat(Math.min(min, 64));
    i = end;
  }
  return text;
}

function withoutFlags(pattern: string): string {
  return pattern.replace(/^(?:\(\?[a-zA-Z]+\))+/, "");
}

function hasTopAlternation(body: string): boolean {
  for (let i = 0; i < body.length; ) {
    if (body[i] === "|") return true;
    [, i] = readAtom(body, i);
  }
  return false;
}

function readQuantifier(body: string, at: number): [min: number, end: number] {
  const found = /^(?:[*+?]|\{(\d{1,4})(?:,\d{0,4})?\})\??/.exec(body.slice(at, at + 16));
  if (found === null) return [1, at];
  const min = found[1] === undefined ? (found[0].startsWith("+") ? 1 : 0) : Number(found[1]);
  return [min, at + found[0].length];
}

function readAtom(body: string, at: number): [Atom, number] {
  const char = body[at]!;
  if (char === "\\") return readEscape(body, at);
  if (char === "[") return readClass(body, at);
  if (char === "(") return readGroup(body, at);
  if (char === ".") return [{ example: "x", exact: null }, at + 1];
  if (char === "^" || char === "$") return [NOTHING, at + 1];
  return [{ example: char, exact: char }, at + 1];
}

const NOTHING: Atom = { example: "", exact: null };
const ESCAPES: Record<string, string> = { d: "1", D: "x", w: "x", W: " ", s: " ", S: "x", t: "\t", n: "\n", r: "\r" };

function readEscape(body: string, at: number): [Atom, number] {
  const char = body[at + 1] ?? "";
  const known = ESCAPES[char];
  if (known !== undefined) return [{ example: known, exact: null }, at + 2];
  // `\x41`, `\x{41}`, `\pL`, `\p{Greek}`, `\101`: what follows belongs to the escape.
  const long = /^\\(?:x[0-9A-Fa-f]{2}|[xpP]\{[^}]*\}|[pP].|[0-7]{1,3})/.exec(body.slice(at, at + 40));
  if (long !== null) return [NOTHING, at + long[0].length];
  if (/[a-z0-9]/i.test(char)) return [NOTHING, at + 2];
  return [{ example: char, exact: char }, at + 2];
}

function readClass(body: string, at: number): [Atom, number] {
  let end = at + (body[at + 1] === "^" ? 2 : 1);
  if (body[end] === "]") end++;
  while (end < body.length && body[end] !== "]") {
    if (body.startsWith("[:", end)) end = Math.max(body.indexOf(":]", end), end) + 1;
    end += body[end] === "\\" ? 2 : 1;
  }
  const source = body.slice(at, end + 1);
  const example = [..."x1 a.-_:/A0Z[]@%\"'"].find((one) => fits(source, one)) ?? [...source.slice(1)][0] ?? "";
  return [{ example, exact: null }, end + 1];
}

function fits(source: string, char: string): boolean {
  try {
    return new RegExp(`^${source}$`).test(char);
  } catch {
    return false;
  }
}

function readGroup(body: string, at: number): [Atom, number] {
  let depth = 0;
  let end = at;
  do {
    const char = body[end];
    if (char === "\\") end++;
    else if (char === "[") end = readClass(body, end)[1] - 1;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    end++;
  } while (depth > 0 && end < body.length);
  const inner = body.slice(at + 1, end - 1).replace(/^\?(?:P?<\w+>|[a-z]*(?:-[a-z]+)?:)/, "");
  return [{ example: inner.startsWith("?") ? "" : exampleMatch(inner), exact: null }, end];
}
