/** Conditions of a Sigma rule as a tree: what one message must say, and where an example of it would say so. */

/** One condition in native words. */
export interface Atom {
  /** `line|contains|i` and its values, of which one must hold. */
  conditions: [key: string, values: (string | number)[]][];
  /** The same of what a pattern took: `user|i`. */
  where: [key: string, values: (string | number)[]][];
  /** The line must contain one of these, case aside; null where none can be told. */
  literals: string[] | null;
  /** Groups that must have been taken before `where` can be asked. */
  needs: Atom | null;
  example: Example;
}

export type Tree = { op: "and" | "or"; args: Tree[] } | { op: "not"; arg: Tree } | { op: "atom"; atom: Atom };

/** What a line must show for a condition to hold. */
export interface Example {
  /** The whole text, its beginning, its end, and what stands anywhere in it. */
  whole?: string;
  start?: string;
  end?: string;
  parts?: string[];
  facility?: string;
  mnemonic?: string;
  severity?: number;
  device?: string;
  process?: string;
  node?: string;
  address?: string;
}

/** All of several; one alone is itself. */
export function allOf(args: Tree[]): Tree {
  return args.length === 1 ? args[0]! : { op: "and", args };
}

/** One of several; one alone is itself. */
export function anyOf(args: Tree[]): Tree {
  return args.length === 1 ? args[0]! : { op: "or", args };
}

/** An atom as a tree. */
export function leaf(atom: Partial<Atom>): Tree {
  return {
    op: "atom",
    atom: { conditions: [], where: [], literals: null, needs: null, example: {}, ...atom },
  };
}

/** Examples put together; null when they contradict each other. */
export function joinExamples(a: Example, b: Example): Example | null {
  for (const key of [
    "whole",
    "start",
    "end",
    "facility",
    "mnemonic",
    "severity",
    "device",
    "process",
    "node",
    "address",
  ] as const) {
    if (a[key] !== undefined && b[key] !== undefined && a[key] !== b[key]) return null;
  }
  return { ...a, ...b, parts: [...(a.parts ?? []), ...(b.parts ?? [])] };
}

/** A few ways in which a tree can hold, as examples; what must not be is left to luck, and to the engine's judgement. */
export function examplesOf(tree: Tree, most = 8): Example[] {
  switch (tree.op) {
    case "atom": {
      const { example, needs } = tree.atom;
      const joined = needs === null ? example : joinExamples(needs.example, example);
      return joined === null ? [] : [joined];
    }
    case "not":
      return [{}];
    case "or":
      return tree.args.flatMap((arg) => examplesOf(arg, most)).slice(0, most);
    case "and": {
      let found: Example[] = [{}];
      for (const arg of tree.args) {
        const more = examplesOf(arg, most);
        found = found.flatMap((one) => more.flatMap((other) => joinExamples(one, other) ?? [])).slice(0, most);
      }
      return found;
    }
  }
}
