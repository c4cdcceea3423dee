/** The page that says what is proved where: each test, file and part of the torture that it names is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/testing.md");

/** The rows of the table under a heading, cell by cell. */
function rows(heading: string): string[][] {
  const part = page.split(`## ${heading}\n`)[1]!.split(/\n##+ /)[0]!;
  const lines = part.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

describe("docs/testing.md", () => {
  it.each(rows("Properties"))("names where it is tried that %s", (_, file, name) => {
    const text = read(file!.replaceAll("`", ""));
    expect(text).toContain(`"${name}"`);
    const body = text.slice(text.indexOf(`"${name}"`));
    expect(body.slice(0, body.search(/\n {0,2}(?:test|it|describe)\b/) >>> 0)).toMatch(/fc\.|\.each|each\(|for \(/);
  });

  it("names some thirty properties", () => {
    expect(rows("Properties").length).toBeGreaterThanOrEqual(30);
  });

  it.each(rows("Promises"))("names where it is proved that %s", (_, part, file) => {
    if (part !== "") expect(existsSync(join(ROOT, "test/torture", `${part}.mjs`))).toBe(true);
    expect(existsSync(join(ROOT, file!.replaceAll("`", "")))).toBe(true);
  });

  it("leaves out no part of the torture", () => {
    const parts = readdirSync(join(ROOT, "test/torture")).filter((name) => name.endsWith(".mjs") && name !== "run.mjs");
    const named = new Set(rows("Promises").map(([, part]) => `${part}.mjs`));
    expect(parts.filter((name) => !named.has(name))).toEqual([]);
  });

  it("names no file that is gone", () => {
    const paths = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
