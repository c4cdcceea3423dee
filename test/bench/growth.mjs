/** The rows of growth: more lines, more routers, and whether time and memory grow with them as they should. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeCorpus } from "./corpus.mjs";
import { compare } from "./measure.mjs";
import { checkAlerts, replayOf, row } from "./replay.mjs";

/** Measures replay of 1, 4 and (`long`) 16 times as many lines, and of 10, 1,000 and 100,000 routers. Ratios are of
 * the time for a line. */
export async function measureGrowth({ folder, lines, runs, long, say }) {
  const sizes = (long ? [1, 4, 16] : [1, 4]).map((times) => ({ lines: lines * times, devices: 1_000 }));
  const fleets = [10, 100_000].map((devices) => ({ lines, devices }));
  const rows = [];
  let base = null;
  for (const { lines: count, devices } of [...sizes, ...fleets]) {
    const path = join(folder, `growth-${count}-${devices}.log`);
    const planted = writeCorpus(path, { lines: count, devices });
    const name = `${count.toLocaleString("en")} lines of ${devices.toLocaleString("en")} routers`;
    const command = { name, argv: replayOf(path), check: (printed) => checkAlerts(printed, planted) };
    const times = (await compare([command], { runs, say })).get(name);
    rmSync(path);
    if (base === null) {
      base = times;
      continue;
    }
    const per = { wall: (times.wall * lines) / count, cpu: (times.cpu * lines) / count };
    const memory = `${Math.round(times.mib)} MiB against ${Math.round(base.mib)} MiB`;
    const figure = devices === 1_000 ? "0.9 to 1.1, memory flat" : "at most 1.5";
    rows.push(
      row(`${name}, for as many lines (${memory})`, `${lines.toLocaleString("en")} of 1,000`, per, base, figure),
    );
  }
  return rows;
}
