/** Which signals could match a message: found by its tag and by literals, before any pattern runs. */
import type { Event, Tag } from "../model.ts";
import type { Captures, CompiledRule, CompiledSignal } from "../rule/compiled.ts";

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
}

export function indexSignals(rules: CompiledRule[]): SignalIndex {
  const refs = rules.flatMap((rule) => rule.signals.map((signal) => ({ rule, signal })));
  const byLiteral = refs
    .filter(({ signal }) => signal.orLiteral || (signal.tags.length === 0 && signal.tagPrefixes.length === 0))
    .flatMap((ref) => ref.signal.literals.map((literal) => ({ literal, ref })));
  return { refs, byTag: new Map(), byLiteral };
}

/** Every rule with a signal that matches the message. */
export function matchSignals(index: SignalIndex, event: Event): RuleMatch[] {
  const candidates = byTag(index, event);
  const literal = index.byLiteral.filter(
    ({ literal, ref }) => event.text.includes(literal) && !candidates.includes(ref),
  );
  if (candidates.length === 0 && literal.length === 0) return [];
  const found: RuleMatch[] = [];
  for (const ref of [...candidates, ...new Set(literal.map((one) => one.ref))]) {
    const captures = ref.signal.match(event);
    if (captures === null) continue;
    let match = found.find((one) => one.rule === ref.rule);
    if (match === undefined) {
      match = { rule: ref.rule, signals: [] };
      found.push(match);
    }
    match.signals.push({ name: ref.signal.name, captures });
  }
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

const NONE: Ref[] = [];

function byTag(index: SignalIndex, event: Event): Ref[] {
  if (event.tag === null) return NONE;
  const tag = tagName(event.tag);
  let refs = index.byTag.get(tag);
  if (refs === undefined) {
    refs = index.refs.filter(({ signal }) => tagIndex(signal, tag) !== null);
    if (refs.length === 0) refs = NONE;
    if (index.byTag.size >= MAX_TAGS) index.byTag.clear();
    index.byTag.set(tag, refs);
  }
  if (refs === NONE) return NONE;
  return refs.filter(
    ({ signal }) => signal.orLiteral || signal.literals.length === 0 || literalIndex(signal, event.text) !== null,
  );
}
