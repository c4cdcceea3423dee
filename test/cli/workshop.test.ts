/** The rule workshop at the command line: new, check, test, and both again at each change. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ROOT, telltale } from "../support/cli.ts";

let folder = "";
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-workshop-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  child = null;
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => telltale(["rules", ...args], { cwd: folder });
const OWN = "rules/cisco-sa-own";

describe("rules new", () => {
  test.each(["--signal", "--block"])(
    "makes a rule that passes at once, with what is left to do: %s",
    async (kind) => {
      const made = await run("new", "cisco-sa-own", "memory-failure", kind);
      expect(made.stdout).toContain(`Made  ${OWN}/advisory.yaml\n      ${OWN}/memory-failure.yaml\n`);
      expect(made.stdout).toContain(`telltale rules test ${OWN} --watch`);
      expect((await run("test", "rules")).stdout).toMatch(/^(?:ok {6}memory-failure: .*\n){2,}\d passed, 0 failed\n$/);
      const checked = await run("check", "rules");
      expect(checked.code).toBe(0);
      expect(checked.stdout).toContain(`${OWN}/memory-failure.yaml:`);
      for (const word of ["CVE-1999-0000", "1999-01-01", "999.9.9"])
        expect(checked.stdout).toContain(`"${word}" is left over from the template`);
      expect((await run("check", "rules", "--strict")).code).toBe(65);
      const text = readFileSync(join(folder, OWN, "memory-failure.yaml"), "utf8");
      expect(text).toMatch(/^id: memory-failure$/m);
      expect(text).toMatch(/^title: "Memory failure on \{/m);
      const [, schema] = /\$schema=(\S+)/.exec(text)!;
      expect(existsSync(new URL(schema!))).toBe(true);
    },
    60_000,
  );

  test("a block may be without a line that ends its table", async () => {
    await run("new", "cisco-sa-own", "memory-failure", "--block");
    const path = join(folder, OWN, "memory-failure.yaml");
    const text = readFileSync(path, "utf8")
      .replace(/ {2}# %EXAMPLE-6-END.*\n.*\n/, "")
      .replaceAll(/ +<190>.*EXAMPLE-6-END.*\n/g, "")
      .replace("percent used$", "percent used by (?P<found>\\d+)$$")
      .replaceAll(/(: Memory 100 percent used)$/gm, "$1 by 2")
      .replaceAll(/(: Memory 50 percent used)$/gm, "$1 by 1")
      .replace("close: closing", "close: opening")
      .replace(", closing]", "]")
      .replace("closing.found", "opening.found");
    expect(text).not.toMatch(/closing/);
    writeFileSync(path, text);
    expect((await run("test", "rules")).stdout).toContain("2 passed, 0 failed");
  }, 20_000);

  test("adds a rule to an advisory, and overwrites nothing", async () => {
    await run("new", "cisco-sa-own");
    expect(readdirSync(join(folder, OWN)).sort()).toEqual(["advisory.yaml", "new-signal.yaml"]);
    const again = await run("new", "cisco-sa-own");
    expect(again.code).toBe(64);
    expect(again.stderr).toContain(`${OWN}/new-signal.yaml: is there already`);
    writeFileSync(join(folder, OWN, "advisory.yaml"), "mine");
    const json = await run("new", "cisco-sa-own", "second", "--json");
    expect(JSON.parse(json.stdout)).toEqual({ files: [`${OWN}/second.yaml`] });
    expect(readFileSync(join(folder, OWN, "advisory.yaml"), "utf8")).toBe("mine");
  }, 60_000);

  test.each([
    ["../evil", "x"],
    ["cisco/sa", "x"],
    [".", "x"],
    ["_own", "x"],
    ["cisco-sa-own", "../x"],
    ["cisco-sa-own", "a/b"],
    ["cisco-sa-own", "Capital"],
    ["cisco-sa-own", "x.yaml"],
  ])("refuses ids that would lead elsewhere: %s %s", async (advisory, id) => {
    const { code, stderr } = await run("new", advisory, id);
    expect(code).toBe(64);
    expect(stderr).toContain("Try:");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("follows no link out of its folder", async () => {
    mkdirSync(join(folder, "rules"));
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(folder, OWN));
    expect((await run("new", "cisco-sa-own")).code).toBe(64);
    expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
  });
});

describe("rules test", () => {
  const rule = join(OWN, "memory-failure.yaml");
  const edit = (from: string | RegExp, to: string) => {
    const path = join(folder, rule);
    const text = readFileSync(path, "utf8");
    expect(text.replace(from, to)).not.toBe(text);
    writeFileSync(path, text.replace(from, to));
  };
  beforeEach(async () => {
    await run("new", "cisco-sa-own", "memory-failure");
  });

  test("prints what a case without expectation got, to be pasted as it is", async () => {
    edit(/( {4})expect:\n {6}- \{ verdict: long-failure.*\n/, "");
    const failed = await run("test", rule);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain(
      "FAILED  memory-failure: one long failure\n          rules/cisco-sa-own/memory-failure.yaml:21:5\n",
    );
    const got = /^ {4}expect:\n(?: {6}.*\n)+/m.exec(failed.stdout)![0];
    expect(got).toContain("      - verdict: long-failure\n        level: medium\n");
    edit(/(failed for 12 seconds"\n)/, `$1${got}`);
    expect((await run("test", rule)).code).toBe(0);
  }, 60_000);

  test("says what is not as expected, and how near a case came that raised nothing", async () => {
    edit("verdict: again-and-again, level: high", "verdict: again-and-again, level: low, count: 7");
    edit("    expect: []", "    expect:\n      - { level: high }");
    const { stdout, code } = await run("test", "rules");
    expect(code).toBe(1);
    expect(stdout).toContain('alert 1: level: expected "low", got "high"');
    expect(stdout).toContain("alert 1: count: expected 7, got 1");
    expect(stdout).toContain("signals that matched: failure\n");
    expect(stdout).toContain("long-failure: seconds|gte: 10 (it is 1)\n");
    expect(stdout).toContain("1 passed, 2 failed\n");
    const log = /more: telltale rules explain (\S+)\n/.exec(stdout)![1]!;
    expect(readFileSync(join(folder, rule), "utf8").split("\n")[Number(log.split(":")[1]) - 1]).toContain("1 seconds");
    expect((await run("explain", log)).stdout).toContain("the seconds is 1; the rule asks for at least 10");
    edit("failed for (?P", "failed in (?P");
    const other = (await run("test", rule, "--case", "long")).stdout;
    expect(other).toMatch(
      /no signal matched.*\n.*look at: EXAMPLE-2-FAILED\n {10}failure fails at text\|re: .*goes on with `for/,
    );
    edit("failed in (?P", "failed for (?P");
    edit("tag: EXAMPLE-2-FAILED", "tag: EXAMPLE-2-FAILURE");
    const none = (await run("test", rule, "--case", "long")).stdout;
    expect(none).toContain("no signal matched; tags that came: EXAMPLE-2-FAILED\n");
    expect(none).toContain("the signals look at: EXAMPLE-2-FAILURE\n");
    expect(none).toContain("    expect: []\n0 passed, 1 failed\n");
  }, 60_000);

  test("runs the cases asked for, names rules without any, and speaks JSON", async () => {
    await run("new", "cisco-sa-own", "bare");
    writeFileSync(
      join(folder, OWN, "bare.yaml"),
      readFileSync(join(folder, OWN, "bare.yaml"), "utf8").replace(/^tests:[\s\S]*/m, ""),
    );
    const all = await run("test", "rules");
    expect(all.stdout).toContain(`3 passed, 0 failed\nno case yet: bare (experimental), ${OWN}/bare.yaml\n`);
    expect((await run("test", "rules", "--case", "STAYS")).stdout).toBe(
      "ok      memory-failure: one short failure stays quiet\n1 passed, 0 failed\n",
    );
    const unknown = await run("test", "rules", "--case", "zzz");
    expect(unknown.code).toBe(66);
    expect(unknown.stderr).toContain("one long failure; three short failures");
    edit(/( {4})expect:\n {6}- \{ verdict: long-failure.*\n/, "");
    const json = (await run("test", rule, "--json")).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(json.map((one) => [one.passed, one.line])).toEqual([
      [false, 21],
      [true, 27],
      [true, 35],
    ]);
    expect(json[0].got).toMatchObject([{ verdict: "long-failure", count: 1 }]);
  }, 60_000);

  test("shows hostile text in a form that neither a terminal nor YAML obeys", async () => {
    edit(/\(\?P<process>[^)]*\)/, "(?P<process>.{1,40}?)");
    edit(
      '%EXAMPLE-2-FAILED: example_proc failed for 12 seconds"\n',
      '%EXAMPLE-2-FAILED: \\e[2J\\u202e\\"x: [a]# failed for 12 seconds"\n',
    );
    edit(/( {4})expect:\n {6}- \{ verdict: long-failure.*\n/, "");
    const { stdout } = await run("test", rule);
    expect(stdout).toContain('details: { process: "\\U0000001b[2J\\U0000202e\\"x: [a]#", seconds: 12 }');
    edit(/(failed for 12 seconds"\n)/, `$1${/^ {4}expect:\n(?: {6}.*\n)+/m.exec(stdout)![0].replaceAll("$", "$$$$")}`);
    expect((await run("test", rule, "--case", "long")).code).toBe(0);
  }, 60_000);
});

describe("--watch", () => {
  /** A running command with what it has printed; `said` waits for text after what was waited for before. */
  function watching(...args: string[]) {
    child = spawn(process.execPath, [join(ROOT, "dist/cli/main.js"), "rules", ...args, "--watch"], { cwd: folder });
    let text = "";
    let read = 0;
    const waits = new Set<() => void>();
    const hear = (chunk: Buffer) => {
      text += chunk.toString();
      for (const wait of waits) wait();
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    const exited = new Promise<number | null>((resolve) => child!.once("exit", (code) => resolve(code)));
    return {
      exited,
      said: (...wanted: string[]) =>
        new Promise<string>((resolve, reject) => {
          const look = () => {
            const ends = wanted.map((one) => text.indexOf(one, read) + one.length);
            if (!wanted.every((one) => text.indexOf(one, read) >= 0)) return;
            waits.delete(look);
            const seen = text.slice(read, Math.max(...ends));
            read = Math.max(...ends);
            resolve(seen);
          };
          waits.add(look);
          exited.then(() => reject(new Error(`it stopped: ${text}`)));
          look();
        }),
      all: () => text,
    };
  }
  const path = () => join(folder, OWN, "memory-failure.yaml");
  const save = (from: string, to: string) => {
    const text = readFileSync(path(), "utf8");
    expect(text).toContain(from);
    writeFileSync(`${path()}~`, text.replace(from, to));
    renameSync(`${path()}~`, path());
  };
  beforeEach(async () => {
    await run("new", "cisco-sa-own", "memory-failure");
  });

  test("runs the cases again at each change, tells faults, and stops at Ctrl-C", async () => {
    const watched = watching("test", "rules");
    await watched.said("3 passed, 0 failed", "Watching rules; Ctrl-C stops.");
    save("level: high }\n  - {", "level: low }\n  - {");
    await watched.said('expected "high", got "low"', "2 passed, 1 failed", "Watching rules");
    save("level: low }\n  - {", "level: lw }\n  - {");
    await watched.said("memory-failure.yaml:", "verdicts.0.level", "Try:", "Watching rules");
    save("level: lw }\n  - {", "level: high }\n  - {");
    await watched.said("3 passed, 0 failed", "Watching rules");
    await run("new", "cisco-sa-other", "more");
    await watched.said("more: one long failure", "passed, 0 failed", "Watching rules");
    rmSync(join(folder, "rules"), { recursive: true });
    await watched.said("no such file or folder", "Watching rules");
    await run("new", "cisco-sa-own", "memory-failure");
    await watched.said("3 passed, 0 failed", "Watching rules");
    expect(watched.all()).not.toContain("\x1b");
    child!.kill("SIGINT");
    expect(await watched.exited).toBe(0);
  }, 60_000);

  test("checks one file, and its advisory with it", async () => {
    const watched = watching("check", join(OWN, "memory-failure.yaml"));
    await watched.said("1 rule of 1 advisory is well-formed", "Watching");
    const advisory = join(folder, OWN, "advisory.yaml");
    // Saved without a change: nothing runs, while other commands take their time.
    writeFileSync(advisory, readFileSync(advisory));
    await run("check", "rules");
    await run("check", "rules");
    writeFileSync(advisory, readFileSync(advisory, "utf8").replace("severity: High", "severity: 8"));
    await watched.said("advisory.yaml:7:", "Watching");
    expect(watched.all().match(/Watching/g)).toHaveLength(2);
    child!.kill("SIGTERM");
    expect(await watched.exited).toBe(0);
  }, 60_000);

  test("refuses a place that is not there", async () => {
    expect((await run("test", "nowhere", "--watch")).code).toBe(66);
  });
});
