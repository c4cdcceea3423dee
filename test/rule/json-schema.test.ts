/** The schemas for editors say what the program checks: valid files, broken ones, and files broken at random. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { rule } from "../../src/rule/schema.ts";
import { advisory } from "../../src/rule/schema-advisory.ts";
import { configSchema } from "../../src/run/config.ts";
import { describe as descriptionOf, reference } from "../generate/fields.ts";
import { type JsonSchema, SCHEMAS, schemaFile } from "../generate/json-schema.ts";
import { ROOT } from "../support/cli.ts";

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
ajv.addVocabulary(["markdownDescription"]);

/** A kind of file: its schema as the program and as an editor has it, and every file of the kind. */
interface Kind {
  schema: string;
  checked: z.ZodType;
  shown: ValidateFunction;
  files: string[];
}

const yamls = readdirSync(join(ROOT, "rules"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".yaml"))
  .map((path) => `rules/${path}`);
const kinds: Kind[] = [
  kind(
    "rules/_schema/rule.schema.json",
    rule,
    yamls.filter((path) => !path.endsWith("/advisory.yaml")),
  ),
  kind(
    "rules/_schema/advisory.schema.json",
    advisory,
    yamls.filter((path) => path.endsWith("/advisory.yaml")),
  ),
  kind("samples/config.schema.json", configSchema, ["samples/config.yaml"]),
];

function kind(schema: string, checked: z.ZodType, files: string[]): Kind {
  return { schema, checked, shown: ajv.compile(JSON.parse(schemaFile(SCHEMAS[schema]!))), files };
}

function read(path: string): unknown {
  return parse(readFileSync(join(ROOT, path), "utf8"), { schema: "core" });
}

describe.each(kinds)("$schema", ({ schema, checked, shown, files }) => {
  it.each(files)("is named by the first line of %s, and accepts it", (path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
    expect(named, `the first line of ${path} must be "# yaml-language-server: $schema=…"`).toBeDefined();
    expect(resolve(ROOT, dirname(path), named!)).toBe(join(ROOT, schema));
    expect(existsSync(join(ROOT, schema))).toBe(true);
    expect(shown(read(path)), ajv.errorsText(shown.errors)).toBe(true);
  });

  it("accepts and refuses what the program does, whatever is broken in a file", () => {
    const outcomes = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(mutation, { minLength: 1, maxLength: 2 }), (path, mutations) => {
        const value = mutations.reduce(mutate, read(path));
        const program = checked.safeParse(value).success;
        outcomes[program ? "accepted" : "refused"]++;
        expect(shown(value)).toBe(program);
      }),
      { numRuns: 600 },
    );
    expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(20);
  });

  it("describes every field", () => {
    expect(undescribed(SCHEMAS[schema]!)).toEqual([]);
  });
});

const [ruleKind, advisoryKind, configKind] = kinds as [Kind, Kind, Kind];
const aRule = () => read("rules/_template/example-signal.yaml") as Record<string, unknown>;
const anAdvisory = () => read("rules/_template/advisory.yaml") as Record<string, unknown>;

describe("a broken file", () => {
  it.each<[string, Kind, unknown]>([
    ["an empty file", ruleKind, null],
    ["a field that does not exist", ruleKind, { ...aRule(), levle: "high" }],
    ["a missing level", ruleKind, { ...aRule(), level: undefined }],
    ["a level of another scale", ruleKind, { ...aRule(), level: "severe" }],
    ["an id with spaces", ruleKind, { ...aRule(), id: "memory failure" }],
    ["no verdicts", ruleKind, { ...aRule(), verdicts: [] }],
    ["a time without a unit", ruleKind, { ...aRule(), lifecycle: { quiet: "15" } }],
    ["a time that is a number", ruleKind, { ...aRule(), lifecycle: { quiet: 15 } }],
    [
      "a condition with an unknown modifier",
      ruleKind,
      { ...aRule(), signals: { a: { tag: "A-1-B", "text|like": "x" } } },
    ],
    ["a severity beyond 7", ruleKind, { ...aRule(), signals: { a: { tag: "A-1-B", "severity|lte": 8 } } }],
    ["a text in no language", ruleKind, { ...aRule(), title: {} }],
    [
      "a release that is a number",
      advisoryKind,
      { ...anAdvisory(), exposure: { ...(anAdvisory().exposure as object), "first-fixed": [7.1] } },
    ],
    ["a runbook part that does not exist", advisoryKind, { ...anAdvisory(), runbook: { repair: [] } }],
    ["an advisory without references", advisoryKind, { ...anAdvisory(), references: [] }],
    ["a port as a number", configKind, { listen: { udp: { addresses: 5514 } } }],
    ["a message limit of a million", configKind, { listen: { maxMessage: 1_000_000 } }],
  ])("with %s is refused by both", (_, { checked, shown }, broken) => {
    const value = JSON.parse(JSON.stringify(broken)) as unknown;
    expect([checked.safeParse(value).success, shown(value)]).toEqual([false, false]);
  });

  // What no shape can say; `telltale rules check` finds it.
  it.each<[string, unknown]>([
    ["a signal without an index", { ...aRule(), signals: { a: { "text|contains": "words" } } }],
    ["a verdict about an unknown fact", { ...aRule(), verdicts: [{ name: "a", when: { nothing: true } }] }],
    ["a pattern that is none", { ...aRule(), signals: { a: { tag: "A-1-B", "text|re": "(" } } }],
    ["a report of a signal that is not there", { ...aRule(), reports: ["nothing"] }],
  ])("with %s passes both: only compiling the rule refuses it", (_, value) => {
    expect([ruleKind.checked.safeParse(value).success, ruleKind.shown(value)]).toEqual([true, true]);
  });
});

it("lets a field of a known kind keep its own words, with its default, and the kind its limits", () => {
  const file = JSON.parse(schemaFile(SCHEMAS["rules/_schema/rule.schema.json"]!)) as JsonSchema;
  const { quiet } = file.definitions!.Lifecycle!.properties!;
  expect(quiet).toMatchObject({
    description: expect.stringMatching(/^Without a report .* Default: `15m`\.$/),
    markdownDescription: quiet!.description,
    pattern: SCHEMAS["rules/_schema/rule.schema.json"]!.definitions!.Duration!.pattern,
  });
  expect(JSON.stringify(file)).not.toContain("allOf");
});

/** Where to change a file (numbers choose the way down), and how. */
interface Mutation {
  way: number[];
  change: (parent: Record<string, unknown> | unknown[], key: string | number) => void;
}

const junk = fc.oneof(
  fc.constantFrom<unknown>("", "x", "high", "15m", "$name", 0, 1, 7, 1.5, -1, true, false, null, [], {}, ["x"], [1], {
    en: "x",
  }),
  fc.string(),
  fc.integer(),
);
const mutation: fc.Arbitrary<Mutation> = fc.record({
  way: fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }),
  change: fc.oneof(
    junk.map(
      (value) => (parent: Record<string, unknown> | unknown[], key: string | number) =>
        put(parent, key, structuredClone(value)),
    ),
    fc.constant(remove),
    // Keys of objects that every object has are refused before the shape is looked at.
    fc
      .stringMatching(/^[a-z|-]{1,8}$/)
      .map(
        (name) => (parent: Record<string, unknown> | unknown[]) =>
          put(parent, Array.isArray(parent) ? parent.length : name, "x"),
      ),
  ),
});

function mutate(value: unknown, { way, change }: Mutation): unknown {
  if (typeof value !== "object" || value === null) return value;
  let parent = value as Record<string, unknown> | unknown[];
  for (const [i, step] of way.entries()) {
    const keys = Object.keys(parent);
    if (keys.length === 0) break;
    const key = keys[step % keys.length]!;
    const inner = (parent as Record<string, unknown>)[key];
    const last = i === way.length - 1 || typeof inner !== "object" || inner === null;
    if (last) {
      change(parent, Array.isArray(parent) ? Number(key) : key);
      break;
    }
    parent = inner as Record<string, unknown>;
  }
  return value;
}

function put(parent: Record<string, unknown> | unknown[], key: string | number, value: unknown): void {
  (parent as Record<string | number, unknown>)[key] = value;
}

function remove(parent: Record<string, unknown> | unknown[], key: string | number): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Paths of the fields without words of their own; a field that is the only one of its kind may borrow the kind's. */
function undescribed(root: JsonSchema): string[] {
  const definitions = root.definitions ?? {};
  const uses = [...JSON.stringify(root).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name!);
  const walk = (schema: JsonSchema, path: string): string[] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([field, value]) => {
      const name = reference(value);
      const borrowed = name !== null && uses.filter((one) => one === name).length === 1;
      const said = borrowed ? descriptionOf(value, { definitions }) : value.description;
      return [...(said ? [] : [`${path}${field}`]), ...walk(value, `${path}${field}.`)];
    }),
    ...[...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((one) => walk(one, path)),
    ...(typeof schema.additionalProperties === "object" ? walk(schema.additionalProperties, `${path}*.`) : []),
  ];
  return [root, ...Object.values(definitions)].flatMap((one) => walk(one, `${one.title ?? "?"}: `));
}
