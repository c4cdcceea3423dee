/** Fields that a correlation groups by or counts, and its aliases -> native names, and the patterns that take them. */
import type { Leaf } from "./correlation.ts";
import type { Detection } from "./detection.ts";
import { KNOWN_FIELDS, type Target, targetOf } from "./field.ts";
import { takenBy } from "./item.ts";
import { type Path, type SigmaDocument, SigmaProblem } from "./read.ts";
import type { Atom, Tree } from "./tree.ts";

/** How one rule gives a field: its native name, and the pattern that is to be added for it. */
export interface Chosen {
  name: string;
  /** Null where the message itself, or a pattern of the rule, gives it. */
  atom: Atom | null;
  /** Writes the n-th value of it into an example; null where no value can be chosen. */
  vary: ((n: number) => string) | null;
}

/** What the rule of this name takes for one field; undefined for a field of the message. */
export type FieldOf = (rule: string) => Chosen | undefined;

/** Native names of the fields under `path`; what each rule has to take for them is added to `fields`. */
export function chooseFields(
  document: SigmaDocument,
  leaves: Map<string, Leaf>,
  path: Path,
  fields: FieldOf[],
): string[] {
  const wanted = listAt(document.value, path);
  const aliases = (document.value.correlation!.aliases ?? {}) as Record<string, Record<string, unknown>>;
  return wanted.map((field, i) => {
    const place = [...path, i];
    const byRule = Object.hasOwn(aliases, field) ? aliasOf(document, field, aliases[field], leaves) : null;
    const chosen = new Map([...leaves].map(([rule, leaf]) => [rule, choose(byRule?.get(rule) ?? field, leaf, place)]));
    const names = new Set([...chosen.values()].map((one) => (typeof one === "string" ? one : "")));
    const [name = ""] = names;
    if (names.size === 1 && name !== "") return name;
    if (names.size > 1)
      throw new SigmaProblem(
        place,
        `"${field}" is a field of the message for one rule and a part of its text for another`,
      );
    const native = byRule === null ? (chosen.values().next().value as Group).name : nativeName(field);
    const value = exampleOf([...chosen.values()] as Group[]);
    fields.push((rule) => renamed(chosen.get(rule) as Group | undefined, native, value));
    return native;
  });
}

interface Group {
  name: string;
  /** The pattern with its field, `text|re`; null where the rule has it already. */
  own: Atom | null;
  target: Extract<Target, { kind: "group" }> | null;
}

function choose(field: string, leaf: Leaf, path: Path): string | Group {
  const own = leaf.own.get(field);
  if (own !== undefined) return { name: field, own, target: null };
  const target = targetOf(field);
  if (target?.kind === "field") return target.name;
  if (target?.kind === "group") return { name: target.name, own: null, target };
  throw new SigmaProblem(
    path,
    `no message of a router has a field "${field}", and no pattern of the rule takes it; known: ${KNOWN_FIELDS.filter((name) => name !== "severity").join(", ")}`,
  );
}

/** The pattern of a group under the name that the correlation gives it. */
function renamed(group: Group | undefined, name: string, value: string): Chosen | undefined {
  if (group === undefined) return undefined;
  const { own, target } = group;
  const rename = (pattern: string) => pattern.replace(new RegExp(`\\(\\?P?<${group.name}>`), `(?P<${name}>`);
  if (own !== null) {
    if (group.name === name) return { name, atom: null, vary: null };
    const conditions = own.conditions.map(([key, values]): [string, string[]] => [
      key,
      values.map((one) => rename(String(one))),
    ]);
    return { name, atom: { ...own, conditions }, vary: null };
  }
  const { pattern, show } = target!;
  const atom: Atom = {
    conditions: [["text|re|all", [rename(pattern)]]],
    where: [],
    literals: null,
    needs: null,
    example: {},
  };
  return { name, atom, vary: (n) => show(nth(value, n)) };
}

/** The n-th of many values that look like the example: the last number in it is counted on. */
function nth(example: string, n: number): string {
  const counted = example.replace(/\d+(?=\D*$)/, (number) => String(Number(number) + n));
  return counted !== example || n === 0 ? counted : `${example}${n}`;
}

/** A value that every rule could have there: what is an address is a name too, but not the other way round. */
function exampleOf(groups: Group[]): string {
  const examples = groups.flatMap(({ target }) => (target === null ? [] : [target.example]));
  return examples.find((example) => /^\d/.test(example)) ?? examples[0] ?? "";
}

/** Groups that the patterns of a detection take by name. */
export function ownGroups({ searches }: Detection): Map<string, Atom> {
  const walk = (tree: Tree): [string, Atom][] => {
    if (tree.op === "atom") return [...takenBy(tree)];
    return tree.op === "not" ? [] : tree.args.flatMap(walk);
  };
  return new Map([...searches.values()].flatMap(walk));
}

/** What an alias stands for in each rule. */
function aliasOf(
  document: SigmaDocument,
  alias: string,
  value: unknown,
  leaves: Map<string, Leaf>,
): Map<string, string> {
  const path: Path = ["correlation", "aliases", alias];
  if (typeof value !== "object" || value === null) throw new SigmaProblem(path, "a map of rule to field is expected");
  const result = new Map<string, string>();
  for (const [rule, field] of Object.entries(value)) {
    const found = [...leaves].find(([, leaf]) => leaf.document.value.name === rule || leaf.document.value.id === rule);
    if (found === undefined)
      throw new SigmaProblem([...path, rule], `"${rule}" is none of the rules that are correlated`);
    if (typeof field !== "string") throw new SigmaProblem([...path, rule], "the name of a field is expected");
    result.set(found[0], field);
  }
  for (const [rule] of leaves)
    if (!result.has(rule))
      throw new SigmaProblem(path, `says nothing of the rule "${rule}" of "${document.value.title}"`);
  return result;
}

function nativeName(alias: string): string {
  const plain = alias
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  return plain === "" ? "alias" : plain;
}

function listAt(value: unknown, path: Path): string[] {
  let inner: unknown = value;
  for (const part of path) inner = (inner as Record<string, unknown> | undefined)?.[String(part)];
  if (inner === undefined || inner === null) return [];
  const list = Array.isArray(inner) ? inner : [inner];
  return list.map((one, i) => {
    if (typeof one !== "string") throw new SigmaProblem([...path, i], "the name of a field is expected");
    return one;
  });
}
