/** The rows of many rules: generated ones beside the shipped ones, found by their tags or by free text. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./measure.mjs";
import { checkAlerts, replayOf, row } from "./replay.mjs";

const shipped = fileURLToPath(new URL("../../rules/", import.meta.url));
const ADVISORY = "cisco-sa-20131106-sip";

export async function measureRules({ folder, path, planted, runs, say }) {
  const check = (printed) => checkAlerts(printed, planted);
  const commands = [{ name: "shipped", argv: replayOf(path), check }];
  for (const [name, count, signal] of [
    ["1,000 rules by tag", 1_000, (i) => `tag: BENCH-5-EVENT_${i}`],
    ["3,000 rules by tag", 3_000, (i) => `tag: BENCH-5-EVENT_${i}`],
    ["200 rules by free text", 200, (i) => `literal: "free text number ${i} of"`],
  ]) {
    const rules = join(folder, `rules-${count}`);
    writeRules(rules, count, signal);
    commands.push({ name, argv: replayOf(path, "--rules", rules), check });
    commands.push({ name: `loading ${name}`, argv: [...replayOf("/dev/null"), "--rules", rules] });
  }
  const times = await compare(commands, { runs, say });
  const figures = {
    "1,000 rules by tag": "at most 1.2",
    "3,000 rules by tag": "at most 1.2",
    "200 rules by free text": "at most 4",
  };
  return Object.entries(figures).map(([name, figure]) => {
    // Loading is measured apart.
    const [whole, loading] = [times.get(name), times.get(`loading ${name}`)];
    const ours = { wall: whole.wall - loading.wall, cpu: whole.cpu - loading.cpu };
    const what = `${name}, less ${loading.cpu.toFixed(2)} s of loading`;
    return row(what, "the shipped rules", ours, times.get("shipped"), figure);
  });
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
