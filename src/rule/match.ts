/** Field conditions of a signal, after Sigma: `text|re`, `mnemonic|startswith`, `line|contains|i` … */
import { RE2JS } from "re2js";
import { parseNetwork } from "./cidr.ts";
import type { Captures, SignalCondition } from "./compiled.ts";
import { mayMatch, needleOf } from "./needle.ts";
import { RuleProblem } from "./problem.ts";
import { FIELDS, type FieldName, isField, type Reading } from "./reading.ts";

/** Longest pattern a rule may hold, in characters. */
const MAX_PATTERN = 1_000;

type Path = (string | number)[];
type Check = (reading: Reading, captures: Captures) => boolean;

/** Turns `field|modifier: values` into a condition; null when the key is no field condition. */
export function compileFieldCondition(key: string, values: string[], path: Path): SignalCondition | null {
  const [field = "", ...modifiers] = key.split("|");
  if (!isField(field)) return null;
  const test = compileField(field, modifiers, values, path);
  if (test === null) return null;
  const needs = field === "text" ? needsOf(modifiers, values) : null;
  return { key, wanted: values, read: FIELDS[field], test, ...(needs === null ? {} : { needs }) };
}

/** What a text must contain one of to meet such a condition. */
function needsOf(modifiers: string[], values: string[]): string[] | null {
  const needles = modifiers[0] === "re" ? values.map(needleOf) : modifiers[0] === "cidr" ? [] : values;
  const plain = needles.filter((needle) => needle !== null);
  if (modifiers.includes("all")) return plain.length === 0 ? null : plain.slice(0, 1);
  return plain.length === 0 || plain.length < needles.length ? null : plain;
}

function compileField(field: FieldName, modifiers: string[], values: string[], path: Path): Check | null {
  if (modifiers[0] === "re") {
    const patterns = values.map((value) => compilePattern(value, path));
    const check = modifiers[1] === "all" ? everyPattern(patterns) : anyPattern(patterns);
    return (reading, captures) => {
      const value = reading.field(field);
      return value !== null && check(value, captures);
    };
  }
  const test = compileTest(modifiers, values, path);
  if (test === null) return null;
  const folds = modifiers.includes("i");
  return (reading) => {
    const value = folds ? reading.folded(field) : reading.field(field);
    return value !== null && test(value);
  };
}

/** Turns `group|modifier: values` into a condition on what the patterns before it took. */
export function compileWhere(key: string, values: (string | number)[], path: Path): SignalCondition {
  const test = compileGroup(key, values, path);
  const [group = ""] = key.split("|");
  return {
    key: `where.${key}`,
    wanted: values,
    read: () => null,
    test: (_, captures) => captures[group] !== undefined && test(captures[group]),
  };
}

function compileGroup(key: string, values: (string | number)[], path: Path): (value: string) => boolean {
  const [, ...modifiers] = key.split("|");
  const compare = COMPARE[modifiers[0] ?? ""];
  if (compare !== undefined) {
    const limit = Number(values[0]);
    if (values.length !== 1 || !Number.isFinite(limit))
      throw new RuleProblem(path, `|${modifiers[0]} takes one number`);
    return (value) => NUMBER.test(value) && compare(Number(value), limit);
  }
  const texts = values.map(String);
  if (modifiers[0] === "re") return matchesAny(texts.map((text) => compilePattern(text, path)));
  const test = compileTest(modifiers, texts, path);
  if (test === null) throw new RuleProblem(path, `unknown modifier |${modifiers.join("|")}`);
  return modifiers.includes("i") ? (value) => test(value.toLowerCase()) : test;
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const COMPARE: Record<string, (value: number, limit: number) => boolean> = {
  gt: (value, limit) => value > limit,
  gte: (value, limit) => value >= limit,
  lt: (value, limit) => value < limit,
  lte: (value, limit) => value <= limit,
};

/** The test that a value passes; of a value in lower case when the modifiers say `i`. */
function compileTest(modifiers: string[], values: string[], path: Path): ((value: string) => boolean) | null {
  const [modifier = "", ...more] = modifiers.filter((one) => one !== "i");
  if (modifier === "cidr") {
    const networks = values.map((value) => {
      const network = parseNetwork(value);
      if (network === null) throw new RuleProblem(path, `"${value}" is no network such as 192.0.2.0/24`);
      return network;
    });
    return (value) => networks.some((holds) => holds(value));
  }
  const test = TESTS[modifier];
  if (test === undefined) return null;
  const wanted = modifiers.includes("i") ? values.map((value) => value.toLowerCase()) : values;
  return more[0] === "all"
    ? (value) => wanted.every((one) => test(value, one))
    : (value) => wanted.some((one) => test(value, one));
}

const TESTS: Record<string, (value: string, wanted: string) => boolean> = {
  "": (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** Compiles a pattern with a linear-time engine; look-around and back-references are refused. */
export function compilePattern(source: string, path: Path): RE2JS {
  if (source.length > MAX_PATTERN) throw new RuleProblem(path, `pattern is longer than ${MAX_PATTERN} characters`);
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RuleProblem(path, `not an RE2 pattern (no look-around, no back-references): ${why}`);
  }
}

type Take = (value: string, captures: Captures) => boolean;

/** The first pattern that matches gives its groups. */
function anyPattern(patterns: RE2JS[]): Take {
  const takes = patterns.map(takeOf);
  return (value, captures) => takes.some((take) => take(value, captures));
}

/** Every pattern must match, and each gives its groups. */
function everyPattern(patterns: RE2JS[]): Take {
  const takes = patterns.map(takeOf);
  return (value, captures) => takes.every((take) => take(value, captures));
}

function takeOf(pattern: RE2JS): Take {
  const names = Object.keys(pattern.namedGroups());
  const needle = needleOf(pattern.pattern());
  return (value, captures) => {
    if (!mayMatch(needle, value)) return false;
    const matcher = pattern.matcher(value);
    if (!matcher.find()) return false;
    for (const name of names) {
      const group = matcher.group(name);
      if (group !== null && group !== undefined) captures[name] = group;
    }
    return true;
  };
}

function matchesAny(patterns: RE2JS[]): (value: string) => boolean {
  return (value) => patterns.some((pattern) => pattern.matcher(value).find());
}
