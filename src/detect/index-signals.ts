/** Which signals could match a message: found by its tag and by literals, before any pattern runs. */
import type { Event, Tag } from "../model.ts";
import type { Captures, CompiledRule, CompiledSignal } from "../rule/compiled.ts";
import type { ObservationName } from "../rule/observation.ts";
import { Reading } from "../rule/reading.ts";
import { Literals } from "./literals.ts";

/** Distinct tags remembered; hostile input may invent more, then the memory starts again. */
const MAX_TAGS = 20_000;

interface Ref {
  rule: CompiledRule;
  signal: CompiledSignal;
}

/** The signals of one rule that a message matched, in the rule's order. */
export interface RuleMatch {
  rule: CompiledRule;
  signals: { name: string; captures: Captures }[];
}

/** Signals of all rules, by tag and by literal. */
export interface SignalIndex {
  refs: Ref[];
  byTag: Map<string, Ref[]>;
  byLiteral: { literal: string; ref: Ref }[];
  /** Literals that are looked for in the line in lower case, which is made only where there are some. */
  byFolded: { literal: string; refs: Ref[] }[];
  /** Signals that every message is tried on. */
  every: Ref[];
  byObservation: Ref[];
  /** All of these literals, to be looked for at once. */
  literals: Literals;
}

export function indexSignals(rules: CompiledRule[]): SignalIndex {
  const refs = rules.flatMap((rule) => rule.signals.map((signal) => ({ rule, signal })));
  const untagged = refs.filter(
    ({ signal }) => signal.orLiteral || (signal.tags.length === 0 && signal.tagPrefixes.length === 0),
  );
  const byFolded = new Map<string, Ref[]>();
  for (const ref of untagged) {
    for (const literal of new Set(ref.signal.folded)) byFolded.set(literal, [...(byFolded.get(literal) ?? []), ref]);
  }
  const byLiteral = untagged.flatMap((ref) => ref.signal.literals.map((literal) => ({ literal, ref })));
  return {
    refs,
    byTag: new Map(),
    byLiteral,
    literals: new Literals(byLiteral.map(({ literal }) => literal)),
    byFolded: [...byFolded].map(([literal, refs]) => ({ literal, refs })),
    every: refs.filter(({ signal }) => signal.every),
    byObservation: refs.filter(({ signal }) => signal.observation !== null),
  };
}

/** Every rule with a signal that matches the message. */
export function matchSignals(index: SignalIndex, event: Event): RuleMatch[] {
  const tagged = byTag(index, event);
  const literal = index.byLiteral.filter(({ literal, ref }) => event.text.includes(literal) && !tagged.includes(ref));
  if (tagged.length === 0 && literal.length === 0 && index.byFolded.length === 0 && index.every.length === 0)
    return NOTHING;
  const reading = new Reading(event);
  const candidates = new Set([...tagged, ...literal.map((one) => one.ref), ...index.every]);
  if (index.byFolded.length > 0) {
    const line = reading.folded("line")!;
    for (const { literal, refs } of index.byFolded)
      if (line.includes(literal)) for (const ref of refs) candidates.add(ref);
  }
  return matchRefs(candidates, reading);
}

/** Every rule with a signal for this observation; `facts` stand for what a pattern would have captured. */
export function matchObservation(
  index: SignalIndex,
  name: ObservationName,
  event: Event,
  facts: Captures,
): RuleMatch[] {
  const refs = index.byObservation.filter(({ signal }) => signal.observation === name);
  return matchRefs(refs, new Reading(event), facts);
}

function matchRefs(refs: Iterable<Ref>, reading: Reading, facts: Captures | null = null): RuleMatch[] {
  const found: RuleMatch[] = [];
  for (const ref of refs) {
    const captures = ref.signal.match(reading);
    if (captures === null) continue;
    if (facts !== null) Object.assign(captures, facts);
    let match = found.find((one) => one.rule === ref.rule);
    if (match === undefined) {
      match = { rule: ref.rule, signals: [] };
      found.push(match);
    }
    match.signals.push({ name: ref.signal.name, captures });
  }
  for (const match of found) joinSignals(match);
  return found;
}

/** A tag as rules write it: `SYS-5-RESTART`. */
export function tagName(tag: Tag): string {
  return `${tag.facility}-${tag.severity}-${tag.mnemonic}`;
}

/** The tag or the beginning of one by which this signal is found; null when neither fits. */
export function tagIndex(signal: CompiledSignal, tag: string): string | null {
  if (signal.tags.includes(tag)) return tag;
  return signal.tagPrefixes.find((prefix) => tag.startsWith(prefix)) ?? null;
}

/** The first literal of this signal that the text contains; null when it contains none. */
export function literalIndex(signal: CompiledSignal, text: string): string | null {
  return signal.literals.find((literal) => text.includes(literal)) ?? null;
}

/** Adds the signals that others, put together, are. */
function joinSignals(match: RuleMatch): void {
  let seen: Map<string, Captures> | null = null;
  for (const { name, condition } of match.rule.signals) {
    if (condition === null) continue;
    seen ??= new Map(match.signals.map(({ name, captures }) => [name, captures]));
    if (condition.holds(seen)) match.signals.push({ name, captures: condition.captures(seen) });
  }
}

const NOTHING: RuleMatch[] = [];
const NONE: Ref[] = [];

/** Signals that ask for this tag, whatever else they ask for. */
export function tagCandidates(index: SignalIndex, asked: Tag): readonly Ref[] {
  const tag = tagName(asked);
  let refs = index.byTag.get(tag);
  if (refs === undefined) {
    refs = index.refs.filter(({ signal }) => tagIndex(signal, tag) !== null);
    if (refs.length === 0) refs = NONE;
    if (index.byTag.size >= MAX_TAGS) index.byTag.clear();
    index.byTag.set(tag, refs);
  }
  return refs;
}

function byTag(index: SignalIndex, event: Event): readonly Ref[] {
  const refs = event.tag === null ? NONE : tagCandidates(index, event.tag);
  if (refs.length === 0) return NONE;
  return refs.filter(
    ({ signal }) => signal.orLiteral || signal.literals.length === 0 || literalIndex(signal, event.text) !== null,
  );
}

/** What all signals took together. */
export function mergedCaptures(match: RuleMatch): Captures {
  return Object.assign(Object.create(null), ...match.signals.map((signal) => signal.captures));
}

/** The message as one of the node that it is about, where a signal names it. */
export function spokenOf(event: Event, { rule, signals }: RuleMatch): Event {
  for (const { name, captures } of signals) {
    const node = captures[rule.about[name] ?? ""];
    if (node !== undefined) return { ...event, node };
  }
  return event;
}
