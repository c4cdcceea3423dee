/** `npm run torture`: each file beside this one puts a promise to the test and prints it with its figure.
 * `-- NAME…` runs some of them, `--long` the long form, `--write` puts the figures into docs/reliability.md. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endAll } from "./support/listener.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const page = fileURLToPath(new URL("../../docs/reliability.md", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});

const all = readdirSync(here)
  .filter((file) => file.endsWith(".mjs") && file !== basename(import.meta.url))
  .map((file) => file.replace(/\.mjs$/, ""))
  .sort();
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(", ")}; there are ${all.join(", ")}.\n`);
  process.exit(64);
}

const rows = [];
for (const name of positionals.length > 0 ? positionals : all) {
  const started = performance.now();
  for (const { promise, figure, ok } of await tortured(name)) {
    const seconds = Math.round((performance.now() - started) / 1_000);
    rows.push({ name, promise, figure, ok, form: values.long ? "long" : "short" });
    process.stdout.write(`${ok ? "ok     " : "FAILED "} ${name}: ${promise}: ${figure} (${seconds} s)\n`);
  }
}
if (values.write) writeFigures(rows);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

/** The promises of one file; a file that breaks has broken its promise. */
async function tortured(name) {
  const folder = mkdtempSync(join(tmpdir(), `telltale-torture-${name}-`));
  const say = (text) => process.stderr.write(`        ${name}: ${text}\n`);
  try {
    const { run } = await import(new URL(`./${name}.mjs`, import.meta.url));
    return [await run({ long: values.long, folder, say })].flat();
  } catch (error) {
    return [{ promise: "runs to its end", figure: error?.stack ?? String(error), ok: false }];
  } finally {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each figure takes the place of the last one of its promise; those that were not measured now stay. */
function writeFigures(measured) {
  const text = readFileSync(page, "utf8");
  const [, before, table, after] = /^([\s\S]*<!-- figures -->\n)([\s\S]*?)(<!-- \/figures -->[\s\S]*)$/.exec(text);
  const known = new Map();
  for (const line of table.split("\n")) {
    const cells = /^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/.exec(line)?.slice(1);
    if (cells !== undefined && cells[0] !== "test" && !cells[0].startsWith("-"))
      known.set(`${cells[0]} ${cells[1]}`, line);
  }
  for (const { name, promise, figure, ok, form } of measured) {
    const cell = (one) => one.replaceAll("|", "/").replaceAll("\n", " ");
    known.set(
      `${name} ${cell(promise)}`,
      `| ${name} | ${cell(promise)} | ${ok ? "" : "FAILED: "}${cell(figure)} | ${form} |`,
    );
  }
  const lines = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const head = "| test | promise | figure | form |\n| --- | --- | --- | --- |\n";
  writeFileSync(page, `${before}${head}${lines.join("\n")}\n${after}`);
}
