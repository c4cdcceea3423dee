/** The most memory that a replay holds: many lines of a fleet, and lines of very many names. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeCorpus } from "../corpus.mjs";
import { replayOf } from "../replay.mjs";
import { peakOf } from "./process.mjs";

export async function measureMemory({ folder, quick, say }) {
  const scale = quick ? 10 : 1;
  const rows = [];
  for (const { lines, devices, figure } of [
    { lines: 10_000_000 / scale, devices: 1_000, figure: 150 },
    { lines: 4_000_000 / scale, devices: 1_000_000 / scale, figure: 512 },
  ]) {
    const path = join(folder, `memory-${devices}.log`);
    writeCorpus(path, { lines, devices });
    const mib = await peak(path);
    rmSync(path);
    const what = `memory, replay of ${lines.toLocaleString("en")} lines of ${devices.toLocaleString("en")} devices`;
    say(`${what}: ${mib} MiB at most`);
    rows.push({ what, ours: `${mib} MiB`, peer: "", theirs: "", figure: `at most ${figure} MiB` });
  }
  return rows;
}

/** Looked at until it ends; what it holds never falls below its peak. */
async function peak(path) {
  const [program, ...args] = replayOf(path);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  let mib = 0;
  const look = setInterval(() => {
    try {
      mib = Math.max(mib, peakOf(child.pid));
    } catch {}
  }, 50);
  const [code] = await once(child, "exit");
  clearInterval(look);
  if (code !== 0) throw new Error(`replay ended with ${code}:\n${said}`);
  return Math.round(mib);
}
