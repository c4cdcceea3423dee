/** The shape of rules/<advisory>/*.yaml: what a rule author may write, checked strictly. */
import { z } from "zod";
import { CONFIDENCES, LEVELS, RUNBOOK_PARTS } from "../model.ts";

const DIALECTS = ["ios", "ios-xe", "ios-xr", "nx-os", "asa", "other", "unknown"] as const;
const EXPOSURES = ["vulnerable", "fixed", "not-affected", "unknown"] as const;
const name = z.string().regex(/^[a-z][a-z0-9_-]*$/, "a lower-case name such as memory-failure");

/** A text in English, or in English and Japanese. */
export const text = z
  .union([z.string().min(1), z.strictObject({ en: z.string().min(1), ja: z.string().min(1).optional() })])
  .describe("A text: a string, or { en, ja }");

/** A length of time such as 500ms, 5s, 15m, 24h or 7d. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h|d)$/, "a length of time such as 500ms, 5s, 15m, 24h or 7d")
  .describe("A length of time: 500ms, 5s, 15m, 24h, 7d");

const strings = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const FIELD_MODIFIERS = ["", "|contains", "|contains|all", "|startswith", "|endswith", "|re"] as const;
const fieldConditions = Object.fromEntries(
  ["text", "facility", "mnemonic", "process", "node", "device"].flatMap((field) =>
    FIELD_MODIFIERS.map((modifier) => [`${field}${modifier}`, strings.optional()]),
  ),
);

/** One kind of message: an index (`tag`, `tag|startswith`, `literal`, `or-literal`) and conditions that all must hold. */
export const signal = z.strictObject({
  tag: strings.optional(),
  "tag|startswith": strings.optional(),
  literal: strings.optional(),
  "or-literal": strings.optional(),
  dialect: z.union([z.enum(DIALECTS), z.array(z.enum(DIALECTS)).min(1)]).optional(),
  "severity|lte": z.number().int().min(0).max(7).optional(),
  "severity|gte": z.number().int().min(0).max(7).optional(),
  untagged: z.literal(true).optional().describe("Only messages without a tag: debug output"),
  unless: z.strictObject({ signal: name, within: duration }).optional(),
  ...fieldConditions,
});

const correlation = z.strictObject({
  type: z.enum(["event_count", "temporal", "temporal_ordered", "absence"]),
  signals: z.array(name).min(1),
  timespan: duration,
  condition: z.strictObject({ gte: z.number().int().min(1).max(1000) }).optional(),
});

const block = z.strictObject({
  open: name,
  rows: name,
  close: name,
  order: z.array(name).min(2).describe("The block's signals in the order in which the router prints them"),
  timespan: duration,
  max: z.number().int().min(2).max(1000),
  "hold-orphans": z.boolean().default(true),
  apart: z
    .string()
    .regex(/^[a-z]\w*$/)
    .optional()
    .describe("The capture that tells two blocks of one group apart, where a line states it"),
  table: z.strictObject({
    name: z.string().regex(/^[a-z]\w*(?:\|basename)?$/),
    key: z.string().regex(/^[a-z]\w*$/),
    weight: z.string().regex(/^[a-z]\w*$/),
    expect: z.array(z.string().regex(/^[a-z][\w-]*\.[a-z]\w*$/, "signal.capture, such as end.rows")).min(1),
  }),
});

/** Conditions by name: `level|gte: 90`, `top: ipsec_pp`, `table: complete`, `repeated: true`. */
const conditions = z.record(
  z.string().regex(/^[a-z][\w-]*(?:\|(?:gte|gt|lte|lt|not))?$/, "name, or name|gte, |gt, |lte, |lt, |not"),
  z.union([scalar, z.array(scalar).min(1)]),
);
const when = z
  .union([conditions, z.array(conditions).min(1)])
  .describe("Conditions that all hold, or a list of which one holds");

/** One runbook item: a command (`run`) or an act (`do`). */
export const runbookItem = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]*$/),
  run: z.string().min(1).optional(),
  do: text.optional(),
  why: text,
  expect: text.optional(),
  source: z.enum(["advisory", "telltale"]),
  when: z.literal("unauthenticated").optional(),
});
const items = z.array(runbookItem);
export const runbook = z.strictObject({
  recover: items.default([]),
  mitigate: items.default([]),
  verify: items.default([]),
  fix: items.default([]),
});
/** Parts that replace the advisory's for one verdict. */
const runbookParts = z.strictObject({
  recover: items.optional(),
  mitigate: items.optional(),
  verify: items.optional(),
  fix: items.optional(),
});

const verdict = z.strictObject({
  name,
  when,
  alert: z.boolean().default(true).describe("false: counted, no alert"),
  level: z.enum(LEVELS).optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  title: text.optional(),
  runbook: runbookParts.optional(),
});

const lifecycle = z.strictObject({
  quiet: duration.default("15m"),
  grace: duration.default("60s"),
  reopen: duration.default("24h"),
  recurring: z.strictObject({ lead: z.enum(RUNBOOK_PARTS) }).optional(),
  steps: z
    .array(
      z.strictObject({
        id: z.string(),
        signal: name,
        where: z.record(z.string(), z.string()).default({}),
        node: z.string().optional().describe("The capture that names the node acted on"),
        by: z.string().optional().describe("The capture that names who acted"),
      }),
    )
    .default([]),
});

const expectation = z.strictObject({
  rule: z.string().optional(),
  verdict: z.string().optional(),
  level: z.enum(LEVELS).optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  status: z.string().optional(),
  device: z.string().optional(),
  node: z.string().nullable().optional(),
  count: z.number().int().optional(),
  exposure: z.enum(EXPOSURES).optional(),
  release: z.string().nullable().optional(),
  caveats: z.array(z.string()).optional().describe("Each must be part of some caveat"),
  details: z.record(z.string(), z.union([scalar, z.null()])).optional(),
  done: z.array(z.string()).optional().describe("Ids of the runbook items that are ticked, exactly"),
});

const testStep = z.union([
  z.strictObject({ lines: z.string(), from: z.string().optional() }),
  z.strictObject({ after: duration }),
]);
const testCase = z.strictObject({
  name: z.string().min(1),
  steps: z.array(testStep).min(1),
  expect: z.array(expectation),
});

/** One detection: one file. */
export const rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: text,
  status: z.enum(["experimental", "stable", "deprecated"]),
  level: z.enum(LEVELS),
  description: text.optional(),
  params: z.record(name, z.strictObject({ default: z.union([z.number(), z.string()]), why: z.string() })).default({}),
  signals: z.record(name, signal),
  "group-by": z
    .array(z.enum(["device", "node"]))
    .min(1)
    .default(["device"]),
  block: block.optional(),
  correlations: z.record(name, correlation).default({}),
  reports: z.array(name).default([]).describe("Signals that are reports by themselves"),
  verdicts: z.array(verdict).min(1),
  details: z.record(z.string(), z.string()).default({}).describe("What the alert shows: name -> fact"),
  exposure: z
    .strictObject({
      fixed: z.strictObject({ lower: z.number().int().min(1).max(4) }).optional(),
      "not-affected": z.strictObject({ "at-most": z.enum(LEVELS) }).optional(),
      caveat: text,
    })
    .optional(),
  caveats: z.array(z.strictObject({ when, text })).default([]),
  lifecycle: lifecycle.prefault({}),
  falsepositives: z.array(text).default([]),
  references: z.array(z.string()).default([]),
  tests: z.array(testCase).default([]),
});

const range = z.strictObject({
  in: z.array(z.string()).optional(),
  lt: z.string().optional(),
  lte: z.string().optional(),
  gte: z.string().optional(),
  train: z.string().optional(),
  prefix: z.string().optional(),
  platform: z.string().optional(),
  smu: z.string().optional(),
  state: z.enum(EXPOSURES),
  reason: z.strictObject({ en: z.string(), ja: z.string().optional() }).optional(),
  "first-fixed": z.string().optional(),
});

/** advisory.yaml: what the advisory is, who is exposed, how to recover, mitigate, verify and fix. */
export const advisory = z.strictObject({
  id: z.string(),
  title: text,
  summary: text,
  cves: z.array(z.string()),
  cwe: z.array(z.string()).default([]),
  bugs: z.array(z.string()).default([]),
  cvss: z
    .strictObject({
      version: z.string(),
      base: z.number(),
      temporal: z.number().optional(),
      vector: z.string().optional(),
    })
    .optional(),
  severity: z.string().optional(),
  published: z.string(),
  revision: z.string(),
  references: z.array(z.string()).min(1),
  exposure: z.strictObject({
    os: z.enum(["ios-xr", "ios"]),
    scheme: z.enum(["dotted", "ios-train"]),
    "two-digit-rebuild": z.literal("both-readings").optional(),
    "interim-of-fixed": z.literal("unknown").optional(),
    "not-affected-os": z.array(z.enum(DIALECTS)).default([]),
    "none-running": z.strictObject({ processes: z.array(z.string()).min(1), state: z.enum(EXPOSURES) }).optional(),
    ranges: z.array(range).min(1),
    "first-fixed": z.array(z.string()),
  }),
  falsepositives: z.array(text).default([]),
  runbook,
});

export type RuleFile = z.infer<typeof rule>;
export type AdvisoryFile = z.infer<typeof advisory>;
export type SignalFile = { [field: string]: unknown; unless?: { signal: string; within: string } | undefined };
