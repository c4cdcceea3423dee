/** The papers against the program: commands, links, the printed alert, the sample configuration, the templates. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ERRORS } from "../src/error.ts";
import { loadRules } from "../src/rule/load.ts";
import { rule } from "../src/rule/schema.ts";
import { advisory } from "../src/rule/schema-advisory.ts";
import { readConfig } from "../src/run/config.ts";
import { rehearse } from "../src/run/rehearse.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readme = read("README.md");
const pages = filesUnder("").filter((path) => path.endsWith(".md"));
const scripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
const main = join(root, "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "telltale-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Commands of npm itself. */
const NPM_OWN = ["ci", "install", "pack", "audit"];

describe("commands that the pages name", () => {
  /** Command path -> its help; groups such as `alerts` as well as leaves such as `alerts list`. */
  const help = new Map<string, string>();
  beforeAll(() => {
    const learn = (path: string[]): void => {
      const text = telltale([...path, "--help"]);
      help.set(path.join(" "), text);
      const listed = [...(text.split("\nCommands:\n")[1] ?? "").matchAll(/^ {2}([a-z]+)(?= |$)/gm)];
      for (const [, name] of listed) if (name !== "help") learn([...path, name!]);
    };
    learn([]);
  });
  const leaves = () => [...help].filter(([, text]) => !text.includes("\nCommands:\n")).map(([path]) => path);

  it("are scripts of package.json where npm runs them", () => {
    const named = pages.flatMap((page) =>
      [...codeOf(page).matchAll(/\bnpm (?:run )?([a-z]+)\b/g)].map(([, name]) => name!),
    );
    const scriptsNamed = new Set(named.filter((name) => !NPM_OWN.includes(name)));
    expect(scriptsNamed.size).toBeGreaterThan(3);
    expect([...scriptsNamed].filter((name) => !(name in scripts))).toEqual([]);
  });

  it("are commands whose help runs where telltale runs them", () => {
    const mentions = pages.flatMap((page) => [
      ...codeOf(page).matchAll(/(?:\btelltale|dist\/cli\/main\.js) ([a-z]+)(?: ([a-z]+))?/g),
    ]);
    expect(mentions.length).toBeGreaterThan(20);
    const unknown = mentions.filter(([, first, second]) => {
      const group = help.get(first!)?.includes("\nCommands:\n");
      return group === undefined || (group && second !== undefined && !help.has(`${first} ${second}`));
    });
    expect(unknown.map(([text]) => text)).toEqual([]);
    for (const [path, text] of help) expect(text).toContain(`Usage: ${`telltale ${path}`.trim()} `);
  });

  it("are all in the README's table", () => {
    const table = [...readme.matchAll(/^\| `telltale ([a-z ]+)`/gm)].map(([, path]) => path!);
    expect(table.sort()).toEqual(leaves().sort());
  });

  it("have the options and variables that the README names", () => {
    const all = [...help.values()].join("\n");
    const named = readme.match(/(?<![\w-])--[a-z][a-z-]+|\bTELLTALE_[A-Z_]+/g) ?? [];
    const foreign = ["--allow-scripts"];
    expect([...new Set(named)].filter((one) => !all.includes(one) && !foreign.includes(one))).toEqual([]);
  });
});

describe("what the README prints", () => {
  it("is the alert of the demo, whole", () => {
    const printed = /<!-- alert:[^>]*-->\n```text\n([\s\S]*?)```\n<!-- \/alert -->/.exec(readme)![1]!;
    const [program, ...args] = scripts.demo!.split(" ");
    expect(program).toBe("node");
    const demo = execFileSync(process.execPath, [...args, "--format", "text"], {
      cwd: root,
      encoding: "utf8",
      stdio: "pipe",
    });
    // Messages of routers end in blanks, which editors take away.
    const lines = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
    expect(lines(printed)).toEqual(lines(demo));
  });

  it("is the greeting of the listener", async () => {
    const args = ["listen", "--udp", "127.0.0.1:0", "--db", join(folder, "greeting.db")];
    const listener = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let greeting = "";
    for await (const chunk of listener.stderr.setEncoding("utf8")) {
      greeting += chunk;
      if (greeting.includes("Ctrl-C.\n")) listener.kill("SIGTERM");
    }
    const shown = /```text\n(Telltale is listening[\s\S]*?)```/.exec(readme)![1]!;
    const fixed = (text: string) => [
      text.split("\n")[0],
      /^ {2}rules .*$/m.exec(text)?.[0],
      /\nNext: [\s\S]*?Ctrl-C\.\n/.exec(text)?.[0].replace(/\bport \d+/g, "port 5514"),
    ];
    expect(fixed(shown)).toEqual(fixed(greeting));
  });

  it("is every exit code that there is", () => {
    const table = readme.split("### Exit codes")[1]!.split("\n#")[0]!;
    const told = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    const known = [...new Set([0, 1, ...Object.values(ERRORS)])].sort((a, b) => a - b);
    expect(told).toEqual(known);
  });
});

describe("the pages", () => {
  it("link to files and headings that are there", () => {
    const dead = pages.flatMap((page) => {
      const links = [...read(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, link]) => link!);
      return links.filter((link) => !/^[a-z]+:/.test(link) && !resolves(page, link)).map((link) => `${page}: ${link}`);
    });
    expect(pages).toEqual(expect.arrayContaining(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]));
    expect(dead).toEqual([]);
  });

  it("number the decisions without gaps, each under a page and with its four parts", () => {
    const decisions = readdirSync(join(root, "docs/decisions")).sort();
    expect(decisions.map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]))).toEqual(
      decisions.map((_, i) => i + 1),
    );
    for (const [i, name] of decisions.entries()) {
      const text = read(`docs/decisions/${name}`);
      expect(text, name).toMatch(new RegExp(`^# ${i + 1}\\. `));
      for (const part of ["Context", "Decision", "Turned down", "Consequences"])
        expect(text, name).toContain(`\n## ${part}\n`);
      expect(text.split("\n").length, name).toBeLessThan(60);
    }
  });

  it("give each package that the code imports a line in decision 6, and no other", () => {
    const name = readdirSync(join(root, "docs/decisions")).find((one) => one.startsWith("0006-"))!;
    const lines = [...read(`docs/decisions/${name}`).matchAll(/^\| ([a-z@][a-z0-9@/.-]*) \| (?!what)/gm)].map(
      ([, one]) => one!,
    );
    const code = filesUnder("src")
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
      .map(read)
      .join("\n");
    const imported = [...code.matchAll(/(?:\bfrom |\bimport\()"([a-z@][^"]*)"/g)].map(([, one]) => one!);
    const packages = new Set(imported.filter((one) => !one.startsWith("node:") && !builtinModules.includes(one)));
    expect(lines.sort()).toEqual([...packages].sort());
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    expect([...packages].filter((one) => !(one in dependencies))).toEqual([]);
  });

  it("carry the whole Apache License 2.0", () => {
    const text = read("LICENSE");
    for (const part of ["Version 2.0, January 2004", "9. Accepting Warranty", "END OF TERMS AND CONDITIONS"])
      expect(text).toContain(part);
  });
});

describe("samples/config.yaml", () => {
  it("states every default, and reads as no configuration at all", () => {
    const defaults = readConfig(undefined, {});
    expect(parse(read("samples/config.yaml"))).toEqual(defaults);
    expect(readConfig(join(root, "samples/config.yaml"), {})).toEqual(defaults);
    expect(read("samples/config.yaml")).toMatch(/^# rules: /m);
  });
});

describe("rules/_template", () => {
  it("loads and passes its own cases once its folder has the advisory's id", () => {
    const { id } = parse(read("rules/_template/advisory.yaml")) as { id: string };
    cpSync(join(root, "rules/_template"), join(folder, "rules", id), { recursive: true });
    const rules = loadRules(join(folder, "rules"));
    expect(rules.map((one) => one.id)).toEqual(["example-block", "example-signal"]);
    const results = rules.flatMap(rehearse);
    expect(results.flatMap((result) => result.problems)).toEqual([]);
    for (const one of rules) expect(one.tests.length).toBeGreaterThan(1);
  });

  it.each([
    ["advisory.yaml", advisory, ["advisory.yaml"]],
    ["a rule", rule, ["example-signal.yaml", "example-block.yaml", "advisory.yaml"]],
  ])("names every field of %s", (_, schema, files) => {
    const text = files.map((file) => read(`rules/_template/${file}`)).join("\n");
    const fields = propertyNames(z.toJSONSchema(schema, { io: "input" }));
    expect(fields.size).toBeGreaterThan(20);
    const missing = [...fields].filter((field) => {
      const [name, ...modifiers] = field.split("|");
      if (text.includes(`${field}:`)) return false;
      return !(
        CONDITION_FIELDS.includes(name!) &&
        [name!, ...modifiers.map((one) => `|${one}`)].every((one) => text.includes(one))
      );
    });
    expect(missing).toEqual([]);
  });
});

/** Each of these goes with each modifier; the template names both and does not multiply them. */
const CONDITION_FIELDS = "text facility mnemonic process node device tag message line address".split(" ");

function propertyNames(schema: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "properties") for (const name of Object.keys(inner as object)) names.add(name);
      walk(inner);
    }
  };
  walk(schema);
  return names;
}

function telltale(args: string[]): string {
  return execFileSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", stdio: "pipe" });
}

/** What a page shows as code: spans and blocks. */
function codeOf(page: string): string {
  return [...read(page).matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([text]) => text).join("\n");
}

function resolves(page: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return false;
  if (heading === undefined) return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);
  return headings.some(
    (text) =>
      text
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-") === heading,
  );
}

/** Files of the repository below a folder, without what is installed, built or private to a tool. */
function filesUnder(path: string): string[] {
  return readdirSync(join(root, path)).flatMap((name) => {
    const inner = join(path, name);
    if (name.startsWith(".") || ["node_modules", "dist", "data", "coverage"].includes(name)) return [];
    return statSync(join(root, inner)).isDirectory() ? filesUnder(inner) : [inner];
  });
}
