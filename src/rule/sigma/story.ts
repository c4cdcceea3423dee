/** Lines, and time that passes, made up so that a correlation holds. */
import type { Correlated, CorrelationText, Member } from "./correlation.ts";
import { examplesFor } from "./detection.ts";
import { COMMAND_TAGS } from "./logsource.ts";
import { lineOf, type Step } from "./sample.ts";
import { type Example, joinExamples } from "./tree.ts";

/** More lines make no readable case. */
const MOST = 300;

/** One way in which the outermost correlation holds; null where none is known. */
export function correlatedSteps(correlated: Correlated, way: number): Step[] | null {
  const outer = correlated.correlations.at(-1)!;
  const examples = examplesOfCorrelation(correlated, outer.name, way);
  if (examples === null || examples.length > MOST) return null;
  const lines = examples.map(({ example, member }, i) => lineOf(example, member.tags === COMMAND_TAGS, i + 1));
  const waits = correlated.correlations.filter(({ condition }) => hasUpperLimit(condition));
  return [
    { lines: `${lines.join("\n")}\n` },
    ...waits.flatMap(({ timespan }): Step[] => [{ after: timespan }, { after: "1s" }]),
  ];
}

type Told = { example: Example; member: Member };

function examplesOfCorrelation(correlated: Correlated, name: string, way: number): Told[] | null {
  const one = correlated.correlations.find((correlation) => correlation.name === name);
  if (one === undefined) {
    const member = [...correlated.members.values()].find(({ assembly }) => assembly.name === name)!;
    const example = exampleOf(member, way, null, 0);
    return example === null ? null : [{ example, member }];
  }
  const least = leastOf(one);
  const parts =
    one.type === "event_count" || one.type === "value_count"
      ? Array.from({ length: Math.min(least ?? 1, MOST + 1) }, (_, n) => counted(correlated, one, way, n))
      : one.members
          .slice(0, least ?? one.members.length)
          .map((member) => examplesOfCorrelation(correlated, member, way));
  return parts.includes(null) ? null : (parts as Told[][]).flat();
}

/** The n-th message that is counted; for `value_count` with a value of its own. */
function counted(correlated: Correlated, one: CorrelationText, way: number, n: number): Told[] | null {
  const [name = ""] = one.members;
  if (one.type === "event_count") return examplesOfCorrelation(correlated, name, way);
  const member = [...correlated.members.values()].find(({ assembly }) => assembly.name === name)!;
  const example = exampleOf(member, way, (one.condition.field as string[])[0]!, n);
  return example === null ? null : [{ example, member }];
}

function exampleOf(member: Member, way: number, field: string | null, n: number): Example | null {
  const all = examplesFor(member.detection);
  let example: Example | null = all[way % Math.max(all.length, 1)] ?? null;
  for (const { name, vary } of member.groups) {
    if (vary === null) continue;
    if (example !== null) example = joinExamples(example, { parts: [vary(name === field ? n : 0)] });
  }
  const varied = field !== null && member.groups.some(({ name, vary }) => name === field && vary !== null);
  if (field === null || varied || example === null) return example;
  if (field === "device") return { ...example, device: `r${n + 1}` };
  if (field === "address") return null;
  return field === "process" || field === "node" ? { ...example, [field]: `${field}${n + 1}` } : null;
}

function leastOf({ condition }: CorrelationText): number | null {
  const { gt, gte, eq } = condition as Record<string, number | undefined>;
  const all = [gt === undefined ? undefined : gt + 1, gte, eq].filter((one) => one !== undefined);
  return all.length === 0 ? (hasUpperLimit(condition) ? 1 : null) : Math.max(...all);
}

function hasUpperLimit(condition: Record<string, unknown>): boolean {
  return ["lt", "lte", "eq"].some((key) => condition[key] !== undefined);
}
