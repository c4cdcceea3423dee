/** The conditions of a signal beyond its index: fields as written, what the message as a whole must be, what was taken. */
import type { SignalCondition } from "./compiled.ts";
import { compileFieldCondition, compileWhere } from "./match.ts";
import { FIELDS } from "./reading.ts";
import type { SignalFile } from "./schema-signal.ts";
import { asList } from "./text.ts";

/** Every condition of a signal, in the order in which they are tested. */
export function compileConditions(file: SignalFile, path: string[]): SignalCondition[] {
  const conditions: SignalCondition[] = foldedIndex(file);
  for (const [key, value] of Object.entries(file)) {
    // `tag` and `tag|startswith` are the index itself.
    if (value === undefined || key === "tag" || key === "tag|startswith") continue;
    const condition = compileFieldCondition(key, asList(value), [...path, key]);
    if (condition !== null) conditions.push(condition);
  }
  conditions.push(...wholeMessage(file));
  for (const [key, value] of Object.entries(file.where ?? {}))
    conditions.push(compileWhere(key, Array.isArray(value) ? value : [value], [...path, "where", key]));
  return conditions;
}

/** A signal may be found by its tag: then the literal has not been looked for yet. */
function foldedIndex(file: SignalFile): SignalCondition[] {
  const wanted = asList(file["literal|i"]);
  const literals = wanted.map((literal) => literal.toLowerCase());
  if (literals.length === 0) return [];
  const test: SignalCondition["test"] = (reading) => {
    const line = reading.folded("line")!;
    return literals.some((literal) => line.includes(literal));
  };
  return [{ key: "literal|i", wanted, read: FIELDS.line, test }];
}

function wholeMessage(file: SignalFile): SignalCondition[] {
  const conditions: SignalCondition[] = [];
  const dialects = asList(file.dialect);
  if (dialects.length > 0)
    conditions.push({
      key: "dialect",
      wanted: dialects,
      read: (event) => event.dialect,
      test: ({ event }) => dialects.includes(event.dialect),
    });
  if (file.untagged === true)
    conditions.push({
      key: "untagged",
      wanted: [true],
      read: FIELDS.tag,
      test: ({ event }) => event.tag === null,
    });
  const severity = (key: string, wanted: number[], holds: (severity: number) => boolean) =>
    conditions.push({
      key,
      wanted,
      read: (event) => event.tag?.severity ?? null,
      test: ({ event }) => event.tag !== null && holds(event.tag.severity),
    });
  const lowest = file["severity|lte"] as number | undefined;
  const highest = file["severity|gte"] as number | undefined;
  const listed = asList(file.severity).map(Number);
  if (lowest !== undefined) severity("severity|lte", [lowest], (one) => one <= lowest);
  if (highest !== undefined) severity("severity|gte", [highest], (one) => one >= highest);
  if (listed.length > 0) severity("severity", listed, (one) => listed.includes(one));
  return conditions;
}
