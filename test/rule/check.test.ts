/** What loads and still cannot be meant: each doubt is told with its place, and a good rule has none. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkRules } from "../../src/rule/check.ts";
import { shippedRules } from "../../src/rule/files.ts";

const SIP = "cisco-sa-20131106-sip";
const RULE = `id: probe
title: A probe of {from}
status: experimental
level: low
params:
  most: { default: 5, why: "enough" }
signals:
  probe:
    tag: SYS-5-CONFIG_I
    text|re: '^Configured from (?P<from>\\S+) (?P<times>\\d+)'
  other: { tag: SYS-5-RESTART }
correlations: { both: { type: temporal, signals: [probe, other], timespan: 5m } }
reports: [probe, other]
verdicts:
  - { name: both-seen, when: { both: true, exposure|not: fixed } }
  - { name: many, when: { probe: true, times|gte: $most } }
  - { name: seen, when: [{ probe: true }, { other: true }] }
details: { from: from }
caveats:
  - { when: { verdict: seen, confidence: medium }, text: Only seen. }
tests:
  - name: fires
    steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.1: %SYS-5-CONFIG_I: Configured from console 1" }]
    expect: [{ verdict: seen }]
`;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "telltale-check-"));
  mkdirSync(join(root, SIP));
  writeFileSync(join(root, SIP, "advisory.yaml"), readFileSync(join(shippedRules(), SIP, "advisory.yaml")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The warnings for the rule after a change, without the folder. */
function warnings(from: string | RegExp, to: string): string[] {
  const text = RULE.replace(from, to);
  expect(text).not.toBe(RULE);
  writeFileSync(join(root, SIP, "probe.yaml"), text);
  const checked = checkRules(root);
  expect(checked.faults).toEqual([]);
  return checked.warnings.map(({ place, message }) => `${place.slice(root.length + SIP.length + 2)}: ${message}`);
}

test("the shipped rules and the rule that the others are broken from raise no doubt", () => {
  expect(checkRules().warnings).toEqual([]);
  expect(warnings(/$/, "# end\n")).toEqual([]);
  expect(warnings("{ tag: SYS-5-RESTART }", "{ tag: SYS-5-RESTART, severity: [4, 5], facility|i: sys }")).toEqual([]);
});

test("a rule that lies where none is loaded from is told", () => {
  writeFileSync(join(root, SIP, "probe.yaml"), RULE);
  mkdirSync(join(root, SIP, "more"));
  for (const stray of ["loose.yaml", join(SIP, "more", "deep.yaml")]) writeFileSync(join(root, stray), RULE);
  expect(checkRules(root).warnings).toEqual(
    [join(SIP, "more", "deep.yaml"), "loose.yaml"].map((stray) => ({
      place: `${join(root, stray)}:1:1`,
      message: "is not loaded: a rule lies in its advisory's folder, beside advisory.yaml",
    })),
  );
});

describe("a doubt is told with its place", () => {
  test.each<[string, string | RegExp, string, string]>([
    [
      "a tag with its percent sign",
      "tag: SYS-5-CONFIG_I",
      "tag: '%SYS-5-CONFIG_I'",
      'probe.yaml:9:10: signals.probe.tag: can never match: "%SYS-5-CONFIG_I" is not FACILITY',
    ],
    [
      "a prefix with its percent sign",
      "tag: SYS-5-CONFIG_I",
      "tag|startswith: '%SYS-'",
      'signals.probe.tag|startswith: can never match: no tag begins with "%SYS-"',
    ],
    [
      "a tag in the text",
      "'^Configured",
      "'%SYS-5-CONFIG_I: Configured",
      "probe.yaml:10:14: signals.probe.text|re: can never match: text is what follows the tag",
    ],
    [
      "a group that a fact of the same name hides",
      /\(\?P<from>([\s\S]*)details: \{ from: from/,
      "(?P<release>$1details: { from: release",
      "probe.yaml:10:14: signals.probe.text|re: the group release cannot be read: a fact of this rule has its name",
    ],
    [
      "a pattern that takes everything",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART, text|re: '.*' }",
      "signals.other.text|re: matches every text",
    ],
    [
      "a severity that the tag does not have",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART, severity|lte: 4 }",
      "signals.other.severity|lte: can never match: no tag of this signal is so (SYS-5-RESTART)",
    ],
    [
      "a mnemonic that the tag does not have",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART, mnemonic|startswith: RELOAD }",
      "signals.other.mnemonic|startswith: can never match",
    ],
    [
      "a facility that the tag does not have",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART, facility|re: '^OS-' }",
      "signals.other.facility|re: can never match",
    ],
    [
      "no tag, and a tag",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART, untagged: true }",
      "signals.other.untagged: can never match",
    ],
    [
      "two signals that are one",
      "{ tag: SYS-5-RESTART }",
      "{ tag: SYS-5-RESTART }\n  again: { tag: SYS-5-RESTART, unless: { signal: probe, within: 1m } }\n  third: { unless: { signal: probe, within: 1m }, tag: SYS-5-RESTART }",
      "signals.third: is the same as signal again",
    ],
    [
      "a value that stands twice",
      "{ tag: SYS-5-RESTART }",
      "{ tag: [SYS-5-RESTART, SYS-5-RESTART] }",
      'signals.other.tag: "SYS-5-RESTART" stands here twice',
    ],
    [
      "yes for true",
      "{ both: true,",
      "{ both: yes,",
      'verdicts.0.when.both: can never hold: "yes" is not among true, false',
    ],
    [
      "a state that there is not",
      "exposure|not: fixed",
      "exposure: safe",
      'verdicts.0.when.exposure: can never hold: "safe" is not among vulnerable, fixed, not-affected, unknown',
    ],
    [
      "a state that is never so",
      "exposure|not: fixed",
      "exposure|not: safe",
      'verdicts.0.when.exposure|not: always holds: "safe" is not among',
    ],
    [
      "a limit for a word",
      "exposure|not: fixed",
      "both|gte: 1",
      "verdicts.0.when.both|gte: can never hold: this is no number but one of true, false",
    ],
    [
      "a number in quotes",
      "times|gte: $most",
      'times: "5", from: $most',
      "verdicts.1.when.times: can never be equal: digits are a number, write 5 without quotes",
    ],
    [
      "limits that exclude each other",
      "times|gte: $most",
      "times|gte: $most, times|lt: 5",
      "verdicts.1.when: can never hold: times|gte and times|lt exclude each other",
    ],
    [
      "a value outside its limit",
      "times|gte: $most",
      "times|gte: $most, times: 3",
      "verdicts.1.when: can never hold: times|gte and times exclude each other",
    ],
    [
      "two messages at once",
      "{ probe: true, times|gte: $most }",
      "{ probe: true, other: true, times|gte: $most }",
      "verdicts.1.when: can never hold: probe and other are two messages; a correlation",
    ],
    [
      "a caveat for a verdict that there is not",
      "{ verdict: seen,",
      "{ verdict: sen,",
      'caveats.0.when.verdict: can never hold: "sen" is not among both-seen, many, seen',
    ],
    [
      "a verdict that comes too late",
      "  - { name: many",
      "  - { name: early, when: { probe: true } }\n  - { name: many",
      "verdicts.2: many is never reached: early before it holds whenever this does",
    ],
    [
      "a narrower limit that comes too late",
      "  - { name: many",
      "  - { name: early, when: { times|gte: 4 } }\n  - { name: many",
      "verdicts.2: many is never reached: early",
    ],
    [
      "an empty condition before others",
      "  - { name: many",
      "  - { name: all, when: {} }\n  - { name: many",
      "verdicts.3: seen is never reached: all",
    ],
    [
      "a signal that nothing names",
      "  other:",
      "  spare: { tag: SYS-5-RELOAD }\n  other:",
      "probe.yaml:11:10: signals.spare: is never used",
    ],
    [
      "a correlation that nothing names",
      "both: true, ",
      "other: true, ",
      "correlations.both: is never used: no condition names both",
    ],
    ["a parameter that nothing names", "$most", "5", "params.most: is never used: no condition says $most"],
    [
      "a group that nothing names",
      "details: { from: from }",
      "details: { from: times }",
      "signals.probe.text|re: the group from is never used",
    ],
    [
      "a word of the template",
      "Only seen.",
      "Only example_proc and example_proc.",
      'caveats.0.text: "example_proc" is left over from the template, here and in 1 more places',
    ],
    [
      "a case that says nothing",
      "    expect: [{ verdict: seen }]\n",
      "    expect: [{ verdict: seen }]\n  - { name: x, steps: [{ after: 1s }] }\n",
      "probe.yaml:25:5: tests.1: does not say what it expects; `telltale rules test`",
    ],
    [
      "two cases of one name",
      "    expect: [{ verdict: seen }]\n",
      "    expect: [{ verdict: seen }]\n  - { name: fires, steps: [{ after: 1s }], expect: [] }\n",
      "tests.1.name: another case has this name",
    ],
    ["no case that fires", /tests:[\s\S]*/, "tests: []\n", "tests: no case fires yet"],
    ["no cases at all", /tests:[\s\S]*/, "", "tests: no case fires yet"],
  ])("%s", (_, from, to, message) => {
    const told = warnings(from, to);
    expect(
      told.filter((one) => one.includes(message)),
      told.join("\n"),
    ).toHaveLength(1);
  });

  test("the title of an advisory that is its id", () => {
    const file = join(root, SIP, "advisory.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^title:(?:\n {2}.*)+|^title:.*/m, `title: ${SIP}`));
    expect(warnings(/$/, "# end\n").join()).toMatch(/advisory\.yaml:\d+:8: title: is the id/);
  });
});

test("what grouping, counting, joined signals and conditions beside a pattern name is used", () => {
  const grouped = "title: A probe$1group-by: [device, from]";
  expect(warnings(/title: A probe of \{from\}([\s\S]*)details: \{ from: from \}/, grouped)).toEqual([]);
  const spare =
    "  spare: { tag: SYS-5-RELOAD, text|re: '(?P<by>\\S+)', where: { by: x } }\n  mixed: { condition: probe and not spare }\n  other:";
  expect(warnings(/ {2}other:([\s\S]*)reports: \[probe, /, `${spare}$1reports: [probe, mixed, `)).toEqual([]);
  const counted = "values: { type: value_count, signals: [probe], timespan: 5m, condition: { gte: 2, field: from } }";
  expect(
    warnings(
      /title: A probe of \{from\}([\s\S]*)correlations: \{ ([\s\S]*)signals: \[probe, other\](.*)([\s\S]*)details: \{ from: from \}/,
      `title: A probe$1correlations: { ${counted}, $2signals: [values, other]$3$4details: {}`,
    ),
  ).toEqual([]);
});

test("an earlier verdict that is narrower, looser by another fact or unlike shadows nothing", () => {
  for (const when of ["{ times|gte: 6 }", "{ times|lte: 9 }", "{ probe: false }", "{ from|not: a }", "{ times: 5 }"])
    expect(warnings("  - { name: many", `  - { name: early, when: ${when} }\n  - { name: many`)).toEqual([]);
});

test("faults come one by one, with what is right beside them", () => {
  writeFileSync(join(root, SIP, "probe.yaml"), RULE.replace("level: low", "level: grave\nextra: 1"));
  writeFileSync(join(root, SIP, "good.yaml"), RULE.replace("id: probe", "id: good"));
  const { rules, faults } = checkRules(root);
  expect(rules.map((rule) => rule.id)).toEqual(["good"]);
  expect(faults.map(({ place }) => place.replace(/^.*\//, ""))).toEqual(["probe.yaml:4:8", "probe.yaml:5:8"]);
});
