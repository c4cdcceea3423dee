/** Compiled rules judge as their files do, and are never taken for files that say something else. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import about from "../../package.json" with { type: "json" };
import type { CompiledRule } from "../../src/rule/compiled.ts";
import { sha256 } from "../../src/rule/digest.ts";
import { shippedRules } from "../../src/rule/files.ts";
import { loadAdvisories, loadRules } from "../../src/rule/load.ts";
import { compileRules, openAdvisories, openRules } from "../../src/rule/open.ts";
import { rehearse } from "../../src/run/rehearse.ts";
import { ROOT, telltale } from "../support/cli.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-open-"));
  file = join(folder, "rules.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What no rule that ships has: signals joined, one excused by another, networks, values of a list. */
const MORE = `id: more
title: Signals joined
status: experimental
level: low
signals:
  login: { tag: SEC_LOGIN-4-LOGIN_FAILED, "address|cidr": 192.0.2.0/24, text|re: 'user: (?P<user>\\w+)' }
  known: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|contains: [netops, backup] }
  strange: { condition: login and not known, unless: { signal: known, within: 5m } }
reports: [strange]
verdicts:
  - { name: seen, when: { strange: true, user|not: root } }
tests:
  - name: fires
    steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.1: %SEC_LOGIN-4-LOGIN_FAILED: user: eve" }]
    expect: [{ verdict: seen }]
  - name: quiet
    steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.1: %SEC_LOGIN-4-LOGIN_FAILED: user: netops" }]
    expect: []
`;

describe("a file of compiled rules", () => {
  let rules: string;

  beforeEach(async () => {
    rules = join(folder, "rules");
    cpSync(shippedRules(), rules, { recursive: true });
    writeFileSync(join(rules, "operations/more.yaml"), MORE);
    writeFileSync(file, (await compileRules(rules)).text);
  });

  test("holds every field of every rule, and every advisory", async () => {
    const files = loadRules(rules);
    expect((await openRules(file)).map(plain)).toEqual(
      files.map((rule) => plain({ ...rule, file: `${file}/${belowRules(rule)}` })),
    );
    expect(await openAdvisories(file)).toEqual(JSON.parse(JSON.stringify(loadAdvisories(rules))));
  });

  test("passes the cases of its files", async () => {
    const cases = new Map(loadRules(rules).map(({ id, tests }) => [id, tests]));
    const done = (await openRules(file)).flatMap((rule) =>
      rehearse(Object.assign(rule, { tests: cases.get(rule.id)! })),
    );
    expect(done.length).toBeGreaterThan(80);
    expect(done.filter(({ passed }) => !passed)).toEqual([]);
  });

  test.each<[string, (text: string) => string, string]>([
    ["that ends too early", (text) => text.slice(0, -100), "no compiled rules, or damaged"],
    ["that somebody edited", (text) => text.replace('"critical"', '"low"'), "no compiled rules, or damaged"],
    ["that is something else", () => "{}", "no compiled rules, or damaged"],
    [
      "of another Telltale",
      (text) => text.replace(`"telltale":"${about.version}"`, '"telltale":"0.0.1"'),
      `compiled by Telltale 0.0.1, not ${about.version}`,
    ],
  ])("is refused when it is one %s", async (_, change, message) => {
    writeFileSync(file, change(readFileSync(file, "utf8")));
    await expect(openRules(file)).rejects.toMatchObject({ code: "DATA_INVALID", message: `${file}: ${message}` });
  });

  test("that is missing is told, and so is asking one for its cases", async () => {
    rmSync(file);
    await expect(openRules(file)).rejects.toMatchObject({ code: "NO_INPUT" });
    expect(() => loadRules(file)).toThrow("compiled rules hold no cases");
  });

  test("comes from `telltale rules compile`, and --rules takes it", async () => {
    const compiled = await telltale(["rules", "compile", "rules", "-o", file]);
    expect(compiled).toMatchObject({ code: 0, stderr: "" });
    const [ofFile, ofFolder] = [await listed(["--rules", file]), await listed(["--rules", join(ROOT, "rules")])];
    expect(ofFile.map(({ id, version }) => [id, version])).toEqual(ofFolder.map(({ id, version }) => [id, version]));
    expect((await telltale(["rules", "compile", "rules", "-o", join(folder, "none", "rules.json")])).code).toBe(74);
    expect((await telltale(["rules", "compile", "rules", "-o", join(folder, "rules.yaml")])).code).toBe(64);
    mkdirSync(join(folder, "empty"));
    expect((await telltale(["rules", "compile", join(folder, "empty"), "-o", file])).code).toBe(66);
  });
});

describe("the rules that ship", () => {
  let main: string;

  // The program as it is installed, without what only the reading of rule files needs.
  beforeEach(() => {
    for (const name of ["dist", "rules", "package.json"])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    for (const name of ["commander", "fzstd", "re2js"]) linkPackage(name);
    main = join(folder, "dist/cli/main.js");
  });
  const linkPackage = (name: string) =>
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  const rule = "cisco-sa-20131106-sip/sip-process-anomaly.yaml";
  const edit = (from: string, to: string) => {
    const path = join(folder, "rules", rule);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  test("need no YAML and no schema while their files are as they were when they were compiled", async () => {
    const [log, options] = [join(ROOT, "samples/sip-memory-then-restart.log"), { main }];
    const replayed = await telltale(["replay", log, "--format", "json"], options);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toBe((await telltale(["replay", log, "--format", "json"])).stdout);
    edit("level: ", "level:  ");
    expect((await telltale(["replay", log], options)).stderr).toMatch(/Cannot find module '(?:yaml|zod)'/);
  });

  test.each([
    ["a rule is edited", () => edit("title:", "# in force\ntitle:")],
    ["a rule is added", () => cpSync(join(folder, "rules", rule), join(folder, "rules/cisco-sa-20131106-sip/x.yml"))],
    ["a rule is taken away", () => rmSync(join(folder, "rules", rule))],
    ["what was compiled is gone", () => rmSync(join(folder, "dist/rules.json"))],
    ["what was compiled is damaged", () => writeFileSync(join(folder, "dist/rules.json"), "{}\n{}")],
  ])("are read from their files when %s", async (_, change) => {
    for (const name of ["yaml", "zod"]) linkPackage(name);
    change();
    const read = await telltale(["rules", "list", "--json"], { main });
    const told = await telltale(["rules", "check"], { main });
    if (told.code === 65) expect(read).toMatchObject({ code: 65, stderr: told.stderr });
    else expect(await listed([], main)).toEqual(await listed(["--rules", join(folder, "rules")]));
  });

  test("are compiled anew by every build", () => {
    const text = readFileSync(join(ROOT, "dist/rules.json"), "utf8");
    expect(JSON.parse(text.split("\n")[0]!)).toMatchObject({ telltale: about.version });
    expect(sha256(text.slice(text.indexOf("\n") + 1))).toBe(JSON.parse(text.split("\n")[0]!).text);
  });
});

async function listed(args: string[], main?: string) {
  const { code, stdout } = await telltale(["rules", "list", "--json", ...args], main === undefined ? {} : { main });
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, string>).map(({ file, ...rest }) => rest);
}

function belowRules({ file }: CompiledRule): string {
  return file.split("/").slice(-2).join("/");
}

/** All that can be written down of a rule. */
function plain(rule: CompiledRule): unknown {
  const { signals, parts, advisory, verdicts, caveats } = rule;
  const fields = FIELDS.map((field) => [field, rule[field]]);
  const conditions = [...verdicts, ...caveats].map(({ when, ...rest }) => [when, rest]);
  const indexed = signals.map((signal) => ({
    ...signal,
    conditions: signal.conditions,
    condition: signal.condition?.source,
  }));
  return JSON.parse(JSON.stringify([Object.fromEntries(fields), [...parts], advisory, conditions, indexed]));
}

const FIELDS = Object.keys(loadRules()[0]!).filter((field) => field !== "tests") as (keyof CompiledRule)[];
