/** Correlation documents of Sigma -> correlations, grouping and signals of one native rule. */

import { type Assembly, assemble, nameOf, type SignalText } from "./assemble.ts";
import { type Detection, readDetection } from "./detection.ts";
import { type Chosen, chooseFields, type FieldOf, ownGroups } from "./grouping.ts";
import { tagsOf } from "./logsource.ts";
import { type Path, type SigmaDocument, SigmaProblem } from "./read.ts";
import type { Atom } from "./tree.ts";

/** Finds a document by the `name` or `id` that another refers to. */
export type Find = (reference: string) => SigmaDocument | undefined;

/** A detection that a correlation counts. */
export interface Member {
  name: string;
  document: SigmaDocument;
  detection: Detection;
  tags: string[] | null;
  /** What the rule takes to group by, or to count, by its native name. */
  groups: Chosen[];
  assembly: Assembly;
}

/** One correlation as a rule file has it. */
export interface CorrelationText {
  name: string;
  type: string;
  members: string[];
  timespan: string;
  condition: Record<string, unknown>;
}

export interface Correlated {
  signals: Record<string, SignalText>;
  /** From the innermost to the one that the document is about. */
  correlations: CorrelationText[];
  groupBy: string[];
  members: Map<string, Member>;
}

const TYPES = ["event_count", "value_count", "temporal", "temporal_ordered"];
const LIMITS = ["gt", "gte", "lt", "lte", "eq"];
/** Correlations in one another. */
const MAX_DEPTH = 8;

/** Reads a correlation with all that it refers to; throws SigmaProblem with the place of the first fault. */
export function readCorrelation(document: SigmaDocument, find: Find): Correlated {
  const { correlations, leaves } = gather(document, find, nameOf(document.value.name ?? document.value.title), []);
  const fields: FieldOf[] = [];
  const groupBy = chooseFields(document, leaves, ["correlation", "group-by"], fields);
  for (const one of correlations) {
    if (one.counted === null) continue;
    one.text.condition.field = chooseFields(one.document, leaves, ["correlation", "condition", "field"], fields);
  }
  const signals: Record<string, SignalText> = {};
  const members = new Map<string, Member>();
  for (const [name, leaf] of leaves) {
    const groups = fields.flatMap((field) => field(name) ?? []);
    const atoms: Atom[] = groups.flatMap(({ atom }) => atom ?? []);
    const assembly = assemble(leaf.detection, leaf.tags, { prefix: `${name}-`, whole: name, groups: atoms });
    for (const [signal, text] of Object.entries(assembly.signals)) {
      if (signals[signal] !== undefined) throw new SigmaProblem([], `two searches would be named "${signal}"`);
      signals[signal] = text;
    }
    members.set(name, { name, document: leaf.document, detection: leaf.detection, tags: leaf.tags, groups, assembly });
  }
  const texts = correlations.map(({ text }) => ({
    ...text,
    members: text.members.map((name) => members.get(name)?.assembly.name ?? name),
  }));
  return { signals, correlations: texts, groupBy, members };
}

export interface Leaf {
  document: SigmaDocument;
  detection: Detection;
  tags: string[] | null;
  own: Map<string, Atom>;
}

interface Gathered {
  correlations: { document: SigmaDocument; text: CorrelationText; counted: string[] | null }[];
  leaves: Map<string, Leaf>;
}

function gather(document: SigmaDocument, find: Find, name: string, above: SigmaDocument[]): Gathered {
  if (above.includes(document))
    throw new SigmaProblem(["correlation", "rules"], "the correlations refer to each other in a ring");
  if (above.length >= MAX_DEPTH)
    throw new SigmaProblem(["correlation", "rules"], `more than ${MAX_DEPTH} correlations in one another`);
  const { text, references, counted } = readOne(document, name);
  const result: Gathered = { correlations: [], leaves: new Map() };
  for (const [i, reference] of references.entries()) {
    const path: Path = ["correlation", "rules", i];
    const found = find(reference);
    if (found === undefined)
      throw new SigmaProblem(path, `no rule has the name or id "${reference}" in the files given; add its file`);
    const member = nameOf(found.value.name ?? found.value.title);
    text.members.push(member);
    if (found.value.correlation === undefined) {
      const tags = tagsOf(found);
      const detection = readDetection(found);
      result.leaves.set(member, { document: found, detection, tags, own: ownGroups(detection) });
      continue;
    }
    if (text.type === "value_count")
      throw new SigmaProblem(path, "value_count over another correlation is not supported");
    needSameGroups(document, found, path);
    const inner = gather(found, find, member, [...above, document]);
    result.correlations.push(
      ...inner.correlations.filter(({ text }) => !result.correlations.some((one) => one.text.name === text.name)),
    );
    for (const [key, leaf] of inner.leaves) result.leaves.set(key, leaf);
  }
  result.correlations.push({ document, text, counted });
  return result;
}

/** A native rule groups once: what an inner correlation groups otherwise cannot be counted here. */
function needSameGroups(outer: SigmaDocument, inner: SigmaDocument, path: Path): void {
  const groups = (document: SigmaDocument) => JSON.stringify([...textsOf(document, "group-by")].sort());
  if (groups(outer) !== groups(inner))
    throw new SigmaProblem(
      path,
      `"${inner.value.name ?? inner.value.title}" has another group-by; two groupings in one chain are not supported`,
    );
}

function readOne(document: SigmaDocument, name: string) {
  const correlation = document.value.correlation!;
  const path: Path = ["correlation"];
  const { type, timespan } = correlation;
  if (typeof type !== "string" || !TYPES.includes(type))
    throw new SigmaProblem([...path, "type"], `the type "${type}" is not supported; supported: ${TYPES.join(", ")}`);
  if (typeof timespan !== "string" || !/^\d{1,6}[smhd]$/.test(timespan))
    throw new SigmaProblem([...path, "timespan"], "a number and s, m, h or d is expected, such as 10m");
  const references = textsOf(document, "rules");
  if (references.length === 0) throw new SigmaProblem([...path, "rules"], "names no rule");
  if (new Set(references).size < references.length)
    throw new SigmaProblem([...path, "rules"], "a rule stands here twice");
  for (const key of Object.keys(correlation)) {
    if (!["type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "level"].includes(key))
      throw new SigmaProblem([...path, key], "is not supported in a correlation");
  }
  const { condition, counted } = readLimits(correlation.condition, type, [...path, "condition"]);
  const { gte = 1, gt = 0, eq = 1 } = condition as Record<string, number>;
  if (type.startsWith("temporal") && Math.max(gte, gt + 1, eq) > references.length)
    throw new SigmaProblem(
      [...path, "condition"],
      `${type} counts different rules, and there are ${references.length}`,
    );
  const text: CorrelationText = { name, type, members: [], timespan, condition };
  return { text, references, counted };
}

function readLimits(value: unknown, type: string, path: Path) {
  if (value === undefined && type.startsWith("temporal")) return { condition: {}, counted: null };
  if (typeof value !== "object" || value === null)
    throw new SigmaProblem(path, `a map such as { gte: 10 } is expected; ${type} counts nothing else`);
  const condition: Record<string, unknown> = {};
  let counted: string[] | null = null;
  for (const [key, limit] of Object.entries(value)) {
    if (key === "field") counted = (Array.isArray(limit) ? limit : [limit]).map(String);
    else if (!LIMITS.includes(key))
      throw new SigmaProblem([...path, key], `is not supported; known: ${LIMITS.join(", ")}, field`);
    else if (typeof limit !== "number" || !Number.isInteger(limit))
      throw new SigmaProblem([...path, key], "a whole number is expected");
    else condition[key] = limit;
  }
  if (Object.keys(condition).length === 0) throw new SigmaProblem(path, `needs one of ${LIMITS.join(", ")}`);
  if ((type === "value_count") !== (counted !== null))
    throw new SigmaProblem(path, type === "value_count" ? "value_count needs a field" : `${type} has no field`);
  checkLimits(condition as Record<string, number>, path);
  return { condition, counted };
}

function checkLimits({ gt, gte, lt, lte, eq }: Record<string, number>, path: Path): void {
  const least = Math.max(gt === undefined ? 1 : gt + 1, gte ?? 1, eq ?? 1);
  const most = Math.min(lt === undefined ? 1_000 : lt - 1, lte ?? 1_000, eq ?? 1_000);
  if (most < 1)
    throw new SigmaProblem(
      path,
      "holds only where nothing was seen, which no message tells; use a rule with type: absence",
    );
  if (least > 1_000) throw new SigmaProblem(path, "more than 1000 are not counted");
  if (least > most) throw new SigmaProblem(path, `no number is at least ${least} and at most ${most}`);
}

/** A list of texts in the correlation, or one. */
export function textsOf(document: SigmaDocument, key: string): string[] {
  const value = document.value.correlation![key];
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  const wrong = list.findIndex((one) => typeof one !== "string");
  if (wrong !== -1) throw new SigmaProblem(["correlation", key, wrong], "a text is expected here");
  return list as string[];
}
