/** Executes the table of ARCHITECTURE.md: who may import whom, and who may touch the world. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folder (or file beside the folders) -> what it may import besides itself; a path with a slash is one file. */
const MAY_IMPORT: Record<string, string[]> = {
  model: [],
  error: [],
  hash: [],
  failpoint: [],
  parse: ["model", "hash"],
  exposure: ["model"],
  rule: ["model", "error", "exposure"],
  detect: ["model", "hash", "rule", "exposure"],
  source: ["model", "error"],
  store: ["model", "error", "failpoint"],
  output: ["model", "error"],
  web: ["model", "error"],
  run: [
    "model",
    "error",
    "hash",
    "failpoint",
    "source",
    "parse",
    "rule",
    "detect",
    "exposure",
    "store",
    "output",
    "web",
  ],
  cli: ["model", "error", "failpoint", "rule", "exposure", "store", "run", "output", "parse/event-json"],
};
const PURE = ["parse", "exposure", "detect"];
const WORLD =
  /^(?:(?:node:)?(?:fs|fs\/promises|net|dgram|http|https|http2|child_process|tls|worker_threads)|better-sqlite3)$/;
const MAY_ASK_THE_TIME = ["source", "run", "cli"];
const CLOCK = /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/;
const MAY_READ_THE_ENVIRONMENT = ["cli/", "run/config.ts", "run/secret.ts", "failpoint.ts"];
const ODDS_AND_ENDS = ["utils", "util", "lib", "common", "helpers", "shared", "misc"];
const MAX_LINES = 250;
/** Files that outgrew the limit, and how far they may go; an entry that is no longer needed fails too. */
const LONGER: Record<string, number> = {
  // All nouns in one place are found sooner than in several.
  "model.ts": 320,
};

interface Import {
  from: string;
  typeOnly: boolean;
}
interface Source {
  /** Relative to src/, with slashes. */
  path: string;
  place: string;
  text: string;
  imports: Import[];
}

describe("the import table", () => {
  it("is kept by every file under src", () => {
    const sources = readSources(join(root, "src"));
    expect(sources.length).toBeGreaterThan(50);
    expect(new Set(sources.map((source) => source.place))).toEqual(new Set(Object.keys(MAY_IMPORT)));
    expect(findFaults(sources)).toEqual([]);
  });

  it("is the table that ARCHITECTURE.md prints", () => {
    const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const table = page.split("may import, besides itself |")[1]!.split("\n\n")[0]!;
    const rows = [...table.matchAll(/^\| ([a-z]+) \| (.+) \|$/gm)];
    const printed = rows.map(([, place, list]) => [place, list === "nothing" ? [] : list!.split(", ")]);
    expect(Object.fromEntries(printed)).toEqual(MAY_IMPORT);
  });

  it("finds fault with a tree that holds no files", () => {
    expect(findFaults([])).toEqual(["no source files seen"]);
  });
});

describe("a fault that is planted in a copy", () => {
  let copy = "";
  const faultsWith = (path: string, text: string): string[] => {
    copy = mkdtempSync(join(tmpdir(), "telltale-architecture-"));
    cpSync(join(root, "src"), copy, { recursive: true });
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
    return findFaults(readSources(copy));
  };
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  it.each([
    ["parse/planted.ts", 'import { x } from "../store/open.ts";', "parse may not import store/open.ts"],
    ["output/planted.ts", 'export { x } from "../source/udp.ts";', "output may not import source/udp.ts"],
    ["store/planted.ts", 'import type { X } from "../output/output.ts";', "store may not import output/output.ts"],
    ["detect/planted.ts", 'const x = await import("../run/engine.ts");', "detect may not import run/engine.ts"],
    ["cli/planted.ts", 'import { x } from "../parse/parse.ts";', "cli may not import parse/parse.ts"],
    ["cli/planted.ts", 'import {\n  a,\n  b,\n} from "../source/udp.ts";', "cli may not import source/udp.ts"],
    ["parse/planted.ts", 'import { readFileSync } from "node:fs";', "reaches node:fs"],
    ["exposure/planted.ts", 'import "node:worker_threads";', "reaches node:worker_threads"],
    ["detect/planted.ts", 'import Database from "better-sqlite3";', "reaches better-sqlite3"],
    ["detect/planted.ts", 'import { loadRules } from "../rule/load.ts";', "reaches node:fs through rule/load.ts"],
    ["store/planted.ts", "export const at = Date.now();", "asks what time it is"],
    ["detect/planted.ts", "export const at = new Date();", "asks what time it is"],
    ["output/planted.ts", "export const at = performance.now();", "asks what time it is"],
    ["source/planted.ts", "export const home = process.env;", "reads the environment"],
    ["run/planted.ts", 'export const home = process["env"];', "reads the environment"],
    ["parse/index.ts", "export const x = 1;", "is a barrel"],
    ["run/utils/x.ts", "export const x = 1;", "a folder of odds and ends"],
    ["web/planted.ts", 'import { x } from "../store/open.ts";', "web may not import store/open.ts"],
    ["web/planted.ts", "export const at = Date.now();", "asks what time it is"],
    ["wire/server.ts", "export const x = 1;", "wire is not in the table"],
    ["stray.ts", "export const x = 1;", "stray is not in the table"],
    ["parse/planted.ts", "// line\n".repeat(251), "251 lines"],
  ])("is found in %s: %s", (path, text, fault) => {
    expect(faultsWith(path, text).filter((one) => one.startsWith(`${path}: `) && one.includes(fault))).toHaveLength(1);
  });

  it("is found when two files import each other, but not when one of them needs types only", () => {
    expect(faultsWith("parse/one.ts", 'import { x } from "./two.ts";')).toEqual([]);
    writeFileSync(join(copy, "parse/two.ts"), 'import type { y } from "./one.ts";');
    expect(findFaults(readSources(copy))).toEqual([]);
    writeFileSync(join(copy, "parse/two.ts"), 'import { y } from "./three.ts";');
    writeFileSync(join(copy, "parse/three.ts"), 'export * from "./one.ts";');
    expect(findFaults(readSources(copy))).toEqual([
      "parse/one.ts: an import ring: parse/one.ts -> parse/two.ts -> parse/three.ts -> parse/one.ts",
    ]);
  });

  it("is not seen in a comment or where Date is given an argument", () => {
    const text = "/** Never `Date.now()` here. */\n// nor new Date()\nexport const at = new Date(0);\n";
    expect(faultsWith("detect/planted.ts", text)).toEqual([]);
  });
});

function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => {
      const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/");
      const text = readFileSync(join(folder, path), "utf8");
      return { path, place: path.replace(/\.ts$/, "").split("/")[0]!, text, imports: readImports(path, text) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Imports, exports from elsewhere, and dynamic imports; our own files by their path under src/. */
function readImports(path: string, text: string): Import[] {
  const code = withoutComments(text);
  const named = [...code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;"']*?\bfrom\s+["']([^"']+)["']/gm)];
  const bare = [...code.matchAll(/^\s*import\s+()["']([^"']+)["']/gm)];
  const dynamic = [...code.matchAll(/\b(?:import|require)\(()\s*["']([^"']+)["']/g)];
  return [...named, ...bare, ...dynamic].map(([, type, from]) => ({
    from: from!.startsWith(".") ? join(dirname(path), from!).replaceAll("\\", "/") : from!,
    typeOnly: Boolean(type),
  }));
}

/** Lines that are comments as a whole; enough here, and no string can be mistaken for one. */
function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\/\*\*|\*).*$/gm, "");
}

function findFaults(sources: Source[]): string[] {
  if (sources.length === 0) return ["no source files seen"];
  return [
    ...sources.flatMap((source) => fileFaults(source).map((fault) => `${source.path}: ${fault}`)),
    ...rings(sources),
    ...worldFaults(sources),
  ];
}

function fileFaults({ path, place, text, imports }: Source): string[] {
  const faults: string[] = [];
  const allowed = MAY_IMPORT[place];
  if (allowed === undefined) return [`${place} is not in the table`];
  for (const { from } of imports) {
    if (!from.endsWith(".ts")) continue;
    const file = from.replace(/\.ts$/, "");
    const target = file.split("/")[0]!;
    if (target !== place && !allowed.includes(target) && !allowed.includes(file))
      faults.push(`${place} may not import ${from}`);
  }
  const code = withoutComments(text);
  if (!MAY_ASK_THE_TIME.includes(place) && CLOCK.test(code)) faults.push("asks what time it is");
  const mayReadEnvironment = MAY_READ_THE_ENVIRONMENT.some((one) => path.startsWith(one));
  if (!mayReadEnvironment && /\bprocess\s*(?:\.\s*env\b|\[\s*["']env["'])/.test(code))
    faults.push("reads the environment");
  if (/(?:^|\/)index\.ts$/.test(path)) faults.push("is a barrel");
  if (path.split("/").some((part) => ODDS_AND_ENDS.includes(part))) faults.push("lies in a folder of odds and ends");
  const lines = text.replace(/\n$/, "").split("\n").length;
  const most = LONGER[path] ?? MAX_LINES;
  if (lines > most) faults.push(`${lines} lines, ${most} at most`);
  if (path in LONGER && lines <= MAX_LINES) faults.push("is short enough again: take it out of LONGER");
  return faults;
}

/** Rings of imports that run; each is told once, from its first file by name. */
function rings(sources: Source[]): string[] {
  const graph = runtimeGraph(sources);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`${path}: an import ring: ${[...trail.slice(start), path].join(" -> ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) if (graph.has(next)) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Files of a pure folder that reach a socket, a file, a thread or the database, themselves or through what they import. */
function worldFaults(sources: Source[]): string[] {
  const graph = runtimeGraph(sources);
  return sources
    .filter((source) => PURE.includes(source.place))
    .flatMap(({ path }) => {
      const via = new Map([[path, ""]]);
      for (const [at] of via) {
        for (const next of graph.get(at) ?? []) {
          if (WORLD.test(next)) return [`${path}: reaches ${next}${at === path ? "" : ` through ${at}`}`];
          if (!via.has(next)) via.set(next, at);
        }
      }
      return [];
    });
}

function runtimeGraph(sources: Source[]): Map<string, string[]> {
  return new Map(
    sources.map(({ path, imports }) => [path, imports.filter((one) => !one.typeOnly).map((one) => one.from)]),
  );
}
