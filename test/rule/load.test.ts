/** Broken rule files: each fault is told with its file, line and column, and what would be right. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TelltaleError } from "../../src/error.ts";
import { readDocument } from "../../src/rule/document.ts";
import { shippedRules } from "../../src/rule/files.ts";
import { loadRules } from "../../src/rule/load.ts";
import { rule as ruleSchema } from "../../src/rule/schema.ts";

const ADVISORY = readFileSync(join(shippedRules(), "cisco-sa-20131106-sip", "advisory.yaml"), "utf8");
const RULE = `id: probe
title: A probe
status: stable
level: low
signals:
  probe:
    tag: SYS-5-CONFIG_I
    text|re: '^Configured from (?P<from>\\S+)'
reports: [probe]
verdicts:
  - { name: seen, when: { probe: true } }
details: { from: from }
tests:
  - name: fires
    steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.1: %SYS-5-CONFIG_I: Configured from console" }]
    expect: [{ verdict: seen }]
  - name: quiet
    steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.1: %SYS-5-RESTART: System restarted --" }]
    expect: []
`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "telltale-rules-"));
  put("cisco-sa-20131106-sip/advisory.yaml", ADVISORY);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function faultOf(work: () => unknown): TelltaleError {
  try {
    work();
  } catch (error) {
    if (error instanceof TelltaleError) return error;
    throw error;
  }
  throw new Error("it loaded");
}

/** Loads the rule after a change; gives the fault without the folder. */
function fault(from: string | RegExp, to: string): string {
  const text = RULE.replace(from, to);
  if (text === RULE) throw new Error(`nothing to replace: ${from}`);
  put("cisco-sa-20131106-sip/probe.yaml", text);
  const error = faultOf(() => loadRules(root));
  expect(error.code).toBe("RULE_INVALID");
  return error.message.replaceAll(`${root}/cisco-sa-20131106-sip/`, "");
}

test("the rule that the others are broken from loads", () => {
  put("cisco-sa-20131106-sip/probe.yaml", RULE);
  expect(loadRules(root).map((rule) => rule.id)).toEqual(["probe"]);
});

describe("a fault names its place and what is legal", () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    [
      "an unknown field",
      "level: low",
      "level: low\nseverity: 3",
      /^probe\.yaml:5:\d+: severity: unknown field; known here: id, title, status, level/,
    ],
    [
      "an unknown field of a signal",
      "    tag:",
      "    tags: [A]\n    tag:",
      /^probe\.yaml:7:\d+: signals\.probe\.tags: unknown field; known here: tag, literal, [^|]*message, line$/m,
    ],
    [
      "an unknown modifier",
      "text|re",
      "text|regex",
      /^probe\.yaml:8:\d+: signals\.probe\.text\|regex: unknown field; known here: text, text\|contains, .*text\|re,/,
    ],
    [
      "an unknown comparison",
      "when: { probe: true }",
      "when: { probe|atleast: 1 }",
      /^probe\.yaml:11:\d+: verdicts\.0\.when\.probe\|atleast: no such key: name, or name\|gte, /,
    ],
    ["a wrong type", "reports: [probe]", "reports: 5", /^probe\.yaml:9:10: reports: .*expected array/],
    [
      "an unknown level",
      "level: low",
      "level: urgent",
      /^probe\.yaml:4:8: level: .*"informational"\|"low"\|"medium"\|"high"\|"critical"/,
    ],
    [
      "an unknown status",
      "status: stable",
      "status: done",
      /^probe\.yaml:3:9: status: .*"experimental"\|"stable"\|"deprecated"/,
    ],
    ["a missing title", "title: A probe\n", "", /^probe\.yaml:1:\d+: title: /],
    [
      "a wrong length of time",
      "reports: [probe]",
      "reports: [probe]\nlifecycle: { quiet: soon }",
      /^probe\.yaml:10:\d+: lifecycle\.quiet: a length of time such as 500ms, 5s, 15m, 24h or 7d/,
    ],
    [
      "a signal without an index",
      "    tag: SYS-5-CONFIG_I\n",
      "",
      /^probe\.yaml:7:\d+: signals\.probe: a signal needs an index: tag, tag\|startswith, literal, or-literal, literal\|i, observation, or every: true/,
    ],
    [
      "a literal that is too short",
      "tag: SYS-5-CONFIG_I",
      "literal: abc",
      /signals\.probe: a literal needs at least 4 characters/,
    ],
    [
      "literals that find it in two ways",
      "tag: SYS-5-CONFIG_I",
      "literal: console\n    literal|i: VTY0",
      /^probe\.yaml:8:\d+: signals\.probe\.literal\|i: stands beside no other literal/,
    ],
    [
      "an unknown signal",
      "reports: [probe]",
      "reports: [prob]",
      /^probe\.yaml:9:11: reports\.0: no signal "prob"; this rule has: probe/,
    ],
    [
      "an unknown signal in a correlation",
      "reports: [probe]",
      "reports: [probe]\ncorrelations: { x: { type: temporal, signals: [probe, gone], timespan: 5m } }",
      /^probe\.yaml:10:\d+: correlations\.x\.signals\.1: no signal "gone"/,
    ],
    [
      "a signal that stands twice",
      "reports: [probe]",
      "reports: [probe]\ncorrelations: { x: { type: temporal, signals: [probe, probe], timespan: 5m } }",
      /correlations\.x\.signals: a signal stands here twice/,
    ],
    [
      "a correlation with a signal's name",
      "reports: [probe]",
      "reports: [probe]\ncorrelations: { probe: { type: event_count, signals: [probe], timespan: 5m } }",
      /correlations\.probe: a signal has this name already/,
    ],
    [
      "an absence of three",
      "reports: [probe]",
      "reports: [probe]\ncorrelations: { x: { type: absence, signals: [probe], timespan: 5m } }",
      /absence takes two signals/,
    ],
    [
      "more signals than there are",
      "reports: [probe]",
      "reports: [probe]\ncorrelations: { x: { type: temporal_ordered, signals: [probe], timespan: 5m, condition: { gte: 3 } } }",
      /correlations\.x\.condition: can never hold: temporal_ordered counts different signals, and there are 1/,
    ],
    [
      "an unknown fact",
      "when: { probe: true }",
      "when: { prob: true }",
      /^probe\.yaml:11:\d+: verdicts\.0\.when\.prob: unknown fact "prob"; this rule knows: .*probe/,
    ],
    [
      "an unknown fact to show",
      "details: { from: from }",
      "details: { from: origin }",
      /^probe\.yaml:12:\d+: details\.from: unknown fact "origin"; this rule knows: .*from/,
    ],
    [
      "an unknown parameter",
      "when: { probe: true }",
      "when: { probe: $limit }",
      /unknown parameter "\$limit"; declared: none/,
    ],
    ["a limit that is no number", "when: { probe: true }", "when: { probe|gte: many }", /\|gte takes one number/],
    [
      "a broken pattern",
      "'^Configured from (?P<from>\\S+)'",
      "'^Configured (from'",
      /^probe\.yaml:8:14: signals\.probe\.text\|re: not an RE2 pattern/,
    ],
    [
      "look-ahead",
      "'^Configured from (?P<from>\\S+)'",
      "'^Configured(?= from)(?P<from>.)'",
      /not an RE2 pattern \(no look-around, no back-references\)/,
    ],
    ["a back-reference", "'^Configured from (?P<from>\\S+)'", "'^(?P<from>.)\\1'", /not an RE2 pattern/],
    [
      "a pattern that is too long",
      "'^Configured from (?P<from>\\S+)'",
      `'(?P<from>${"a".repeat(1_000)})'`,
      /longer than 1000 characters/,
    ],
    [
      "a rule that nothing could raise",
      "reports: [probe]",
      "reports: []",
      /a rule needs a block, reports, an absence or an upper limit/,
    ],
    [
      "an id that is not the file's name",
      "id: probe",
      "id: probes",
      /^probe\.yaml:1:5: id: must be the file's name, "probe"/,
    ],
    [
      "a stable rule without a quiet case",
      / {2}- name: quiet[\s\S]*$/,
      "",
      /^probe\.yaml:14:3: tests: .*the quiet one is missing/,
    ],
    [
      "a stable rule without a firing case",
      "expect: [{ verdict: seen }]",
      "expect: []",
      /tests: .*the firing one is missing/,
    ],
    ["a stable rule without cases", /tests:[\s\S]*$/, "", /tests: .*the firing one is missing/],
    [
      "a step that ticks nothing",
      "reports: [probe]",
      "reports: [probe]\nlifecycle: { steps: [{ id: gone, signal: probe }] }",
      /no runbook item "gone" in advisory\.yaml/,
    ],
    [
      "blocks told apart by what their first line does not capture",
      "reports: [probe]",
      "block: { open: probe, rows: probe, close: probe, order: [probe, probe], timespan: 5s, max: 9, apart: form, table: { name: from, key: from, weight: from, expect: [probe.from] } }",
      /^probe\.yaml:9:\d+: block\.apart: signal "probe" captures no "form"; it captures: from/,
    ],
    [
      "a case that expects an unknown field",
      "expect: [{ verdict: seen }]",
      "expect: [{ verdikt: seen }]",
      /tests\.0\.expect\.0\.verdikt: unknown field; known here: rule, verdict/,
    ],
    [
      "a step that is two",
      'System restarted --" }]',
      'System restarted --", after: 5m }]',
      /^probe\.yaml:18:\d+: tests\.1\.steps\.0\.after: unknown field$/m,
    ],
    [
      "a step whose lines are none",
      /lines: ".*RESTART.*"/,
      'lines: ""',
      /^probe\.yaml:18:\d+: tests\.1\.steps\.0\.lines: holds no line/,
    ],
    ["a second document", /$/, "---\nid: other\n", /^probe\.yaml:20:1: a file is one document: take this one out/],
    [
      "an alias of nothing",
      "reports: [probe]",
      "reports: *gone",
      /^probe\.yaml:9:10: the alias \*gone leads nowhere: no anchor/,
    ],
    [
      "an alias inside its own anchor",
      "reports: [probe]",
      "reports: &all [probe, *all]",
      /^probe\.yaml:9:23: the alias \*all leads nowhere: it stands inside its own anchor/,
    ],
    ["YAML that is none", "id: probe", "id: [probe", /^probe\.yaml:\d+:\d+: /],
    ["a key that stands twice", "level: low", "level: low\nlevel: high", /^probe\.yaml:5:1: Map keys must be unique/],
    [
      "an alias bomb",
      "reports: [probe]",
      `x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n${Array.from({ length: 9 }, (_, i) => `x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(", ")}]`).join("\n")}`,
      /^probe\.yaml:1:1: Excessive alias count/,
    ],
    [
      "__proto__",
      "level: low",
      "level: low\n__proto__: { polluted: true }",
      /^probe\.yaml:\d+:\d+: the key "__proto__" is not allowed/,
    ],
    [
      "constructor inside a map",
      "when: { probe: true }",
      "when: { constructor: { prototype: { polluted: true } } }",
      /the key "constructor" is not allowed/,
    ],
    ["five megabytes", "A probe", "A probe".padEnd(5_000_000, "!"), /^probe\.yaml:1:1: larger than 1000000 characters/],
    ["an empty file", /[\s\S]*/, "", /^probe\.yaml:1:1: is empty/],
    ["a list", /[\s\S]*/, "- 1", /^probe\.yaml:1:\d+: .*expected object/],
  ])("%s", (_, from, to, message) => {
    expect(fault(from, to)).toMatch(message);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("every fault of every file is told at once", () => {
    put("cisco-sa-20131106-sip/other.yaml", RULE.replace("level: low", "level: urgent"));
    const faults = fault("status: stable", "status: done").split("\n");
    expect(faults).toHaveLength(2);
    expect(faults.join("\n")).toMatch(/other\.yaml:4:8[\s\S]*probe\.yaml:3:9/);
  });

  test.each([
    [
      "a release bound that is none",
      '{ lt: "15.1(4)M4", state: not-affected }',
      '{ lt: "fifteen", state: not-affected }',
      /^advisory\.yaml:\d+:\d+: exposure\.ranges\.\d+/,
    ],
    [
      "a release that is a number",
      'prefix: "12.0"',
      "prefix: 12.0",
      /^advisory\.yaml:\d+:\d+: exposure\.ranges\.0\.prefix: is read as a number; put it in quotes/,
    ],
    [
      "an id that is not the folder's name",
      "id: cisco-sa-20131106-sip",
      "id: cisco-sa-1",
      /^advisory\.yaml:4:5: id: must be the folder's name/,
    ],
    [
      "an item with neither command nor act",
      "      run: show memory statistics\n",
      "",
      /runbook\.recover\.\d+: an item has either run/,
    ],
    [
      "a placeholder that only a rule's details could fill",
      "run: show memory statistics",
      'run: "show memory statistics {process}"',
      /^advisory\.yaml:\d+:\d+: runbook\.recover\.\d+: unknown placeholder \{process\}; known here: device, node, release/,
    ],
  ])("in an advisory: %s", (_, from, to, message) => {
    expect(ADVISORY).toContain(from);
    put("cisco-sa-20131106-sip/advisory.yaml", ADVISORY.replace(from, to));
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    const error = faultOf(() => loadRules(root));
    expect(error.message.replaceAll(`${root}/cisco-sa-20131106-sip/`, "")).toMatch(message);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    ["a pipe", (file) => execFileSync("mkfifo", [file]), /other\.yaml:1:1: is no regular file/],
    ["a device", (file) => symlinkSync("/dev/zero", file), /other\.yaml:1:1: is no regular file/],
    ["a link to itself", (file) => symlinkSync("other.yaml", file), /other\.yaml:1:1: is a link that leads back/],
    ["a link to nowhere", (file) => symlinkSync("gone.yaml", file), /other\.yaml:1:1: the file is missing/],
    [
      "a file of three gigabytes",
      (file) => {
        writeFileSync(file, "");
        truncateSync(file, 3e9);
      },
      /other\.yaml:1:1: larger than/,
    ],
  ])("in place of a rule: %s", (_, make, message) => {
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    make(join(root, "cisco-sa-20131106-sip", "other.yaml"));
    expect(faultOf(() => loadRules(root)).message).toMatch(message);
  });

  test("a link to nowhere in place of an advisory's folder", () => {
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    symlinkSync(join(root, "gone"), join(root, "cisco-sa-2"));
    expect(faultOf(() => loadRules(root)).message).toMatch(/cisco-sa-2\/advisory\.yaml:1:1: the file is missing/);
  });

  test("a folder without an advisory", () => {
    put("cisco-sa-2/probe.yaml", RULE);
    expect(faultOf(() => loadRules(root)).message).toMatch(/cisco-sa-2\/advisory\.yaml:1:1: the file is missing/);
  });

  test("an id that two advisories use", () => {
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    put("cisco-sa-2/advisory.yaml", ADVISORY.replace("id: cisco-sa-20131106-sip", "id: cisco-sa-2"));
    put("cisco-sa-2/probe.yaml", RULE);
    expect(faultOf(() => loadRules(root)).message).toMatch(
      /probe\.yaml:1:1: the id "probe" is taken by .*cisco-sa-2\/probe\.yaml/,
    );
  });
});

describe("rules are found", () => {
  test("in folders that are links, past the locks of editors", () => {
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    symlinkSync("noc@host.4711", join(root, "cisco-sa-20131106-sip", ".#probe.yaml"));
    put("mine/README.txt", "Links to what is loaded.");
    symlinkSync(join(root, "cisco-sa-20131106-sip"), join(root, "mine", "cisco-sa-20131106-sip"));
    expect(loadRules(join(root, "mine")).map((rule) => rule.id)).toEqual(["probe"]);
  });

  test("by one file, however its path is written", () => {
    const file = join(shippedRules(), "cisco-sa-20131106-sip", "unexplained-restart.yaml");
    for (const path of [file, `./${relative(process.cwd(), file)}`]) {
      expect(loadRules(path).map((rule) => rule.id)).toEqual(["unexplained-restart"]);
    }
  });

  test("by one advisory's folder, with a slash at its end or without", () => {
    const folder = join(shippedRules(), "cisco-sa-20131106-sip");
    expect(loadRules(folder)).toHaveLength(3);
    expect(loadRules(`${folder}/`)).toHaveLength(3);
  });

  test("not in names with an underscore, and not when deprecated", () => {
    put("_template/probe.yaml", "not: [yaml");
    put("cisco-sa-20131106-sip/_draft.yaml", "not: [yaml");
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    put(
      "cisco-sa-20131106-sip/old.yaml",
      RULE.replace("id: probe", "id: old").replace("status: stable", "status: deprecated"),
    );
    expect(loadRules(root).map((rule) => rule.id)).toEqual(["probe"]);
  });

  test("nowhere: that is told", () => {
    expect(faultOf(() => loadRules(join(root, "gone"))).code).toBe("NO_INPUT");
    expect(faultOf(() => loadRules(root)).code).toBe("NO_INPUT");
  });

  test("with another version when the text changes by one character", () => {
    put("cisco-sa-20131106-sip/probe.yaml", RULE);
    const [before] = loadRules(root);
    put("cisco-sa-20131106-sip/probe.yaml", `${RULE}# more\n`);
    expect(loadRules(root)[0]!.version).not.toBe(before!.version);
  });
});

test("any tree is accepted or refused with its place, and nothing is polluted", () => {
  const tree = fc.object({
    key: fc.oneof(
      fc.constantFrom("id", "title", "signals", "verdicts", "tests", "when", "block", "__proto__", "constructor"),
      fc.string(),
    ),
    maxDepth: 4,
  });
  fc.assert(
    fc.property(tree, (value) => {
      try {
        readDocument(ruleSchema, "x.yaml", JSON.stringify(value));
      } catch (error) {
        if (!(error instanceof TelltaleError)) throw error;
        for (const line of error.message.split("\n")) expect(line).toMatch(/^x\.yaml:\d+:\d+: |^ /);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
