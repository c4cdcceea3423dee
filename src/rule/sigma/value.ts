/** Values of one field of a Sigma rule, after their modifiers -> a tree of native conditions. */

import { parseNetwork } from "../cidr.ts";
import { compilePattern } from "../match.ts";
import { RuleProblem } from "../problem.ts";
import type { FieldName } from "../reading.ts";
import { type Target, targetOf } from "./field.ts";
import type { Modifiers } from "./modifier.ts";
import { exampleOf, literalsOf, readPattern, shapeOf, type Token, widen } from "./pattern.ts";
import { type Path, SigmaProblem } from "./read.ts";
import { exampleMatch, requiredWord } from "./regex.ts";
import { type Atom, allOf, anyOf, type Example, joinExamples, leaf, type Tree } from "./tree.ts";

/** A field of the message, or a group; `needs` is the pattern that takes the group. */
export type Place =
  | { kind: "field"; name: FieldName }
  | { kind: "group"; name: string; needs: Atom; show: (value: string) => string; example: string };

/** Shortest word by which a message is found. */
export const LEAST = 4;

/** Texts: one of them, or all of them. */
export function textTree(place: Place, values: string[], modifiers: Modifiers, path: Path): Tree {
  const tokens = values.map((value) => {
    const read = readPattern(place.kind === "field" && place.name === "tag" ? value.replace(/^%/, "") : value);
    return modifiers.position === null ? read : widen(read, modifiers.position);
  });
  if (modifiers.all) return allOf(tokens.map((one) => tokensTree(place, [one], modifiers.cased, path)));
  return tokensTree(place, tokens, modifiers.cased, path);
}

/** One of several values; those that ask in the same way share a condition. */
function tokensTree(place: Place, all: Token[][], cased: boolean, path: Path): Tree {
  const byKey = new Map<string, { values: string[]; tokens: Token[][] }>();
  for (const tokens of all) {
    const shape = shapeOf(tokens, cased);
    const [modifier, value] =
      shape.kind === "test" ? [shape.modifier, shape.text] : ["re", shape.kind === "re" ? shape.pattern : "^"];
    if (modifier === "re") checkPattern(value, path);
    const key = [modifier, modifier !== "re" && !cased ? "i" : ""].filter((one) => one !== "").join("|");
    const entry = byKey.get(key) ?? { values: [], tokens: [] };
    byKey.set(key, entry);
    entry.values.push(value);
    entry.tokens.push(tokens);
  }
  return anyOf([...byKey].map(([key, { values, tokens }]) => conditionTree(place, key, values, tokens)));
}

function conditionTree(place: Place, key: string, values: string[], tokens: Token[][]): Tree {
  const shown = exampleOf(tokens[0]!);
  if (place.kind === "group")
    return leaf({
      where: [[joinKey(place.name, key), values]],
      needs: place.needs,
      literals: place.needs.literals,
      example: { parts: [place.show(shown)] },
    });
  const words = tokens.map((one) => wordIn(place.name, literalsOf(one)));
  return leaf({
    conditions: [[joinKey(place.name, key), values]],
    literals: words.every((word) => word !== null) ? (words as string[]) : null,
    example: exampleFor(place.name, key.split("|")[0]!, shown),
  });
}

/** Regular expressions: one of them, or all of them. */
export function patternTree(place: Place, values: string[], modifiers: Modifiers, path: Path): Tree {
  const patterns = values.map((value) => (modifiers.flags === "" ? value : `(?${modifiers.flags})${value}`));
  for (const pattern of patterns) checkPattern(pattern, path);
  const one = (group: string[]) => {
    const example = exampleMatch(group[0]!);
    if (place.kind === "group")
      return leaf({
        where: [[`${place.name}|re`, group]],
        needs: place.needs,
        literals: place.needs.literals,
        example: { parts: [place.show(example)] },
      });
    const words = group.map((pattern) => wordIn(place.name, [requiredWord(pattern, LEAST) ?? ""]));
    return leaf({
      conditions: [[`${place.name}|re`, group]],
      literals: words.every((word) => word !== null) ? (words as string[]) : null,
      example: exampleFor(place.name, "re", example),
    });
  };
  return modifiers.all ? allOf(patterns.map((pattern) => one([pattern]))) : one(patterns);
}

/** Networks and comparisons of numbers. */
export function comparedTree(place: Place, modifier: string, values: (string | number)[], path: Path): Tree {
  if (modifier === "cidr") {
    for (const value of values)
      if (parseNetwork(String(value)) === null)
        throw new SigmaProblem(path, `"${value}" is no network such as 192.0.2.0/24`);
    const first = String(values[0]).replace(/\/.*$/, "");
    if (place.kind === "field" && place.name === "address")
      return leaf({ conditions: [["address|cidr", values.map(String)]], example: { address: first } });
    if (place.kind === "field") throw new SigmaProblem(path, `|cidr asks for an address, and "${place.name}" is none`);
    return leaf({
      where: [[`${place.name}|cidr`, values.map(String)]],
      needs: place.needs,
      literals: place.needs.literals,
      example: { parts: [place.show(first)] },
    });
  }
  if (place.kind === "field")
    throw new SigmaProblem(path, `|${modifier} compares numbers, and "${place.name}" is a text`);
  const [limit] = values;
  if (values.length !== 1 || typeof limit !== "number") throw new SigmaProblem(path, `|${modifier} takes one number`);
  const shown = modifier === "gt" ? limit + 1 : modifier === "lt" ? limit - 1 : limit;
  return leaf({
    where: [[`${place.name}|${modifier}`, values]],
    needs: place.needs,
    literals: place.needs.literals,
    example: { parts: [place.show(String(shown))] },
  });
}

/** That a field is there at all. */
export function presentTree(place: Place): Tree {
  if (place.kind === "group")
    return leaf({
      ...place.needs,
      example: joinExamples(place.needs.example, { parts: [place.show(place.example)] })!,
    });
  return leaf({ conditions: [[`${place.name}|re`, ["^"]]], example: exampleFor(place.name, "", "") });
}

/** The atom that takes a group; `show` makes its example. */
export function takingAtom(target: Extract<Target, { kind: "group" }>): Atom {
  const tree = leaf({ conditions: [["text|re|all", [target.pattern]]], example: {} });
  return (tree as Extract<Tree, { op: "atom" }>).atom;
}

/** The atom that takes a group where it is there, and holds without it too: for the alert to show. */
export function notingAtom(field: string): Atom {
  const target = targetOf(field) as Extract<Target, { kind: "group" }>;
  const pattern = `(?is)^(?:.*?${target.pattern.replace(/^\(\?i\)/, "")})?`;
  return takingAtom({ ...target, pattern });
}

function joinKey(name: string, key: string): string {
  return key === "" ? name : `${name}|${key}`;
}

/** A word that the line must contain because the field contains these: the fields below stand in it as they are. */
function wordIn(name: FieldName, literals: string[]): string | null {
  if (name === "device" || name === "address") return null;
  // Lines are unfolded, and the tag's own colon may have a space before it.
  const words = literals.flatMap((literal) => literal.split(name === "message" ? /[\t\n\r]|\s*:\s*/ : /[\t\n\r]/));
  const longest = words.sort((a, b) => b.length - a.length)[0] ?? "";
  return longest.length >= LEAST ? longest : null;
}

function exampleFor(name: FieldName, modifier: string, value: string): Example {
  if (name === "line") return { parts: [value] };
  if (name === "text" || name === "message") {
    if (modifier === "") return value === "" ? {} : { whole: value };
    if (modifier === "startswith") return { start: value };
    if (modifier === "endswith") return { end: value };
    return { parts: [value] };
  }
  if (name === "tag") return { parts: [value] };
  return value === "" ? {} : { [name]: value };
}

function checkPattern(pattern: string, path: Path): void {
  try {
    compilePattern(pattern, []);
  } catch (error) {
    if (error instanceof RuleProblem) throw new SigmaProblem(path, error.message);
    throw error;
  }
}
