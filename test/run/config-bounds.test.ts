/** Every number of the configuration at the bounds that its published schema gives, and every option with values that are none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TelltaleError } from "../../src/error.ts";
import { readConfig } from "../../src/run/config.ts";

interface Node {
  type?: string;
  properties?: Record<string, Node>;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  enum?: unknown[];
}

/** Options by their path, of the parts of the configuration whose shape is fixed. */
function options(node: Node, path: string[] = []): { path: string[]; node: Node }[] {
  if (node.properties === undefined) return [{ path, node }];
  return Object.entries(node.properties).flatMap(([name, inner]) => options(inner, [...path, name]));
}

const SCHEMA = join(import.meta.dirname, "../../samples/config.schema.json");
const ALL = options(JSON.parse(readFileSync(SCHEMA, "utf8")) as Node);
const NUMBERS = ALL.filter(({ node }) => node.type === "integer" || node.type === "number");
const folder = mkdtempSync(join(tmpdir(), "telltale-bounds-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The fault that this text at this place has; null where it is taken. */
function fault(path: string[], text: string): string | null {
  const file = join(folder, "x.yaml");
  writeFileSync(file, `${path.map((name, depth) => `${"  ".repeat(depth)}${name}:`).join("\n")} ${text}\n`);
  try {
    readConfig(file, {});
    return null;
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error;
    return error.message;
  }
}

describe("an option of the configuration", () => {
  it("is looked at wherever it stands", () => {
    expect(ALL.length).toBeGreaterThan(30);
    expect(NUMBERS.length).toBeGreaterThan(5);
  });

  it.each(NUMBERS.map(({ path, node }) => [path.join("."), path, node] as const))(
    "%s is taken at its bounds and refused beyond them, with its place",
    (name, path, { minimum, exclusiveMinimum, maximum }) => {
      const least = minimum ?? (exclusiveMinimum === undefined ? Number.MIN_SAFE_INTEGER : Number.MIN_VALUE);
      const most = maximum ?? Number.MAX_SAFE_INTEGER;
      for (const value of [least, most]) expect(fault(path, String(value)) ?? "").not.toContain(`${name}: Too`);
      const beyond = [least - 1, ...(most < Number.MAX_SAFE_INTEGER ? [most + 1] : [])];
      for (const value of beyond) expect(fault(path, String(value))).toMatch(/x\.yaml:\d+:\d+: /);
    },
  );

  it.each(ALL.map(({ path, node }) => [path.join("."), path, node] as const))(
    "%s refuses what is no value of it",
    (_, path, node) => {
      for (const text of [".nan", "{ a: 1 }", "[[]]"]) expect(fault(path, text), text).toMatch(/x\.yaml/);
      if (node.type === "integer" || node.type === "number" || node.type === "boolean")
        for (const text of ['""', '"1"', "[]", "null"]) expect(fault(path, text), text).toMatch(/x\.yaml:\d+:\d+: /);
    },
  );

  it.each(ALL.map(({ path }) => [path.join("."), path] as const))(
    "beside %s an unknown one is refused by name",
    (_, path) => {
      expect(fault([...path.slice(0, -1), "nobody-knows"], "1")).toMatch(/nobody-knows: unknown option/);
    },
  );
});
