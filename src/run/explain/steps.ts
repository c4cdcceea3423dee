/** What a message does besides being judged: recovery steps that it shows, and its place in a block. */
import { deviceKey, type Event } from "../../model.ts";
import type { ExplainedSignal } from "../../output/explanation.ts";
import type { CompiledRule } from "../../rule/compiled.ts";
import type { Engine } from "../engine.ts";
import { durationText } from "./duration.ts";
import { memoryNotes } from "./remembered.ts";

/** What a matched signal stands for in its rule. */
export function stepNotes(
  engine: Engine,
  event: Event,
  { rule: id, signal, captures }: ExplainedSignal,
  rules: readonly CompiledRule[],
  counted: boolean,
): string[] {
  const rule = rules.find((one) => one.id === id)!;
  const notes = memoryNotes(rule, signal, counted);
  if (rule.block?.order.includes(signal)) notes.push(blockNote(rule, rule.block, signal));
  for (const step of rule.lifecycle.steps) {
    if (step.signal !== signal || !step.where.every(([name, value]) => captures[name] === value)) continue;
    const ticked = [...(engine.state.groupsByDevice.get(deviceKey(event.device)) ?? [])]
      .map((key) => engine.state.groups.get(key)!)
      .filter((group) => group.rule === id && group.episode?.steps[step.id]?.at === event.at);
    notes.push(
      ticked.length === 0
        ? `It shows the recovery step ${step.id}, but no alert of this rule is open on ${event.device}, so there is nothing to tick.`
        : `It shows the recovery step ${step.id}, which is ticked on the open alert${ticked.some((group) => group.episode?.steps[step.id]?.elsewhere != null) ? ", though it was done on another node" : ""}.`,
    );
  }
  if (notes.length > 0) return notes;
  if (rule.reports.includes(signal)) return [];
  const excuses = rule.signals.filter((one) => one.unless?.signal === signal);
  return excuses.map(
    (one) =>
      `It raises nothing itself; a \`${one.name}\` within ${durationText(one.unless!.within)} after it does not count.`,
  );
}

function blockNote(rule: CompiledRule, block: NonNullable<CompiledRule["block"]>, signal: string): string {
  const span = durationText(block.timespan);
  if (signal === block.open)
    return `It is the first line of a block: the lines behind it are waited for, ${span} at most, and judged together with it. Blocks are kept apart by router${rule.groupByNode ? " and node" : ""}.`;
  const early = block.holdOrphans ? "; it counts even when it comes before the block's first line" : "";
  if (signal === block.rows)
    return `It is a row of a block's table${early}. The block is judged once it is whole, ${span} after its first message at the latest.`;
  return "It is a line of a block, which is judged as a whole.";
}
