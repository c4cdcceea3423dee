/** The rows of many rules: generated ones beside the shipped ones, found by their tags or by free text; and what it takes
 * to load them, from their files and compiled. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./measure.mjs";
import { checkAlerts, replayOf, row } from "./replay.mjs";

const shipped = fileURLToPath(new URL("../../rules/", import.meta.url));
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const ADVISORY = "cisco-sa-20131106-sip";

const SETS = [
  { name: "1,000 rules by tag", count: 1_000, signal: (i) => `tag: BENCH-5-EVENT_${i}`, most: 1.2 },
  { name: "3,000 rules by tag", count: 3_000, signal: (i) => `tag: BENCH-5-EVENT_${i}`, most: 1.2 },
  { name: "200 rules by free text", count: 200, signal: (i) => `literal: "free text number ${i} of"`, most: 4 },
];

export async function measureRules({ folder, path, planted, runs, say }) {
  const check = (printed) => checkAlerts(printed, planted);
  const working = [{ name: "shipped", argv: replayOf(path), check }];
  const copy = join(folder, "rules-shipped");
  writeRules(copy, 0);
  const loading = [
    { name: "shipped, files", argv: replayOf("/dev/null", "--rules", copy) },
    { name: "shipped, compiled", argv: replayOf("/dev/null") },
  ];
  for (const { name, count, signal } of SETS) {
    const rules = join(folder, `rules-${count}`);
    writeRules(rules, count, signal);
    execFileSync(process.execPath, [main, "rules", "compile", rules, "-o", `${rules}.json`], { stdio: "ignore" });
    working.push({ name, argv: replayOf(path, "--rules", `${rules}.json`), check });
    loading.push({ name: `${name}, files`, argv: replayOf("/dev/null", "--rules", rules) });
    loading.push({ name: `${name}, compiled`, argv: replayOf("/dev/null", "--rules", `${rules}.json`) });
  }
  const loads = await compare(loading, { runs: runs * 2, say });
  // Apart from what the shipped ones among them take.
  const loadOf = (name, how) => less(loads.get(`${name}, ${how}`), loads.get(`shipped, ${how}`));
  const times = await compare(working, { runs, say });
  const limit = (seconds) => ({ wall: seconds, cpu: seconds });
  return SETS.flatMap(({ name, count, most }) => [
    row(
      `${name}, less loading`,
      "the shipped rules",
      less(times.get(name), loadOf(name, "compiled")),
      times.get("shipped"),
      `at most ${most}`,
    ),
    row(
      `loading ${name} from files`,
      "1 ms a rule",
      loadOf(name, "files"),
      limit(count / 1_000),
      most < 2 ? "at most 1" : "",
    ),
    row(`loading ${name} from one compiled file`, "50 ms", loadOf(name, "compiled"), limit(0.05), "at most 1"),
  ]);
}

function less(whole, part) {
  return { wall: whole.wall - part.wall, cpu: whole.cpu - part.cpu };
}

function writeRules(to, count, signal) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(shipped))
    if (!name.startsWith("_")) cpSync(join(shipped, name), join(to, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const rule = [
      `id: bench-${i}`,
      "title: A rule of the benchmark",
      "status: experimental",
      "level: low",
      "signals:",
      `  seen: { ${signal(i)}, text|re: 'value (?P<value>\\d+) of ${i}' }`,
      "reports: [seen]",
      "verdicts:",
      "  - { name: seen, when: { seen: true } }",
      "lifecycle: { quiet: 15m, reopen: 24h }",
      "tests:",
      `  - { name: fires, steps: [{ lines: "<189>1: r1: Mar  4 12:00:00.123: %BENCH-5-EVENT_${i}: free text number ${i} of it, value 1 of ${i}" }], expect: [{ verdict: seen }] }`,
      "",
    ].join("\n");
    writeFileSync(join(to, ADVISORY, `bench-${i}.yaml`), rule);
  }
}
