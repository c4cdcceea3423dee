/** Pages and schemas that are made from the code and the rules: each must be what `npm run docs` would write. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadRules } from "../src/rule/load.ts";
import { rehearse } from "../src/run/rehearse.ts";
import { cliReference } from "./generate/cli-reference.ts";
import { configReference } from "./generate/config-reference.ts";
import { SCHEMAS, schemaFile } from "./generate/json-schema.ts";
import { licencePage, PERMITTED, shippedPackages } from "./generate/licences.ts";
import { code, codeBlock, fillParts, prose, table } from "./generate/markdown.ts";
import { ruleCatalogue } from "./generate/rule-catalogue.ts";
import { ruleFormat } from "./generate/rule-format.ts";
import { ROOT } from "./support/cli.ts";

const FILES: [string, () => string][] = [
  ...Object.entries(SCHEMAS).map(([path, schema]): [string, () => string] => [path, () => schemaFile(schema)]),
  ["docs/rule-format.md", () => ruleFormat(readFileSync(join(ROOT, "docs/rule-format.md"), "utf8"))],
  ["docs/rules.md", ruleCatalogue],
  ["docs/cli.md", cliReference],
  ["docs/config.md", configReference],
  ["docs/licences.md", licencePage],
];

describe("what is generated", () => {
  it.each(FILES)("is up to date: %s", async (path, make) => {
    await expect(make(), `${path} is stale: run \`npm run docs\` and commit what it changes`).toMatchFileSnapshot(
      join(ROOT, path),
    );
  });
});

describe("the examples of docs/rule-format.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-rule-format-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are an advisory and two rules that load and pass their cases, when those of one file are put together", () => {
    const page = readFileSync(join(ROOT, "docs/rule-format.md"), "utf8");
    const files = new Map<string, string>();
    for (const [, name, text] of page.matchAll(/^```yaml (\S+)\n([\s\S]*?)^```$/gm))
      files.set(name!, (files.get(name!) ?? "") + text!);
    expect([...files.keys()].sort()).toEqual(["advisory.yaml", "memory-failure.yaml", "pool-used-up.yaml"]);
    mkdirSync(join(folder, "cisco-sa-example"));
    for (const [name, text] of files) writeFileSync(join(folder, "cisco-sa-example", name), text);
    const results = loadRules(folder).flatMap(rehearse);
    expect(results.map((one) => one.rule)).toEqual(["memory-failure", "memory-failure", "pool-used-up"]);
    expect(results.flatMap((one) => one.problems)).toEqual([]);
  });
});

describe("the packages that are shipped", () => {
  it("have licences that ask for no more than a notice", () => {
    const packages = shippedPackages();
    expect(packages.length).toBeGreaterThan(10);
    const choices = ({ licence }: { licence: string }) => licence.replace(/[()]/g, "").split(" OR ");
    expect(packages.filter((one) => !choices(one).some((licence) => PERMITTED.includes(licence)))).toEqual([]);
  });
});

describe("what rules say in a page", () => {
  it("is no markup", () => {
    expect(prose("a *b* [c](d) <e> CCSIP_SPI | # ~ & \\")).toBe(
      "a \\*b\\* \\[c\\](d) \\<e\\> CCSIP\\_SPI \\| \\# \\~ &amp; \\\\",
    );
    expect(prose("see `show x | include _y_`,\n and ` alone")).toBe("see `show x | include _y_`, and \\` alone");
    expect(code("a`b")).toBe("``a`b``");
    expect(code("`a``")).toBe("``` `a`` ```");
    expect(codeBlock("```\nx\n")).toBe("````text\n```\nx\n````");
    expect(table(["a"], [["`x|y` \\| z"]])).toBe("| a |\n| --- |\n| `x\\|y` \\| z |");
  });

  it("goes between the marks that are there, and nowhere else", () => {
    const page = "x\n<!-- generated: a -->\nold\n<!-- /generated -->\ny\n";
    expect(fillParts(page, { a: "new" })).toBe(page.replace("old", "new"));
    expect(() => fillParts(page, {})).toThrow('no part "a"');
    expect(() => fillParts(page, { a: "new", b: "other" })).toThrow("no place for: b");
  });
});
