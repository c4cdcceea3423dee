/** The rows of listening: datagrams and streams at high rates, how soon an alert is told, and memory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeCorpus } from "./corpus.mjs";
import { measureLatency } from "./live/latency.mjs";
import { measureMemory } from "./live/memory.mjs";
import { findProgram } from "./live/programs.mjs";
import { measureTcp } from "./live/tcp.mjs";
import { measureUdp } from "./live/udp.mjs";

export const LIVE_PARTS = ["udp", "tcp", "latency", "memory"];

/** Measures the named parts; a row is { what, ours, peer, theirs, figure }, all of them text. */
export async function measureLive({ folder, parts, quick, say }) {
  const isHere = (program, holder) => {
    if (findProgram(program) !== null) return true;
    say(`${program} is not installed: what needs it is left out (apt-get install ${holder}, or see live/programs.mjs)`);
    return false;
  };
  const loggen = isHere("loggen", "syslog-ng-core");
  const rows = [];
  const lines = join(folder, "live.log");
  let planted = [];
  if (loggen && parts.some((part) => part !== "memory")) {
    const written = writeCorpus(lines, {
      lines: quick ? 700_000 : 3_000_000,
      devices: 500,
      storm: true,
      domain: ".pop-7.core.region-3.backbone.example.net",
    });
    planted = written.reports;
    say(`${written.lines} lines for loggen, ${Math.round(written.bytes / written.lines)} bytes each on average`);
  }
  if (parts.includes("udp") && loggen)
    rows.push(...(await measureUdp({ folder, lines, planted, quick, say, peer: isHere("rsyslogd", "rsyslog") })));
  if (parts.includes("tcp")) rows.push(...(await measureTcp({ folder, lines, planted, quick, say, peer: loggen })));
  if (parts.includes("latency")) rows.push(...(await measureLatency({ folder, lines, quick, say, peer: loggen })));
  if (parts.includes("memory")) rows.push(...(await measureMemory({ folder, quick, say })));
  return rows;
}

/** The rows as a section of a page. */
export function liveSection(rows, { runs, machine }) {
  const cells = rows.map(
    ({ what, ours, peer, theirs, figure }) => `| ${what} | ${ours} | ${peer} | ${theirs} | ${figure} |`,
  );
  const table = ["| what | Telltale | against | reached there | figure |", "| --- | --- | --- | --- | --- |", ...cells];
  const pages = ["method", "steps"].map((name) => readFileSync(new URL(`live/${name}.md`, import.meta.url), "utf8"));
  return `## Listening\n\nWritten by \`npm run bench -- live --write\`, ${runs}. Machine: ${machine}.\n\n${table.join("\n")}\n\n${pages.join("\n")}`;
}
