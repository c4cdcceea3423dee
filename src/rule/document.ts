/** YAML text -> checked value, every fault as `file:line:col: problem` with the legal values. */
import { LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { badAliases } from "./alias.ts";
import type { Place } from "./compiled-case.ts";
import { RuleProblem } from "./problem.ts";

/** A rule file may not be larger, in characters. */
const MAX_SIZE = 1_000_000;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** One YAML file with the means to say where in it a fault lies. */
export interface RuleDocument<T> {
  value: T;
  /** The file's fields as they are written, before defaults. */
  written: object;
  /** Runs `work`; a RuleProblem in it becomes RULE_INVALID with file, line and column. */
  locate<R>(work: () => R): R;
  /** Where the value at this path stands, or what is nearest around it. */
  place(path: PropertyKey[]): Place;
}

/** Parses and checks one file; throws RULE_INVALID listing every fault found. */
export function readDocument<S extends z.ZodType>(schema: S, file: string, source: string): RuleDocument<z.infer<S>> {
  if (source.length > MAX_SIZE) throw invalid([`${file}:1:1: larger than ${MAX_SIZE} characters`]);
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    merge: false,
    uniqueKeys: true,
    schema: "core",
    // Its warnings would go to stderr as they are.
    logLevel: "error",
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map((error) => {
        const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
        return `${place(error.pos[0])}: ${error.code === "MULTIPLE_DOCS" ? "a file is one document: take this one out" : message}`;
      }),
    );
  }
  const aliases = badAliases(document);
  if (aliases.length > 0) throw invalid(aliases.map(([offset, message]) => `${place(offset)}: ${message}`));
  const find = (path: PropertyKey[]): Place => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined;
      if (!node?.range) continue;
      const flow = "flow" in node && node.flow === true;
      return { place: place(node.range[0]), column: lines.linePos(node.range[0]).col, flow };
    }
    return { place: `${file}:1:1`, column: 1, flow: false };
  };
  const at = (path: PropertyKey[]): string => find(path).place;
  const plain: unknown = toPlain(() => document.toJS({ maxAliasCount: 50 }), file);
  const forbidden = findForbiddenKey(plain, []);
  if (forbidden !== null) throw invalid([`${at(forbidden)}: the key "${String(forbidden.at(-1))}" is not allowed`]);
  const result = schema.safeParse(plain);
  if (!result.success) throw invalid(result.error.issues.flatMap((issue) => describe(issue, at, schema)));
  return {
    value: result.data,
    // What a schema of rules or advisories accepts is a map.
    written: plain as object,
    place: find,
    locate(work) {
      try {
        return work();
      } catch (error) {
        if (error instanceof RuleProblem) throw invalid([`${at(error.path)}: ${where(error.path)}${error.message}`]);
        throw error;
      }
    },
  };
}

/** RULE_INVALID with one line per fault. */
export function invalid(problems: string[]): TelltaleError {
  return new TelltaleError(
    "RULE_INVALID",
    problems.join("\n"),
    "Mend the lines named above, then run `telltale rules check`. rules/_template shows every field.",
  );
}

function describe(issue: z.core.$ZodIssue, at: (path: PropertyKey[]) => string, schema: z.ZodType): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = legalFields(schema, issue.path);
    return issue.keys.map((key) => {
      const legal = nearTo(key, known);
      const told = legal.length === 0 ? "" : `; known here: ${legal.join(", ")}`;
      return `${at([...issue.path, key])}: ${where([...issue.path, key])}unknown field${told}`;
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const meant = [...issue.errors].sort((a, b) => missing(a) - missing(b) || depth(b) - depth(a))[0]!;
    return meant.flatMap((inner) =>
      describe({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, at, schema),
    );
  }
  return [`${at(issue.path)}: ${where(issue.path)}${plainly(issue)}`];
}

/** The checker's words where they are a rule author's too. */
function plainly(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return `no such key: ${issue.issues[0]?.message}`;
  if (issue.code !== "invalid_type") return issue.message;
  if (issue.path.length === 0 && issue.message.endsWith("received null")) return "is empty";
  if (issue.message.endsWith("received undefined")) return "is missing";
  const unquoted = issue.expected === "string" && issue.message.endsWith("received number");
  return unquoted ? "is read as a number; put it in quotes" : issue.message;
}

/** How many fields that an alternative needs are not there: one that has them all is what was meant. */
function missing(issues: z.core.$ZodIssue[]): number {
  return issues.filter((issue) => plainly(issue) === "is missing").length;
}

/** How far into the value an alternative got: the one that got furthest is what was meant. */
function depth(issues: z.core.$ZodIssue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}

/** The fields that may stand at a place in the document; none where several shapes are allowed there. */
function legalFields(schema: z.ZodType, path: PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const part of [...path, null]) {
    while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
      inner = inner.unwrap();
    if (part === null) break;
    if (inner instanceof z.ZodObject) inner = inner.shape[String(part)];
    else if (inner instanceof z.ZodArray) inner = inner.element;
    else if (inner instanceof z.ZodRecord) inner = inner.valueType;
    else return [];
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Of many fields with modifiers only those of the same field, or where there is none, their names without modifiers. */
function nearTo(key: string, known: string[]): string[] {
  const base = (field: string) => field.split("|")[0]!;
  const same = known.filter((field) => base(field) === base(key));
  return same.length > 0 ? same : [...new Set(known.map(base))];
}

function where(path: PropertyKey[]): string {
  return path.length === 0 ? "" : `${path.map(String).join(".")}: `;
}

function toPlain(work: () => unknown, file: string): unknown {
  try {
    return work();
  } catch (error) {
    throw invalid([`${file}:1:1: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function findForbiddenKey(value: unknown, path: PropertyKey[]): PropertyKey[] | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) return [...path, key];
    const found = findForbiddenKey(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== null) return found;
  }
  return null;
}
