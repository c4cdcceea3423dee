/** How far recovery has come: what was seen of it, where, in which order, and what is left to do. */
import type { Text } from "../model.ts";
import { RUNBOOK_PARTS } from "../model.ts";
import type { CompiledRule, CompiledVerdict } from "../rule/compiled.ts";
import { fillCommand, fillText, type Values } from "./fill.ts";
import type { Episode } from "./state.ts";

/** Steps of the life cycle that are still to be done on the alert's node; none before the first was seen anywhere,
 * and none once the alert is over: another order or another node is a caveat and holds nothing up. */
export function stepsLeft(rule: CompiledRule, episode: Episode): string[] {
  if (episode.stepOrder.length === 0) return [];
  if (episode.status !== "recovering" && episode.status !== "recurring") return [];
  return rule.lifecycle.steps.map((step) => step.id).filter((id) => episode.steps[id]?.elsewhere !== null);
}

/** Recovery begins anew. */
export function forgetSteps(episode: Episode): void {
  episode.steps = {};
  episode.stepOrder = [];
  episode.reminded = false;
}

/** A report came after these steps: those done before what they build on did not help. */
export function forgetUnprepared(rule: CompiledRule, episode: Episode): void {
  const order = rule.lifecycle.steps.map((step) => step.id);
  const vain = order.slice(order.findIndex((id) => episode.steps[id] === undefined));
  if (!vain.some((id) => episode.steps[id] !== undefined)) return;
  for (const id of vain) delete episode.steps[id];
  episode.stepOrder = episode.stepOrder.filter((id) => !vain.includes(id));
  episode.reminded = false;
}

/** What is doubtful about the steps that were seen. */
export function recoveryCaveats(
  rule: CompiledRule,
  verdict: CompiledVerdict | undefined,
  episode: Episode,
  values: Values,
): Text[] {
  const texts: Text[] = [];
  const command = (id: string) => commandOf(rule, verdict, id, values);
  const left = stepsLeft(rule, episode);
  const seen = episode.stepOrder;
  if (left.some((id) => episode.steps[id] === undefined)) {
    texts.push(half(seen.map((id) => seenText(id, episode)).join(", "), left.map(command), values));
  }
  const order = rule.lifecycle.steps.map((step) => step.id);
  if (seen.some((id, i) => i > 0 && order.indexOf(id) < order.indexOf(seen[i - 1]!))) texts.push(otherOrder(seen));
  for (const id of seen) {
    const elsewhere = episode.steps[id]?.elsewhere;
    if (elsewhere != null) texts.push(otherNode(id, elsewhere, command(id), values));
  }
  return texts;
}

/** `restart-ipsec_mp (2020-03-09T02:22:03Z, ops-anna, on 0/5/CPU0)`. */
function seenText(id: string, episode: Episode): string {
  const mark = episode.steps[id]!;
  const when = new Date(mark.at).toISOString().replace(/\.\d{3}Z$/, "Z");
  return `${id} (${[when, mark.by, ...(mark.elsewhere === null ? [] : [mark.elsewhere])].join(", ")})`;
}

/** What to type for a step, as the runbook has it; the step's name where it is no single command. */
function commandOf(rule: CompiledRule, verdict: CompiledVerdict | undefined, id: string, values: Values): string {
  const items = RUNBOOK_PARTS.flatMap((part) => verdict?.runbook[part] ?? rule.advisory.runbook[part]);
  const run = items.find((item) => item.id === id)?.run ?? null;
  return run === null || run.includes("\n") ? id : fillCommand(run, values);
}

/** Whether a caveat says that recovery is half done: where only the alert is left, it is no longer true after the last step. */
export function isHalf(caveat: Text): boolean {
  return caveat.en.startsWith(HALF);
}

const HALF = "Recovery is half done.";

function half(seen: string, commands: string[], values: Values): Text {
  const text = {
    en: `${HALF} Seen: {seen}. Still to do on {node}: {commands}.`,
    ja: "復旧は途中です。確認済み: {seen}。{node} で残っている作業: {commands}。",
  };
  const list = { en: commands.join(", then "), ja: commands.join(" → ") };
  return fillText(text, { ...values, seen, commands: list });
}

function otherOrder(seen: string[]): Text {
  return {
    en: `The steps were seen in another order than the advisory shows: ${seen.join(", then ")}.`,
    ja: `手順がアドバイザリの例とは異なる順序で確認されました: ${seen.join(" → ")}。`,
  };
}

function otherNode(id: string, elsewhere: string, command: string, values: Values): Text {
  const text = {
    en: "{step} was done on {elsewhere}, but this alert is about {node}: still to do there: {command}.",
    ja: "{step} は {elsewhere} で実行されましたが、このアラートの対象は {node} です。{node} での実行が残っています: {command}。",
  };
  return fillText(text, { ...values, step: id, elsewhere, command });
}
