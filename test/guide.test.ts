/** The operator guide is executed: every command of a console block must print what the page shows. */
import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "./support/cli.ts";

/** Lines of `…` alone stand for any lines. */
const ANY = "…";
const GUIDE = join(ROOT, "docs/operator-guide");

interface Step {
  command: string;
  expected: string[];
  /** As on a terminal of 80 columns; else as in a pipe. */
  terminal: boolean;
  line: number;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(readdirSync(GUIDE).filter((name) => name.endsWith(".md")))("docs/operator-guide/%s", (name) => {
  const steps = readSteps(readFileSync(join(GUIDE, name), "utf8"));

  it("prints what it shows", { timeout: 120_000 }, async () => {
    const folder = workplace();
    for (const step of steps) {
      const got = await run(step, folder);
      expect(matches(got, step.expected) ? step.expected : got, `${name}:${step.line}: $ ${step.command}`).toEqual(
        step.expected,
      );
    }
  });
});

describe("the check itself", () => {
  it("sees a difference, and lets … stand for any lines", () => {
    expect(matches(["a", "b"], ["a", "b"])).toBe(true);
    expect(matches(["a", "b"], ["a"])).toBe(false);
    expect(matches(["a", "x", "y", "b"], ["a", ANY, "b"])).toBe(true);
    expect(matches(["a", "b"], ["a", ANY, "b"])).toBe(true);
    expect(matches(["a", "x"], ["a", ANY, "b"])).toBe(false);
  });
});

/** The commands of all console blocks of a page, in order. */
function readSteps(page: string): Step[] {
  const steps: Step[] = [];
  let block: { terminal: boolean } | null = null;
  for (const [i, line] of page.split("\n").entries()) {
    if (block === null) {
      if (/^```console( terminal)?$/.test(line)) block = { terminal: line.endsWith("terminal") };
      continue;
    }
    const last = steps.at(-1);
    if (line === "```") block = null;
    else if (line.startsWith("$ "))
      steps.push({ command: line.slice(2), expected: [], terminal: block.terminal, line: i + 1 });
    else if (last?.command.endsWith("\\") && last.expected.length === 0)
      last.command = `${last.command.slice(0, -1)}${line.trim()}`;
    else last?.expected.push(line);
  }
  return steps;
}

/** A folder as a user has it: the samples, the rules, and `telltale` on the path. */
function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "telltale-guide-"));
  folders.push(folder);
  for (const part of ["samples", "rules"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, ".bin"));
  const program = join(folder, ".bin/telltale");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "dist/cli/main.js")}" "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}

/** What the command prints: stdout, then stderr, without blanks at the ends of lines. */
function run(step: Step, folder: string): Promise<string[]> {
  const errors = join(folder, ".bin/stderr");
  const inner = `{ ${step.command}\n} 2>"${errors}"`;
  const [program, args] = step.terminal ? ["script", ["-qec", inner, "/dev/null"]] : ["sh", ["-c", inner]];
  const env = { ...process.env, PATH: `${join(folder, ".bin")}:${process.env.PATH}`, NO_COLOR: "1", TERM: "xterm" };
  return new Promise((resolve) => {
    execFile(program as string, args as string[], { cwd: folder, env }, (_error, stdout) => {
      const text = stdout.replaceAll("\r\n", "\n") + readFileSync(errors, "utf8");
      const lines = text.split("\n").map((line) => line.trimEnd());
      while (lines.at(-1) === "") lines.pop();
      resolve(lines);
    });
  });
}

function matches(got: string[], expected: string[]): boolean {
  const wanted = [...expected];
  while (wanted.at(-1) === "") wanted.pop();
  const fits = (i: number, j: number): boolean => {
    if (j === wanted.length) return i === got.length;
    if (wanted[j] === ANY) return fits(i, j + 1) || (i < got.length && fits(i + 1, j));
    return i < got.length && got[i] === wanted[j]!.trimEnd() && fits(i + 1, j + 1);
  };
  return fits(0, 0);
}
