/** A checked signal -> its index and its conditions. */
import type { Captures, CompiledSignal, SignalCondition } from "./compiled.ts";
import { durationMillis } from "./duration.ts";
import { compileFieldCondition } from "./match.ts";
import { RuleProblem } from "./problem.ts";
import type { SignalFile } from "./schema-signal.ts";
import { asList } from "./text.ts";

/** Compiles one signal; throws RuleProblem for one that no index could find. */
export function compileSignal(name: string, file: SignalFile): CompiledSignal {
  const path = ["signals", name];
  const conditions = compileConditions(file, path);
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
    conditions,
    match(event) {
      const captures: Captures = Object.create(null);
      for (const condition of conditions) if (!condition.test(event, captures)) return null;
      return captures;
    },
  };
}

/** The conditions beyond the index: field conditions as written, then what the message as a whole must be. */
function compileConditions(file: SignalFile, path: string[]): SignalCondition[] {
  const conditions: SignalCondition[] = [];
  for (const [key, value] of Object.entries(file)) {
    if (value === undefined) continue;
    const condition = compileFieldCondition(key, asList(value), [...path, key]);
    if (condition !== null) conditions.push(condition);
  }
  const dialects = asList(file.dialect);
  if (dialects.length > 0)
    conditions.push({
      key: "dialect",
      wanted: dialects,
      read: (event) => event.dialect,
      test: (event) => dialects.includes(event.dialect),
    });
  if (file.untagged === true)
    conditions.push({
      key: "untagged",
      wanted: [true],
      read(event) {
        if (event.tag === null) return null;
        return `${event.tag.facility}-${event.tag.severity}-${event.tag.mnemonic}`;
      },
      test: (event) => event.tag === null,
    });
  const read: SignalCondition["read"] = (event) => event.tag?.severity ?? null;
  const lowest = file["severity|lte"] as number | undefined;
  const highest = file["severity|gte"] as number | undefined;
  if (lowest !== undefined)
    conditions.push({
      key: "severity|lte",
      wanted: [lowest],
      read,
      test: (event) => event.tag !== null && event.tag.severity <= lowest,
    });
  if (highest !== undefined)
    conditions.push({
      key: "severity|gte",
      wanted: [highest],
      read,
      test: (event) => event.tag !== null && event.tag.severity >= highest,
    });
  return conditions;
}
