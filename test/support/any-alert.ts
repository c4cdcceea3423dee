/** Any alert that the model allows, made of texts, times and bytes of the caller's choice. */
import fc from "fast-check";
import {
  type Alert,
  CONFIDENCES,
  type Detail,
  type Evidence,
  LEVELS,
  RUNBOOK_PARTS,
  type RunbookItem,
  STATUSES,
  type Text,
} from "../../src/model.ts";

export interface AlertParts {
  id: fc.Arbitrary<string>;
  string: fc.Arbitrary<string>;
  millis: fc.Arbitrary<number>;
  number: fc.Arbitrary<number>;
  evidence: fc.Arbitrary<Evidence[]>;
}

export function anyAlert({ id, string, millis, number, evidence }: AlertParts): fc.Arbitrary<Alert> {
  const text: fc.Arbitrary<Text> = fc.oneof(fc.record({ en: string }), fc.record({ en: string, ja: string }));
  const detail: fc.Arbitrary<Detail> = fc.oneof(string, number, fc.boolean(), fc.constant(null));
  const item: fc.Arbitrary<RunbookItem> = fc.record({
    id: string,
    run: orNull(string),
    do: orNull(text),
    why: text,
    expect: orNull(text),
    source: fc.constantFrom("advisory" as const, "telltale" as const),
    done: orNull(fc.record({ at: millis, by: string, line: orNull(string) })),
  });
  return fc.record({
    id,
    rule: string,
    advisory: string,
    title: text,
    level: fc.constantFrom(...LEVELS),
    confidence: fc.constantFrom(...CONFIDENCES),
    verdict: string,
    device: string,
    node: orNull(string),
    address: orNull(string),
    status: fc.constantFrom(...STATUSES),
    count: fc.nat(),
    firstSeen: millis,
    lastSeen: millis,
    exposure: fc.record({
      state: fc.constantFrom("vulnerable" as const, "fixed" as const, "not-affected" as const, "unknown" as const),
      release: orNull(string),
      reason: text,
    }),
    details: fc.dictionary(string, detail, { maxKeys: 5 }),
    caveats: fc.array(text, { maxLength: 3 }),
    evidence,
    runbook: fc.record(
      Object.fromEntries(RUNBOOK_PARTS.map((part) => [part, fc.array(item, { maxLength: 2 })])) as Record<
        (typeof RUNBOOK_PARTS)[number],
        fc.Arbitrary<RunbookItem[]>
      >,
    ),
    lead: fc.constantFrom(...RUNBOOK_PARTS),
    falsepositives: fc.array(text, { maxLength: 2 }),
    references: fc.array(string, { maxLength: 2 }),
    related: fc.array(string, { maxLength: 3 }),
    sourceAuth: fc.constantFrom("none" as const, "address" as const, "tls" as const),
    acknowledged: orNull(fc.record({ at: millis, by: string })),
    disposition: fc.constantFrom(null, "confirmed" as const, "false-alarm" as const),
    notes: fc.array(fc.record({ at: millis, by: string, text: string }), { maxLength: 3 }),
  });
}

function orNull<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { nil: null });
}
