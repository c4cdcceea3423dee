/** `npm run bench [-- part …]`: measures Telltale against other tools on this machine, checks what it found, and prints
 * a table. Parts: replay, start, rules, growth, queries (all of them without a name); and live, or udp, tcp, latency or
 * memory alone, which prints a table of its own. Options: --lines N, --devices N, --runs N, --quick (100,000 lines,
 * 3 runs), --long (16 times the lines, too), --write (its half of docs/performance.md). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureGrowth } from "./growth.mjs";
import { LIVE_PARTS, liveSection, measureLive } from "./live.mjs";
import { measureQueries } from "./queries.mjs";
import { measureReplay } from "./replay.mjs";
import { measureRules } from "./rules.mjs";
import { measureStart } from "./start.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lines: { type: "string" },
    devices: { type: "string", default: "500" },
    runs: { type: "string" },
    long: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const lines = Number(values.lines ?? (values.quick ? 100_000 : 1_000_000));
const runs = Number(values.runs ?? (values.quick ? 3 : 5));
const parts = positionals.length > 0 ? positionals : ["replay", "start", "rules", "growth", "queries"];
const PAGE = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), "telltale-bench-"));
const live = LIVE_PARTS.filter((part) => parts.includes("live") || parts.includes(part));
try {
  if (live.length > 0) {
    const rows = await measureLive({ folder, parts: live, quick: values.quick, say });
    const section = liveSection(rows, { runs: values.quick ? "the short form" : "the long form", machine: machine() });
    process.stdout.write(section);
    if (values.write) write(pages().replay, section);
  } else await measureAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureAll() {
  const options = { folder, lines, devices: Number(values.devices), runs, say, long: values.long };
  const rows = [];
  const measured = await measureReplay({ ...options, runs: parts.includes("replay") ? runs : 1 });
  rows.push(...measured.rows);
  if (parts.includes("start")) rows.push(...(await measureStart(options)));
  if (parts.includes("rules")) rows.push(...(await measureRules({ ...options, ...measured })));
  if (parts.includes("growth")) rows.push(...(await measureGrowth(options)));
  if (parts.includes("queries")) rows.push(...(await measureQueries(options)));
  const page = pageOf(rows, measured);
  process.stdout.write(page);
  if (values.write) write(page, pages().listening);
}

/** The page as it is: what a run did not measure stays. */
function pages() {
  const [replay, listening] = readFileSync(PAGE, "utf8").split(/^(?=## Listening$)/m);
  return { replay: replay.trimEnd(), listening: listening ?? "" };
}

function write(replay, listening) {
  writeFileSync(PAGE, `${replay.trimEnd()}\n\n${listening.trimEnd()}\n`);
}

function machine() {
  return `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version.slice(1)}; load average while measuring ${loadavg()[1].toFixed(1)}`;
}

function pageOf(rows, { lines, planted, alerts, used }) {
  const speed = Math.round(lines / rows[0].ours.wall);
  const cells = rows.map(
    ({ what, peer, ours, theirs, wall, cpu, figure }) =>
      `| ${what} | ${two(ours)} | ${peer} | ${two(theirs)} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${figure} |`,
  );
  const steps = readFileSync(new URL("steps.md", import.meta.url), "utf8");
  return `# Performance

Written by \`npm run bench -- --write\`, which measures on the machine at hand. ${runs === 1 ? "One run" : `Medians of ${runs} runs`}, start included, in seconds of wall clock and of processor time; all commands of a row run in turn within one run of the benchmark, so that only the ratios compare from machine to machine.

Machine: ${machine()}.

Input: ${lines.toLocaleString("en")} lines (${(planted.bytes / 1e6).toFixed(0)} MB) of ${values.devices} routers, made from a fixed seed; ${planted.reports.length} reports of incidents, ${planted.lost} lost messages and ${planted.copies} copies are planted in it. The ${alerts} alerts of every run equal those that a second, plain reading of the episode rule (\`test/bench/expect.mjs\`) makes of what was planted; otherwise the benchmark fails.

Replay: ${speed.toLocaleString("en")} lines/s${Number.isNaN(used.cpu) ? "" : `, ${used.cpu.toFixed(1)} s of processor time, ${Math.round(used.mib)} MiB at most`}.

| what | wall / processor | against | wall / processor | ratio (wall) | ratio (processor) | figure |
| --- | --- | --- | --- | --- | --- | --- |
${cells.join("\n")}

${steps}`;
}

function two({ wall, cpu }) {
  return `${wall.toFixed(2)} / ${cpu.toFixed(2)}`;
}
