/** Field conditions of a signal, after Sigma: `text|re`, `mnemonic|startswith`, `process|contains` … */
import { RE2JS } from "re2js";
import type { Event } from "../model.ts";
import type { Captures, SignalCondition } from "./compiled.ts";
import { RuleProblem } from "./problem.ts";

/** Longest pattern a rule may hold, in characters. */
const MAX_PATTERN = 1_000;

type Check = (event: Event, captures: Captures) => boolean;

const FIELDS: Record<string, (event: Event) => string | null> = {
  text: (event) => event.text,
  facility: (event) => event.tag?.facility ?? null,
  mnemonic: (event) => event.tag?.mnemonic ?? null,
  process: (event) => event.process?.name ?? null,
  node: (event) => event.node,
  device: (event) => event.device,
};

/** Turns `field|modifier: values` into a condition; null when the key is no field condition. */
export function compileFieldCondition(
  key: string,
  values: string[],
  path: (string | number)[],
): SignalCondition | null {
  const [field = "", modifier = "", all] = key.split("|");
  const read = FIELDS[field];
  if (read === undefined) return null;
  const test = compileTest(read, modifier, all === "all", values, path);
  return test === null ? null : { key, wanted: values, read, test };
}

function compileTest(
  read: (event: Event) => string | null,
  modifier: string,
  all: boolean,
  values: string[],
  path: (string | number)[],
): Check | null {
  if (modifier === "re")
    return anyPattern(
      read,
      values.map((value) => compilePattern(value, path)),
    );
  const test = TESTS[modifier];
  if (test === undefined) return null;
  return (event) => {
    const value = read(event);
    if (value === null) return false;
    return all ? values.every((wanted) => test(value, wanted)) : values.some((wanted) => test(value, wanted));
  };
}

const TESTS: Record<string, (value: string, wanted: string) => boolean> = {
  "": (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** Compiles a pattern with a linear-time engine; look-around and back-references are refused. */
export function compilePattern(source: string, path: (string | number)[]): RE2JS {
  if (source.length > MAX_PATTERN) throw new RuleProblem(path, `pattern is longer than ${MAX_PATTERN} characters`);
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RuleProblem(path, `not an RE2 pattern (no look-around, no back-references): ${why}`);
  }
}

function anyPattern(read: (event: Event) => string | null, patterns: RE2JS[]): Check {
  const names = patterns.map((pattern) => Object.keys(pattern.namedGroups()));
  return (event, captures) => {
    const value = read(event);
    if (value === null) return false;
    for (let i = 0; i < patterns.length; i++) {
      const matcher = patterns[i]!.matcher(value);
      if (!matcher.find()) continue;
      for (const name of names[i]!) {
        const group = matcher.group(name);
        if (group !== null && group !== undefined) captures[name] = group;
      }
      return true;
    }
    return false;
  };
}
