/** Sigma's conditions: `selection and not 1 of filter*` as a tree, read, judged and written. */

export type Expression =
  | { op: "and" | "or"; args: Expression[] }
  | { op: "not"; arg: Expression }
  | { op: "name"; name: string };

/** What is wrong with a condition, and at which character of it. */
export class ExpressionFault extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = "ExpressionFault";
    this.offset = offset;
  }
}

/** Brackets in brackets; more are no one's rule. */
const MAX_DEPTH = 64;
const MAX_LENGTH = 10_000;
const RESERVED = new Set(["and", "or", "not", "of", "them"]);

interface Token {
  text: string;
  at: number;
}

/** Reads a condition over the given names; throws ExpressionFault. From least to most binding: or, and, not, x of. */
export function parseExpression(source: string, names: readonly string[]): Expression {
  if (source.length > MAX_LENGTH) throw new ExpressionFault(0, `is longer than ${MAX_LENGTH} characters`);
  const reader = new Reader(source, names);
  const expression = reader.either(0);
  reader.end();
  return expression;
}

/** Whether the expression holds when `isTrue` tells of each name. */
export function holdsFor(expression: Expression, isTrue: (name: string) => boolean): boolean {
  switch (expression.op) {
    case "name":
      return isTrue(expression.name);
    case "not":
      return !holdsFor(expression.arg, isTrue);
    case "and":
      return expression.args.every((arg) => holdsFor(arg, isTrue));
    case "or":
      return expression.args.some((arg) => holdsFor(arg, isTrue));
  }
}

/** Writes it with no more brackets than it needs. */
export function printExpression(expression: Expression): string {
  switch (expression.op) {
    case "name":
      return expression.name;
    case "not":
      return `not ${bracketed(expression.arg, ["and", "or"])}`;
    case "and":
      return expression.args.map((arg) => bracketed(arg, ["or"])).join(" and ");
    case "or":
      return expression.args.map((arg) => bracketed(arg, [])).join(" or ");
  }
}

/** Names in it; those that help it to hold (`positive`), or those that hinder it. */
export function namesIn(expression: Expression, positive: boolean): Set<string> {
  if (expression.op === "name") return new Set(positive ? [expression.name] : []);
  if (expression.op === "not") return namesIn(expression.arg, !positive);
  return new Set(expression.args.flatMap((arg) => [...namesIn(arg, positive)]));
}

/** Both or either of several; one alone is itself. */
export function joined(op: "and" | "or", args: Expression[]): Expression {
  const flat = args.flatMap((arg) => (arg.op === op ? arg.args : [arg]));
  return flat.length === 1 ? flat[0]! : { op, args: flat };
}

function bracketed(expression: Expression, weaker: string[]): string {
  const text = printExpression(expression);
  return weaker.includes(expression.op) ? `(${text})` : text;
}

class Reader {
  readonly #tokens: Token[];
  readonly #names: readonly string[];
  readonly #length: number;
  #next = 0;

  constructor(source: string, names: readonly string[]) {
    this.#tokens = [...source.matchAll(/[()|]|[^\s()|]+/g)].map((match) => ({ text: match[0], at: match.index }));
    this.#names = names;
    this.#length = source.length;
  }

  either(depth: number): Expression {
    const args = [this.#both(depth)];
    while (this.#takes("or")) args.push(this.#both(depth));
    return joined("or", args);
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token === undefined) return;
    if (token.text === "|")
      throw new ExpressionFault(
        token.at,
        'an aggregation ("| count() …") is no longer Sigma; write a correlation rule',
      );
    throw new ExpressionFault(token.at, `"${token.text}" is not expected here; join names with and, or, not`);
  }

  #both(depth: number): Expression {
    const args = [this.#unary(depth)];
    while (this.#takes("and")) args.push(this.#unary(depth));
    return joined("and", args);
  }

  #unary(depth: number): Expression {
    let negations = 0;
    while (this.#takes("not")) negations++;
    const arg = this.#primary(depth);
    return negations % 2 === 1 ? { op: "not", arg } : arg;
  }

  #primary(depth: number): Expression {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new ExpressionFault(this.#length, "the condition ends where a name is expected");
    if (token.text === "(") {
      if (depth >= MAX_DEPTH) throw new ExpressionFault(token.at, `more than ${MAX_DEPTH} brackets in one another`);
      const inner = this.either(depth + 1);
      if (!this.#takes(")")) throw new ExpressionFault(token.at, "this bracket is not closed");
      return inner;
    }
    if (this.#peeks("of")) return this.#quantified(token);
    if (token.text === ")" || token.text === "|" || RESERVED.has(token.text.toLowerCase()))
      throw new ExpressionFault(token.at, `"${token.text}" stands where a name is expected`);
    if (!this.#names.includes(token.text)) throw this.#unknown(token);
    return { op: "name", name: token.text };
  }

  /** `1 of them`, `all of selection*`. */
  #quantified(token: Token): Expression {
    const op = { "1": "or", any: "or", all: "and" }[token.text.toLowerCase()] as "and" | "or" | undefined;
    if (op === undefined) throw new ExpressionFault(token.at, `"${token.text} of" is not Sigma; write 1 of or all of`);
    this.#next++;
    const pattern = this.#tokens[this.#next++];
    if (pattern === undefined || /^[()|]$/.test(pattern.text))
      throw new ExpressionFault(pattern?.at ?? this.#length, "a pattern or them is expected after of");
    const wanted = pattern.text.toLowerCase() === "them" ? /^(?!_)/ : glob(pattern.text);
    const found = this.#names.filter((name) => wanted.test(name));
    if (found.length === 0) throw this.#unknown(pattern);
    return joined(
      op,
      found.map((name) => ({ op: "name", name })),
    );
  }

  #unknown(token: Token): ExpressionFault {
    return new ExpressionFault(token.at, `nothing is named "${token.text}"; there are: ${this.#names.join(", ")}`);
  }

  #peeks(word: string): boolean {
    return this.#tokens[this.#next]?.text.toLowerCase() === word;
  }

  #takes(word: string): boolean {
    const found = this.#peeks(word);
    if (found) this.#next++;
    return found;
  }
}

/** `selection*`: a star stands for any characters. */
function glob(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
