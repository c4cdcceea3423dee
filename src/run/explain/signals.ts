/** Which rules looked at a message, which nearly did, and what each of their conditions said. */
import { indexSignals, literalIndex, matchSignals, tagIndex, tagName } from "../../detect/index-signals.ts";
import type { Event } from "../../model.ts";
import type { ExplainedCondition, ExplainedSignal } from "../../output/explanation.ts";
import type { Captures, CompiledJoin, CompiledRule, CompiledSignal, SignalCondition } from "../../rule/compiled.ts";
import { Reading } from "../../rule/reading.ts";
import { durationText } from "./duration.ts";
import { patternNote, quote } from "./pattern.ts";
import { memoryMissing } from "./remembered.ts";

/** Signals that matched, that failed, and near misses; `counted` are those of each rule that nothing excused. */
export function explainSignals(
  rules: readonly CompiledRule[],
  event: Event,
  counted: readonly { rule: string; names: ReadonlySet<string> }[],
  lineOf: (signal: CompiledSignal) => number | null,
): ExplainedSignal[] {
  // The engine does not ask the rules about a message whose tag is not trusted.
  const asked = !event.flags.includes("untrusted-tag");
  const matched = matchSignals(indexSignals([...rules]), event);
  return rules.flatMap((rule) => {
    const own = new Map(matched.find((one) => one.rule === rule)?.signals.map((one) => [one.name, one.captures]));
    const entered = counted.filter((one) => one.rule === rule.id);
    return rule.signals.flatMap((signal): ExplainedSignal[] => {
      const holds = own.has(signal.name);
      const found = signal.condition === null ? foundBy(signal, event) : joinedBy(signal.condition, own);
      const excused =
        holds && signal.unless !== null && entered.length > 0 && !entered.some(({ names }) => names.has(signal.name));
      const result = found === null || !asked ? "near" : !holds ? "failed" : excused ? "excused" : "matched";
      if (result === "near" && !isNear(signal, event, found !== null)) return [];
      const conditions =
        signal.condition === null ? plainConditions(signal, event) : joinedCondition(signal.condition, own, holds);
      const excuser = rule.signals.find((one) => one.name === signal.unless?.signal);
      return [
        {
          rule: rule.id,
          signal: signal.name,
          result,
          index: asked ? (found ?? missedIndex(signal, event)) : UNTRUSTED,
          conditions: asked ? conditions : [],
          captures: asked && holds ? { ...own.get(signal.name) } : {},
          notes: excused && excuser !== undefined ? [excuse(signal, lineOf(excuser))] : [],
        },
      ];
    });
  });
}

function plainConditions(signal: CompiledSignal, event: Event): ExplainedCondition[] {
  const reading = new Reading(event);
  const captures: Captures = Object.create(null);
  return signal.conditions.map((one) => {
    const held = one.test(reading, captures);
    return { condition: conditionText(one), held, ...(held ? HELD : failure(one, event, captures)) };
  });
}

/** A signal of other signals is asked for where one of them is there. */
function joinedBy(join: CompiledJoin, own: ReadonlyMap<string, Captures>): string | null {
  return [...join.names].some((name) => own.has(name)) ? "by other signals of the rule" : null;
}

function joinedCondition(join: CompiledJoin, own: ReadonlyMap<string, Captures>, held: boolean): ExplainedCondition[] {
  const [there, lacking] = [true, false].map((is) => [...join.names].filter((name) => own.has(name) === is));
  const note = `the message matches ${there!.join(", ") || "none of them"}${lacking!.length === 0 ? "" : ` and not ${lacking!.join(", ")}`}`;
  return [{ condition: `condition: ${join.source}`, held, ...HELD, note: held ? null : note }];
}

/** What a line lacks for the rules that looked at it or nearly did, where none made a report of it. */
export function missingSignals(
  { signals }: { signals: readonly ExplainedSignal[] },
  rules: readonly CompiledRule[],
): string[] {
  return signals.flatMap(({ rule, signal, result, index, conditions }) => {
    const asked = rules.find(({ id }) => id === rule);
    if (result === "matched") {
      const lacking = asked === undefined ? null : memoryMissing(asked, signal);
      return lacking === null ? [] : [`For ${rule}: ${lacking}.`];
    }
    if (result === "excused") {
      const others = asked !== undefined && !raisesAlone(asked, signal) ? OTHERS : "";
      return [`For ${rule}: the same message without the one that excuses it${others}.`];
    }
    // A line of a block has its place there, and is no failed beginning of another.
    const inBlock = signals.some(
      (one) => one.rule === rule && one.result === "matched" && asked?.block?.order.includes(one.signal),
    );
    if (inBlock) return [];
    const failed = conditions.find((one) => !one.held);
    if (index === UNTRUSTED || failed?.inside === true)
      return [`For ${rule}: the same words in a message of their own, right behind the header and the tag.`];
    return [`For ${rule}, a message that matches ${signal}; here ${failed?.note ?? index}.`];
  });
}

/** Whether a message of this signal is enough for one of the rule's alerts. */
function raisesAlone({ verdicts, signals, correlations }: CompiledRule, signal: string): boolean {
  const others = new Set([...signals, ...correlations].map(({ name }) => name).filter((name) => name !== signal));
  return verdicts.some(
    ({ alert, when }) => alert && when.some((conditions) => conditions.every(({ field }) => !others.has(field))),
  );
}

const OTHERS = ", and the other messages that its verdicts ask for";

/** Why no rule looked. */
const UNTRUSTED = "not looked at, since the tag is not trusted";

/** How the index finds the signal for this message; null when it does not. */
function foundBy(signal: CompiledSignal, event: Event): string | null {
  if (signal.every) return "every message is tried";
  const tag = event.tag === null ? null : tagIndex(signal, tagName(event.tag));
  const literal = literalIndex(signal, event.text);
  const byTag =
    tag === null ? null : signal.tags.includes(tag) ? `by the tag ${tag}` : `by the beginning of the tag, ${tag}`;
  const byLiteral = literal === null ? null : `by the words ${quote(literal)} in the text`;
  const tagged = signal.tags.length + signal.tagPrefixes.length > 0;
  if (tagged && !signal.orLiteral) return signal.literals.length === 0 || literal !== null ? byTag : null;
  return byTag ?? byLiteral ?? foldedBy(signal, event);
}

function foldedBy(signal: CompiledSignal, event: Event): string | null {
  if (signal.folded.length === 0) return null;
  const line = new Reading(event).folded("line") ?? "";
  const found = signal.folded.find((literal) => line.includes(literal));
  return found === undefined ? null : `by the words ${quote(found)} in the line, in any case`;
}

/** What the index asks for and the message has not. */
function missedIndex(signal: CompiledSignal, event: Event): string {
  const tags = tagsText(signal);
  const has = event.tag === null ? "the message has no tag" : `the tag is %${tagName(event.tag)}`;
  if (tags === "")
    return `not looked at: it has none of the words ${[...signal.literals, ...signal.folded].map(quote).join(", ")}`;
  return `not looked at: ${has}, the rule asks for ${tags}`;
}

/** The tags that a signal asks for, as people write them; of many only the first. */
export function tagsText(signal: CompiledSignal): string {
  const tags = [...signal.tags.map((tag) => `%${tag}`), ...signal.tagPrefixes.map((tag) => `%${tag}…`)];
  return tags.length <= MOST_TAGS
    ? tags.join(" or ")
    : `${tags.slice(0, MOST_TAGS).join(", ")} or ${tags.length - MOST_TAGS} others`;
}

const MOST_TAGS = 3;

/** Worth telling: the text says what the rule asks for, or the tag differs only in its severity or facility. */
function isNear(signal: CompiledSignal, event: Event, found: boolean): boolean {
  const aboutText = signal.conditions.some((one) => one.key.startsWith("text"));
  if (found) return aboutText;
  const { tag } = event;
  const alike = tag !== null && signal.tags.some((one) => one.endsWith(`-${tag.mnemonic}`));
  return (aboutText || alike) && signal.condition === null && signal.match(new Reading(event)) !== null;
}

/** A condition as the rule has it: `text|re: "^Top"`. */
export function conditionText({ key, wanted }: Pick<SignalCondition, "key" | "wanted">): string {
  return `${key}: ${wanted.length === 1 ? quoteValue(wanted[0]!) : wanted.map(quoteValue).join(" or ")}`;
}

function quoteValue(value: string | number | boolean): string {
  return typeof value === "string" ? `\`${value}\`` : String(value);
}

const HELD: Failure = { note: null, wants: null, inside: false };

type Failure = Pick<ExplainedCondition, "note" | "wants" | "inside">;

function failure(condition: SignalCondition, event: Event, captures: Captures): Failure {
  if (condition.key.startsWith("where.")) {
    const [group = ""] = condition.key.slice("where.".length).split("|");
    const taken = captures[group];
    return {
      note: taken === undefined ? `no pattern took a ${group}` : `the ${group} is ${quote(taken)}`,
      wants: null,
      inside: false,
    };
  }
  const value = condition.read(event);
  const [field = "", modifier = ""] = condition.key.split("|");
  if (value === null) return { note: `the message has no ${field}`, wants: null, inside: false };
  if (modifier === "re") return patternNote(condition.wanted.map(String), String(value));
  if (field === "untagged")
    return {
      note: `the message has the tag %${value}; the rule asks for one without a tag`,
      wants: null,
      inside: false,
    };
  if (field === "text") return { note: "the text has none of it", wants: null, inside: false };
  return { note: `the ${field} is ${typeof value === "string" ? quote(value) : value}`, wants: null, inside: false };
}

function excuse(signal: CompiledSignal, line: number | null): string {
  const { signal: other, within } = signal.unless!;
  const where = line === null ? "" : ` (line ${line})`;
  return `It does not count: a message that matches \`${other}\`${where} came from the same router within ${durationText(within)} before it, and explains it.`;
}

/** Whether a message matches a signal by itself. */
export function matches(signal: CompiledSignal, event: Event): boolean {
  return foundBy(signal, event) !== null && signal.match(new Reading(event)) !== null;
}
