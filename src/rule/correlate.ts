/** Correlations and grouping of a rule file, checked against its signals and groups. */
import type { CompiledBlock, CompiledCorrelation, CompiledSignal } from "./compiled.ts";
import { durationMillis } from "./duration.ts";
import { need, RuleProblem } from "./problem.ts";
import { isField } from "./reading.ts";
import type { RuleFile } from "./schema.ts";
import { asList } from "./text.ts";

/** How many times of a signal an ordered correlation looks back over: with fewer, a repetition would hide a chain. */
const ORDERED = 32;

/** Compiles the correlations; one may count another that stands above it. */
export function compileCorrelations(
  file: RuleFile,
  signals: Set<string>,
  captures: readonly string[],
): CompiledCorrelation[] {
  const known = new Set(signals);
  return Object.entries(file.correlations).map(([name, one]) => {
    const path = ["correlations", name];
    const legal = one.type === "absence" || one.type === "value_count" ? signals : known;
    for (const [i, signal] of one.signals.entries()) need(legal, signal, [...path, "signals", i]);
    if (new Set(one.signals).size < one.signals.length)
      throw new RuleProblem([...path, "signals"], "a signal stands here twice: its messages would count twice");
    if (one.type === "absence" && one.signals.length !== 2)
      throw new RuleProblem([...path, "signals"], "absence takes two signals: the one seen, the one that must follow");
    const fields = asList(one.condition?.field);
    if ((one.type === "value_count") !== fields.length > 0)
      throw new RuleProblem([...path, "condition"], "value_count, and no other type, counts the values of a field");
    for (const field of fields) needField(field, captures, [...path, "condition", "field"]);
    known.add(name);
    return {
      name,
      type: one.type,
      signals: one.signals,
      timespan: durationMillis(one.timespan),
      ...limits(one, path),
      fields,
      cancelledBy: cancellers(one, signals, path),
      cancelled: one.cancelled === true,
    };
  });
}

/** The signals that take the first one of an ordered correlation back. */
function cancellers(one: RuleFile["correlations"][string], signals: Set<string>, path: string[]): string[] {
  const names = asList(one["cancelled-by"]);
  for (const name of names) need(signals, name, [...path, "cancelled-by"]);
  if (one.cancelled === true && names.length === 0)
    throw new RuleProblem([...path, "cancelled"], "needs cancelled-by: the signals that take the first one back");
  if (names.length === 0) return names;
  if (one.type !== "temporal_ordered" || one.signals.some((name) => names.includes(name) || !signals.has(name)))
    throw new RuleProblem(
      [...path, "cancelled-by"],
      "only temporal_ordered over signals is cancelled, and by signals that are not its own",
    );
  return names;
}

/** What has an alert of its own. */
export function compileGrouping(file: RuleFile, captures: readonly string[]) {
  const grouping = file["group-by"];
  const groupFields = grouping.filter((field) => field !== "device" && field !== "node");
  for (const field of groupFields) needField(field, captures, ["group-by", grouping.indexOf(field)]);
  if (file.block !== undefined && (groupFields.length > 0 || !grouping.includes("device")))
    throw new RuleProblem(["group-by"], "the lines of a block are grouped by device, or by device and node");
  if (file.fleet !== undefined && !grouping.includes("device"))
    throw new RuleProblem(["fleet"], "a fleet counts routers: group by device");
  return { groupByDevice: grouping.includes("device"), groupByNode: grouping.includes("node"), groupFields };
}

/** How many times of a signal, or values, a correlation needs. */
export function keepOf(one: CompiledCorrelation): number {
  return Math.max(one.type === "temporal_ordered" ? ORDERED : one.gte, (one.lte ?? 0) + 1);
}

/** Signals that are there for the conditions of others only. */
export function partsOf(
  signals: CompiledSignal[],
  file: RuleFile,
  correlations: CompiledCorrelation[],
  block: CompiledBlock | null,
): Set<string> {
  const used = new Set([
    ...file.reports,
    ...correlations.flatMap((one) => [...one.signals, ...one.cancelledBy]),
    ...(block?.order ?? []),
    ...signals.flatMap((one) => one.unless?.signal ?? []),
    ...file.lifecycle.steps.flatMap((step) => [step.signal, step.evidence ?? step.signal]),
  ]);
  const named = signals.flatMap((one) => [...(one.condition?.names ?? [])]);
  return new Set(named.filter((name) => !used.has(name)));
}

function limits(one: RuleFile["correlations"][string], path: string[]): { gte: number; lte: number | null } {
  const { gt, gte, lt, lte, eq } = one.condition ?? {};
  // The temporal ones count different signals, of which there are so many.
  const signals = one.type.startsWith("temporal") ? one.signals.length : null;
  const lowest = [gt === undefined ? undefined : gt + 1, gte, eq].filter((one) => one !== undefined);
  const highest = [lt === undefined ? undefined : lt - 1, lte, eq].filter((one) => one !== undefined);
  const least = lowest.length > 0 ? Math.max(...lowest) : highest.length > 0 ? 1 : (signals ?? 1);
  const most = highest.length > 0 ? Math.min(...highest) : null;
  if (most !== null && most < least)
    throw new RuleProblem([...path, "condition"], `no number is at least ${least} and at most ${most}`);
  if (signals !== null && least > signals)
    throw new RuleProblem(
      [...path, "condition"],
      `can never hold: ${one.type} counts different signals, and there are ${signals}`,
    );
  return { gte: least, lte: most };
}

function needField(name: string, captures: readonly string[], path: (string | number)[]): void {
  if (captures.includes(name) || isField(name)) return;
  const known = [...new Set(captures)].join(", ");
  throw new RuleProblem(
    path,
    `no pattern of this rule has a group "${name}"; it has: ${known === "" ? "none" : known}`,
  );
}
