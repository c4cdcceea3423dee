/** A detection of Sigma: search identifiers and a condition -> trees of native conditions, and how they are joined. */
import { type Expression, ExpressionFault, joined, parseExpression } from "../expression.ts";
import { itemTree, keywordTree, type Scalar, type Taken, takenBy } from "./item.ts";
import { type Path, type SigmaDocument, SigmaProblem } from "./read.ts";
import { allOf, anyOf, type Example, examplesOf, type Tree } from "./tree.ts";

/** What a detection says, in native words. */
export interface Detection {
  /** Each search identifier, in the order of the rule. */
  searches: Map<string, Tree>;
  condition: Expression;
}

/** Reads the detection of a document; throws SigmaProblem with the place of the first fault. */
export function readDetection(document: SigmaDocument): Detection {
  const detection = document.value.detection!;
  const searches = new Map<string, Tree>();
  for (const [name, value] of Object.entries(detection)) {
    if (name === "condition") continue;
    if (name === "timeframe")
      throw new SigmaProblem(
        ["detection", name],
        "timeframe belongs to Sigma's old aggregations; write a correlation rule",
      );
    searches.set(name, searchTree(value, ["detection", name], document));
  }
  if (searches.size === 0) throw new SigmaProblem(["detection"], "there is nothing to search for");
  return { searches, condition: readCondition(detection.condition, [...searches.keys()]) };
}

/** One condition, or a list of which one must hold. */
function readCondition(value: unknown, names: string[]): Expression {
  const path = ["detection", "condition"];
  if (value === undefined) throw new SigmaProblem(["detection"], "a detection needs a condition");
  const all = Array.isArray(value)
    ? value.map((one, i): [unknown, Path] => [one, [...path, i]])
    : [[value, path] as const];
  const read = all.map(([source, place]) => {
    if (typeof source !== "string")
      throw new SigmaProblem([...place], "a condition such as selection and not filter is expected");
    try {
      return parseExpression(source, names);
    } catch (error) {
      if (error instanceof ExpressionFault) throw new SigmaProblem([...place], error.message, error.offset);
      throw error;
    }
  });
  if (read.length === 0) throw new SigmaProblem(path, "the list is empty");
  return joined("or", read);
}

/** A map (all), a list of maps (one of them), a list of keywords (one of them), or one keyword. */
function searchTree(value: unknown, path: Path, document: SigmaDocument): Tree {
  if (isScalar(value)) return keywordTree([], [value], path, document);
  if (!Array.isArray(value)) return mapTree(value, path, document);
  if (value.length === 0) throw new SigmaProblem(path, "the list is empty");
  if (value.every(isScalar)) return keywordTree([], value, path, document);
  return anyOf(value.map((one, i) => searchTree(one, [...path, i], document)));
}

function mapTree(value: unknown, path: Path, document: SigmaDocument): Tree {
  if (typeof value !== "object" || value === null) throw new SigmaProblem(path, "a map or a list is expected here");
  const entries = Object.entries(value);
  if (entries.length === 0) throw new SigmaProblem(path, "the map is empty");
  // Patterns first: what their groups take can be asked for beside them.
  const patterns = entries.filter(([key]) => /\|re(?:\||$)/.test(key));
  const trees = new Map(
    patterns.map(([key, inner]) => [key, entryTree(key, inner, [...path, key], document, new Map())]),
  );
  const taken: Taken = new Map([...trees.values()].flatMap((tree) => [...takenBy(tree)]));
  return allOf(entries.map(([key, inner]) => trees.get(key) ?? entryTree(key, inner, [...path, key], document, taken)));
}

function entryTree(key: string, value: unknown, path: Path, document: SigmaDocument, taken: Taken): Tree {
  const values = (Array.isArray(value) ? value : [value]) as unknown[];
  if (values.length === 0) throw new SigmaProblem(path, "the list is empty");
  const wrong = values.findIndex((one) => !isScalar(one));
  if (wrong !== -1) throw new SigmaProblem([...path, wrong], "values are expected here, not maps");
  const [field = "", ...modifiers] = key.split("|");
  if (field.toLowerCase() === "keywords") document.warn(path, "is taken for keywords, not for the name of a field");
  if (field === "" || field.toLowerCase() === "keywords")
    return keywordTree(modifiers, values as Scalar[], path, document);
  return itemTree(key, values as Scalar[], path, document, taken);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== "object";
}

/** Lines that hold for a detection, a few ways of it. */
export function examplesFor({ searches, condition }: Detection): Example[] {
  const treeOf = (expression: Expression): Tree => {
    if (expression.op === "name") return searches.get(expression.name)!;
    if (expression.op === "not") return { op: "not", arg: treeOf(expression.arg) };
    const args = expression.args.map(treeOf);
    return expression.op === "and" ? allOf(args) : anyOf(args);
  };
  return examplesOf(treeOf(condition));
}
