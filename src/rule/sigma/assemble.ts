/** Trees of conditions -> signals of a native rule, and the condition that joins them. */
import { type Expression, holdsFor, joined, namesIn, printExpression } from "../expression.ts";
import type { Detection } from "./detection.ts";
import type { Atom, Tree } from "./tree.ts";

/** A signal as it is written into a rule file. */
export type SignalText = Record<string, unknown>;

export interface Assembly {
  signals: Record<string, SignalText>;
  /** The signal that stands for the whole detection. */
  name: string;
  /** Signals that are tried on every message, because nothing tells where to look. */
  everywhere: string[];
}

/** Makes signals named after the search identifiers; `whole` names the one for the whole detection. */
export function assemble(
  { searches, condition }: Detection,
  tags: string[] | null,
  options: { prefix: string; whole: string; groups: Atom[] },
): Assembly {
  const used = namesIn(condition, true);
  const unused = namesIn(condition, false);
  const atoms = new Map<string, Atom[]>();
  const parts = new Map<string, Expression>();
  for (const [search, tree] of searches) {
    if (!used.has(search) && !unused.has(search)) continue;
    parts.set(search, split(tree, nameOf(`${options.prefix}${search}`), atoms));
  }
  let expression = substitute(condition, parts);
  if (holdsFor(expression, () => false)) {
    const source = fresh(`${options.prefix}logsource`, atoms);
    atoms.set(source, []);
    expression = joined("and", [{ op: "name", name: source }, expression]);
  }
  const helps = namesIn(expression, true);
  const hinders = namesIn(expression, false);
  const words = wordsOf(expression, atoms);
  const everywhere: string[] = [];
  const signals: Record<string, SignalText> = {};
  for (const [name, own] of atoms) {
    const all = helps.has(name) && !hinders.has(name) ? [...own, ...options.groups] : own;
    const signal = signalOf(all, tags, words);
    if (signal.every === true) everywhere.push(name);
    signals[name] = signal;
  }
  if (expression.op === "name") {
    // Of a rule that others count, one signal needs no name of its own.
    const name = options.prefix === "" ? expression.name : options.whole;
    return { signals: { [name]: signals[expression.name]! }, name, everywhere };
  }
  const name = fresh(options.whole, atoms);
  signals[name] = { condition: printExpression(expression) };
  return { signals, name, everywhere };
}

/** Puts what can stand in one signal into one; gives how the signals are joined. */
function split(tree: Tree, name: string, atoms: Map<string, Atom[]>): Expression {
  if (tree.op === "not") return { op: "not", arg: split(tree.arg, name, atoms) };
  if (tree.op === "or")
    return joined(
      "or",
      tree.args.map((arg) => split(arg, name, atoms)),
    );
  const args = tree.op === "atom" ? [tree] : flatten(tree.args);
  const own = args.flatMap((arg) => (arg.op === "atom" ? [arg.atom] : []));
  const groups: Atom[][] = [];
  for (const atom of own) {
    const fitting = groups.find((group) => fits([...group, atom]));
    if (fitting === undefined) groups.push([atom]);
    else fitting.push(atom);
  }
  const named = groups.map((group): Expression => {
    const free = fresh(name, atoms);
    atoms.set(free, group);
    return { op: "name", name: free };
  });
  const others = args.filter((arg) => arg.op !== "atom").map((arg) => split(arg, name, atoms));
  return joined("and", [...named, ...others]);
}

function flatten(args: Tree[]): Tree[] {
  return args.flatMap((arg) => (arg.op === "and" ? flatten(arg.args) : [arg]));
}

function fits(group: Atom[]): boolean {
  return conditionsOf(group) !== null && whereOf(group) !== null;
}

/** Words of which the line must contain one where the expression holds; null where none can be told. */
function wordsOf(expression: Expression, atoms: Map<string, Atom[]>): string[] | null {
  if (expression.op === "name") return bestWords(atoms.get(expression.name)!);
  if (expression.op === "not") return null;
  const sets = expression.args.map((arg) => wordsOf(arg, atoms));
  if (expression.op === "or") return sets.includes(null) ? null : [...new Set((sets as string[][]).flat())];
  return best(sets.filter((words) => words !== null));
}

function bestWords(group: Atom[]): string[] | null {
  return best(group.flatMap(({ literals }) => (literals === null ? [] : [literals])));
}

/** The set whose shortest word is longest. */
function best(sets: string[][]): string[] | null {
  const shortest = (words: string[]) => Math.min(...words.map((word) => word.length));
  return sets.sort((a, b) => shortest(b) - shortest(a))[0] ?? null;
}

function signalOf(group: Atom[], tags: string[] | null, words: string[] | null): SignalText {
  const conditions = conditionsOf(group)!;
  const where = whereOf(group)!;
  const index = tags === null ? literalIndex(group, conditions, words) : { "tag|startswith": tags };
  const written = Object.fromEntries([...conditions].map(([key, values]) => [key, one(values)]));
  return {
    ...index,
    ...written,
    ...(where.size === 0 ? {} : { where: Object.fromEntries([...where].map(([key, values]) => [key, one(values)])) }),
  };
}

/** The words that tell most; keywords that are such words themselves need not be asked for again. A signal without
 * words of its own matters only where the whole can hold, and that has some. */
function literalIndex(group: Atom[], conditions: Map<string, (string | number)[]>, whole: string[] | null): SignalText {
  const own = bestWords(group);
  const words = own ?? whole;
  if (words === null) return { every: true };
  const asked = conditions.get("line|contains|i");
  if (own !== null && asked?.length === own.length && asked.every((value, i) => value === own[i]))
    conditions.delete("line|contains|i");
  return { "literal|i": one(words) };
}

/** The conditions of several atoms together; null when two of them cannot stand in one signal. */
function conditionsOf(group: Atom[]): Map<string, (string | number)[]> | null {
  const needed = group.flatMap((atom) => (atom.needs === null ? [] : [atom.needs]));
  return merge([...new Set([...needed, ...group])].map(({ conditions }) => conditions));
}

function whereOf(group: Atom[]): Map<string, (string | number)[]> | null {
  return merge(group.map(({ where }) => where));
}

function merge(all: Atom["conditions"][]): Map<string, (string | number)[]> | null {
  const result = new Map<string, (string | number)[]>();
  const addAll = (key: string, values: (string | number)[]) =>
    result.set(key, [...new Set([...(result.get(key) ?? []), ...values])]);
  for (const [key, values] of all.flat()) {
    const before = result.get(key);
    const each = eachOf(key);
    if (key.split("|").includes("all")) addAll(key, values);
    else if (before === undefined) result.set(key, values);
    else if (same(before, values)) continue;
    else if (each === null || values.length > 1) return null;
    else addAll(each, values);
  }
  for (const [key, values] of [...result]) {
    const each = eachOf(key);
    if (each === null || values.length > 1 || !result.has(each)) continue;
    result.delete(key);
    addAll(each, values);
  }
  return new Map([...result].map(([key, values]) => [values.length > 1 ? key : alone(key), values]));
}

/** `line|contains|all|i` of a single value says no more than `line|contains|i`. */
function alone(key: string): string {
  return key.replace("|all", "");
}

/** The key under which several such conditions stand together: `line|contains|i` -> `line|contains|all|i`. */
function eachOf(key: string): string | null {
  const [field = "", modifier = "", ...more] = key.split("|");
  if (more.includes("all") || (modifier !== "contains" && modifier !== "re")) return null;
  return [field, modifier, "all", ...more].join("|");
}

function same(a: unknown[], b: unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function one<T>(values: T[]): T | T[] {
  return values.length === 1 ? values[0]! : values;
}

function substitute(expression: Expression, parts: Map<string, Expression>): Expression {
  if (expression.op === "name") return parts.get(expression.name)!;
  if (expression.op === "not") return { op: "not", arg: substitute(expression.arg, parts) };
  return joined(
    expression.op,
    expression.args.map((arg) => substitute(arg, parts)),
  );
}

/** A lower-case name as native rules have them. */
export function nameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return plain === "" ? "search" : plain;
}

function fresh(name: string, taken: Map<string, unknown>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name}_${n}`)) return `${name}_${n}`;
}
