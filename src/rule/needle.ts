/** What a text must contain for a pattern to match at all: looked for before the pattern runs, since that costs more. */

/** Shorter ones are in too many texts to be worth a look. */
const SHORTEST = 4;

/** Something in lower case that every text contains, lower-cased, which the pattern matches; null when none is plain to see. */
export function needleOf(source: string): string | null {
  const found = longest(source);
  return found !== null && found.length >= SHORTEST ? found.toLowerCase() : null;
}

/** Whether a text may be matched by a pattern with this needle. */
export function mayMatch(needle: string | null, text: string): boolean {
  // Other letters may count as the same without regard to case: `ſ` and `s`.
  return needle === null || NOT_ASCII.test(text) || text.toLowerCase().includes(needle);
}

const NOT_ASCII = /[^\x00-\x7f]/;
/** One piece of a pattern: an escape, a class, the opening of a group, or a character. */
const PIECE =
  /\\(?:[pPx]?\{[^}]*\}|[pP].|x[0-9A-Fa-f]{2}|Q|.)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\((?:\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]+\)))?|[\s\S]/y;
const QUANTIFIER = /(?:[*?]|\{0|\{,)/y;
const REPEATED = /(?:\+|\{\d+(?:,\d*)?\})\??/y;
const PLAIN_ESCAPE = /^\\[^\w]$/;

/** The longest run of characters that the pattern cannot do without; null when it has alternatives or none. */
function longest(source: string): string | null {
  let best = "";
  let run = "";
  const end = () => {
    if (run.length > best.length) best = run;
    run = "";
  };
  for (let at = 0; at < source.length; ) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(source)![0];
    if (piece === "|" || piece === ")" || piece === "\\Q") return null;
    at += piece.length;
    let inner: string | null = null;
    const opens = piece.startsWith("(") && !/^\(\?[a-zA-Z-]+\)$/.test(piece);
    if (opens) {
      const close = closing(source, at);
      if (close === -1) return null;
      inner = longest(source.slice(at, close));
      at = close + 1;
    }
    QUANTIFIER.lastIndex = at;
    REPEATED.lastIndex = at;
    const optional = QUANTIFIER.test(source);
    const literal = PLAIN_ESCAPE.test(piece) ? piece[1]! : /^[\w\s"'=:;,<>@#%&/!~`-]$/.test(piece) ? piece : null;
    if (literal !== null && !optional) run += literal;
    if (literal === null || optional) end();
    if (inner !== null && !optional && inner.length > best.length) best = inner;
    const repeated = REPEATED.exec(source);
    if (repeated !== null && !optional) {
      end();
      at += repeated[0].length;
    }
    if (optional) at = behindQuantifier(source, at);
  }
  end();
  return best === "" ? null : best;
}

/** Behind `?`, `*`, `{0,5}` and the `?` that makes one of them lazy. */
function behindQuantifier(source: string, at: number): number {
  const end = source[at] === "{" ? source.indexOf("}", at) + 1 : at + 1;
  return source[end] === "?" ? end + 1 : end;
}

/** The parenthesis that closes the group whose inside begins at `from`; -1 when it is missing. */
function closing(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; ) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(source)![0];
    if (piece.startsWith("(") && !/^\(\?[a-zA-Z-]+\)$/.test(piece)) depth++;
    else if (piece === ")" && --depth === 0) return at;
    at += piece.length;
  }
  return -1;
}
