/** Sigma's plain values: `*` and `?` stand for any characters and for one; a backslash takes their meaning away. */

export type Token = { kind: "text"; text: string } | { kind: "any" } | { kind: "one" };

/** How a value is asked for: one of the native tests of texts, a pattern, or no more than that there is something. */
export type Shape =
  | { kind: "test"; modifier: "" | "contains" | "startswith" | "endswith"; text: string }
  | { kind: "re"; pattern: string }
  | { kind: "anything" };

/** Reads a value. `\*`, `\?` and `\\` are plain characters; a backslash before anything else is one too. */
export function readPattern(value: string): Token[] {
  const tokens: Token[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") tokens.push({ kind: "text", text });
    text = "";
  };
  for (let i = 0; i < value.length; i++) {
    const char = value[i]!;
    const next = value[i + 1];
    if (char === "\\" && (next === "\\" || next === "*" || next === "?")) {
      text += next;
      i++;
    } else if (char === "*" || char === "?") {
      flush();
      if (char === "?") tokens.push({ kind: "one" });
      else if (tokens.at(-1)?.kind !== "any") tokens.push({ kind: "any" });
    } else text += char;
  }
  flush();
  return tokens;
}

/** The same with any characters before, after, or around it. */
export function widen(tokens: Token[], modifier: "contains" | "startswith" | "endswith"): Token[] {
  const any: Token = { kind: "any" };
  const before = modifier !== "startswith" && tokens[0]?.kind !== "any" ? [any] : [];
  const after = modifier !== "endswith" && tokens.at(-1)?.kind !== "any" ? [any] : [];
  return tokens.length === 0 ? [any] : [...before, ...tokens, ...after];
}

/** The plainest native test that means the same. */
export function shapeOf(tokens: Token[], cased: boolean): Shape {
  const inner = tokens.filter(({ kind }) => kind !== "any");
  const opened = tokens[0]?.kind === "any";
  const closed = tokens.at(-1)?.kind === "any";
  if (tokens.length === 1 && opened) return { kind: "anything" };
  const [only] = inner;
  const edges = (opened ? 1 : 0) + (closed ? 1 : 0);
  if (tokens.length === 0) return { kind: "re", pattern: "^$" };
  if (inner.length === 1 && only!.kind === "text" && tokens.length === 1 + edges) {
    const modifier = opened ? (closed ? "contains" : "endswith") : closed ? "startswith" : "";
    return { kind: "test", modifier, text: only!.text };
  }
  const body = tokens.slice(opened ? 1 : 0, closed ? tokens.length - 1 : tokens.length);
  return {
    kind: "re",
    pattern: `(?${cased ? "" : "i"}s)${opened ? "" : "^"}${body.map(toRe).join("")}${closed ? "" : "$"}`,
  };
}

/** The plain parts of a value; the text must contain each. */
export function literalsOf(tokens: Token[]): string[] {
  return tokens.flatMap((token) => (token.kind === "text" ? [token.text] : []));
}

/** A text that the value asks for. */
export function exampleOf(tokens: Token[]): string {
  return tokens.map((token) => (token.kind === "text" ? token.text : token.kind === "one" ? "x" : "")).join("");
}

function toRe(token: Token): string {
  if (token.kind === "any") return ".*";
  return token.kind === "one" ? "." : token.text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
