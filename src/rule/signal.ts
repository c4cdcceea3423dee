/** A checked signal -> its index and its conditions. */
import type { Event } from "../model.ts";
import type { Captures, CompiledSignal } from "./compiled.ts";
import { durationMillis } from "./duration.ts";
import { compileFieldCondition } from "./match.ts";
import { RuleProblem } from "./problem.ts";
import type { SignalFile } from "./schema-signal.ts";
import { asList } from "./text.ts";

/** Compiles one signal; throws RuleProblem for one that no index could find. */
export function compileSignal(name: string, file: SignalFile): CompiledSignal {
  const path = ["signals", name];
  const checks: ((event: Event, captures: Captures) => boolean)[] = [];
  for (const [key, value] of Object.entries(file)) {
    if (value === undefined) continue;
    const check = compileFieldCondition(key, asList(value), [...path, key]);
    if (check !== null) checks.push(check);
  }
  const dialects = asList(file.dialect);
  if (dialects.length > 0) checks.push((event) => dialects.includes(event.dialect));
  if (file.untagged === true) checks.push((event) => event.tag === null);
  const lowest = file["severity|lte"] as number | undefined;
  const highest = file["severity|gte"] as number | undefined;
  if (lowest !== undefined) checks.push((event) => event.tag !== null && event.tag.severity <= lowest);
  if (highest !== undefined) checks.push((event) => event.tag !== null && event.tag.severity >= highest);
  const tags = asList(file.tag);
  const tagPrefixes = asList(file["tag|startswith"]);
  const literals = [...asList(file.literal), ...asList(file["or-literal"])];
  if (tags.length + tagPrefixes.length + literals.length === 0) {
    throw new RuleProblem(path, "a signal needs an index: tag, tag|startswith, literal or or-literal");
  }
  if (literals.some((literal) => literal.length < 4))
    throw new RuleProblem(path, "a literal needs at least 4 characters");
  return {
    name,
    tags,
    tagPrefixes,
    literals,
    orLiteral: file["or-literal"] !== undefined,
    unless: file.unless ? { signal: file.unless.signal, within: durationMillis(file.unless.within) } : null,
    match(event) {
      const captures: Captures = Object.create(null);
      for (const check of checks) if (!check(event, captures)) return null;
      return captures;
    },
  };
}
