/** The rows of replay: plain and gzip, against the tools that people would use instead. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeCorpus } from "./corpus.mjs";
import { expectAlerts, summary } from "./expect.mjs";
import { compare, isInstalled } from "./measure.mjs";
import { saganOf } from "./sagan.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const peers = join(root, "test/bench/peers");
const LITERALS = "DEPLETION_CATASTROPHIC|CCSIP_SPI_CONTROL|SIP UDP Listener";

/** Telltale on a capture, with its rules or others. */
export function replayOf(path, ...more) {
  return [process.execPath, join(root, "dist/cli/main.js"), "replay", path, "--json", "--year", "2020", ...more];
}

/** Throws unless what was printed is what was planted. */
export function checkAlerts(printed, planted) {
  const got = printed
    .split("\n")
    .filter(Boolean)
    .map((line) => summary(JSON.parse(line)))
    .sort();
  const wanted = expectAlerts(planted);
  const lost = wanted.filter((one) => !got.includes(one));
  const extra = got.filter((one) => !wanted.includes(one));
  if (lost.length + extra.length === 0) return;
  throw new Error(
    `alerts differ from what was planted:\n- ${lost.slice(0, 5).join("\n- ")}\n+ ${extra.slice(0, 5).join("\n+ ")}`,
  );
}

/** Measures; returns the rows and what was planted. */
export async function measureReplay({ folder, lines, devices, runs, say }) {
  const path = join(folder, `capture-${lines}.log`);
  const planted = writeCorpus(path, { lines, devices });
  const alerts = expectAlerts(planted).length;
  say(
    `${planted.lines} lines, ${(planted.bytes / 1e6).toFixed(1)} MB, ${planted.reports.length} reports planted, ${alerts} alerts expected`,
  );
  const check = (printed) => checkAlerts(printed, planted);
  const commands = [{ name: "telltale replay", argv: replayOf(path), check }];
  const offer = (program, name, command) => {
    if (isInstalled(program)) commands.push({ name, ...command });
    else say(`${program} is not installed: ${name} is left out (apt-get install ${PACKAGES[program] ?? program})`);
  };
  offer("grep", "GNU grep -cE", { argv: ["grep", "-cE", LITERALS, path] });
  offer("rg", "ripgrep -c", { argv: ["rg", "-c", LITERALS, path] });
  offer("pdbtool", "pdbtool match", { shell: `pdbtool match -p ${peers}/patterndb.xml -f ${path} | wc -c` });
  offer("sec", "SEC", {
    argv: ["sec", `--conf=${peers}/sec.conf`, `--input=${path}`, "--notail", "--fromstart", "--nointevents"],
  });
  if (isInstalled("sagan")) commands.push({ name: "Sagan", ...(await saganOf(path, folder)) });
  else offer("sagan", "Sagan");
  const times = await compare(commands, { runs, say });
  const ours = times.get("telltale replay");
  const rows = [...times]
    .filter(([name]) => name !== "telltale replay")
    .map(([peer, theirs]) => row("replay", peer, ours, theirs, FIGURES[peer]));

  const packed = `${path}.gz`;
  if (!existsSync(packed)) execFileSync("gzip", ["-k", "-1", path]);
  const zipped = await compare(
    [
      { name: "telltale replay .gz", argv: replayOf(packed), check },
      { name: "zgrep -cE", argv: ["zgrep", "-cE", LITERALS, packed] },
    ],
    { runs, say },
  );
  rows.push(
    row("replay of .gz", "zgrep -cE", zipped.get("telltale replay .gz"), zipped.get("zgrep -cE"), FIGURES["zgrep -cE"]),
  );
  return { rows, planted, alerts, used: ours, lines: planted.lines, path };
}

const PACKAGES = { rg: "ripgrep", pdbtool: "syslog-ng-core" };
const FIGURES = {
  "GNU grep -cE": "at most 3",
  "ripgrep -c": "",
  "pdbtool match": "at most 0.25",
  SEC: "at most 0.1",
  Sagan: "at most 0.05",
  "zgrep -cE": "at most 1.3",
};

/** One row of the table: wall clock and processor time, and ours over theirs. */
export function row(what, peer, ours, theirs, figure = "") {
  return { what, peer, ours, theirs, wall: ours.wall / theirs.wall, cpu: ours.cpu / theirs.cpu, figure };
}
