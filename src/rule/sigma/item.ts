/** One entry of a search identifier, `field|modifiers: values`, or keywords -> a tree of native conditions. */
import { isField } from "../reading.ts";
import { KNOWN_FIELDS, SEVERITIES, type Target, targetOf } from "./field.ts";
import { type Modifiers, readModifiers } from "./modifier.ts";
import { type Path, type SigmaDocument, SigmaProblem } from "./read.ts";
import { type Atom, allOf, anyOf, leaf, type Tree } from "./tree.ts";
import { comparedTree, type Place, patternTree, presentTree, takingAtom, textTree } from "./value.ts";

export type Scalar = string | number | boolean | null;

/** Values without a field: they may stand anywhere in the line. */
export function keywordTree(names: string[], values: Scalar[], path: Path, document: SigmaDocument): Tree {
  const modifiers = readModifiers(names, path);
  if (modifiers.compare !== null || modifiers.exists) throw new SigmaProblem(path, "keywords have no field to compare");
  const place: Place = { kind: "field", name: "line" };
  const texts = values.map((value) => textOf(value, path));
  warnOfAll(modifiers, texts, path, document);
  if (modifiers.re) return negated(modifiers, patternTree(place, texts, modifiers, path));
  return negated(modifiers, textTree(place, texts, { ...modifiers, position: modifiers.position ?? "contains" }, path));
}

/** Groups that patterns of the same map take, by name. */
export type Taken = Map<string, Atom>;

/** An entry with a field. */
export function itemTree(key: string, values: Scalar[], path: Path, document: SigmaDocument, taken: Taken): Tree {
  const [field = "", ...names] = key.split("|");
  const modifiers = readModifiers(names, path);
  const place = placeOf(field, path, taken);
  if (modifiers.exists) {
    const [wanted] = values;
    if (values.length !== 1 || typeof wanted !== "boolean") throw new SigmaProblem(path, "|exists takes true or false");
    return wanted ? presentOf(place) : { op: "not", arg: presentOf(place) };
  }
  warnOfAll(modifiers, values, path, document);
  const missing: Tree[] = values.includes(null) ? [{ op: "not", arg: presentOf(place) }] : [];
  const given = values.filter((value) => value !== null);
  if (given.length === 0) return negated(modifiers, anyOf(missing));
  const tree = givenTree(place, given, modifiers, path);
  if (missing.length === 0) return negated(modifiers, tree);
  return negated(modifiers, modifiers.all ? allOf([...missing, tree]) : anyOf([...missing, tree]));
}

function givenTree(place: Place | "severity", values: Scalar[], modifiers: Modifiers, path: Path): Tree {
  if (place === "severity") return severityTree(values, modifiers, path);
  if (place.kind === "field" && place.name === "mnemonic" && values.some((value) => /-[0-7]-/.test(String(value))))
    return givenTree({ kind: "field", name: "tag" }, values, modifiers, path);
  if (modifiers.compare !== null) return comparedTree(place, modifiers.compare, values as (string | number)[], path);
  const texts = values.map((value) => textOf(value, path));
  return modifiers.re ? patternTree(place, texts, modifiers, path) : textTree(place, texts, modifiers, path);
}

function placeOf(field: string, path: Path, taken: Taken): Place | "severity" {
  const own = taken.get(field);
  if (own !== undefined) return { kind: "group", name: field, needs: own, show: () => "", example: "" };
  const target = targetOf(field);
  if (target === null)
    throw new SigmaProblem(
      path,
      `no message of a router has a field "${field}", and no pattern here takes it; known: ${KNOWN_FIELDS.join(", ")}`,
    );
  return target.kind === "severity" ? "severity" : placeFor(target);
}

function placeFor(target: Exclude<Target, { kind: "severity" }>): Place {
  if (target.kind === "field") return target;
  const { name, show, example } = target;
  return { kind: "group", name, needs: takingAtom(target), show, example };
}

function presentOf(place: Place | "severity"): Tree {
  return place === "severity" ? presentTree({ kind: "field", name: "tag" }) : presentTree(place);
}

function severityTree(values: Scalar[], modifiers: Modifiers, path: Path): Tree {
  if (modifiers.position !== null || modifiers.re || modifiers.compare === "cidr")
    throw new SigmaProblem(path, "a severity is a number from 0 (emergency) to 7 (debugging), or its name");
  const numbers = values.map((value) => {
    const number = typeof value === "number" ? value : (SEVERITIES[String(value).toLowerCase()] ?? Number(value));
    if (!Number.isInteger(number) || number < 0 || number > 7)
      throw new SigmaProblem(path, `"${value}" is no severity: 0 (emergency) to 7 (debugging), or its name`);
    return number;
  });
  const [limit = 0] = numbers;
  if (modifiers.compare === null)
    return leaf({ conditions: [["severity", numbers]], example: { severity: numbers[0]! } });
  if (numbers.length !== 1) throw new SigmaProblem(path, `|${modifiers.compare} takes one number`);
  const bound = limit + { gt: 1, lt: -1, gte: 0, lte: 0, cidr: 0 }[modifiers.compare];
  if (bound < 0 || bound > 7) throw new SigmaProblem(path, `no severity is ${modifiers.compare} ${limit}`);
  const native = modifiers.compare.startsWith("g") ? "severity|gte" : "severity|lte";
  return leaf({ conditions: [[native, [bound]]], example: { severity: bound } });
}

/** Names of the groups in patterns of a map, each with the atom that takes them. */
export function takenBy(tree: Tree): Taken {
  const taken: Taken = new Map();
  if (tree.op !== "atom") return tree.op === "and" ? new Map(tree.args.flatMap((arg) => [...takenBy(arg)])) : taken;
  for (const [key, values] of tree.atom.conditions) {
    if (!key.endsWith("|re") || !isField(key.split("|")[0]!) || values.length !== 1) continue;
    for (const match of String(values[0]).matchAll(/\(\?P?<(\w+)>/g)) taken.set(match[1]!, tree.atom);
  }
  return taken;
}

function negated(modifiers: Modifiers, tree: Tree): Tree {
  return modifiers.neq ? { op: "not", arg: tree } : tree;
}

function textOf(value: Scalar, path: Path): string {
  if (value === null || typeof value === "object") throw new SigmaProblem(path, "a text is expected here");
  return String(value);
}

function warnOfAll(modifiers: Modifiers, values: unknown[], path: Path, document: SigmaDocument): void {
  if (modifiers.all && values.length < 2) document.warn(path, "|all has no effect on a single value");
}
