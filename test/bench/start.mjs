/** The rows of starting: how long until the program is at work, against Node alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./measure.mjs";
import { replayOf, row } from "./replay.mjs";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export async function measureStart({ folder, runs, say }) {
  const path = join(folder, "small.log");
  writeFileSync(
    path,
    "<189>35: r1: Feb 21 2020 10:00:00.000 UTC: %SYS-5-CONFIG_I: Configured from console by console\n",
  );
  const times = await compare(
    [
      { name: "node", argv: [process.execPath, "-e", "0"] },
      { name: "help", argv: [process.execPath, main, "--help"] },
      { name: "small", argv: replayOf(path) },
    ],
    { runs: runs * 3, say: () => {} },
  );
  say("start measured");
  return [
    row("telltale --help", "node -e 0", times.get("help"), times.get("node"), "at most 1.5"),
    row("replay of one line", "node -e 0", times.get("small"), times.get("node"), "at most 4"),
  ];
}
