/** `telltale listen` under measurement: the built program, its own process, a database on disk, all shipped rules. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuOf, peakOf, startProcess, untilIdle } from "./process.mjs";

const main = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** Starts it on one UDP and one TCP port of loopback; `alert` gets each alert that it prints. */
export async function startListener({ folder, name, alert = () => {} }) {
  const db = join(folder, `${name}.db`);
  const args = [...execArgv(), main, "listen", "--json", "--db", db, "--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0"];
  const listener = startProcess(process.execPath, args, { lines: (line) => alert(JSON.parse(line)) });
  const welcome = await listener.said("History:");
  const port = (scheme) => Number(new RegExp(`${scheme}://127\\.0\\.0\\.1:(\\d+)`).exec(welcome)[1]);
  return {
    udp: port("udp"),
    tcp: port("tcp"),
    pid: listener.pid,
    db,
    /** Waits until all is judged, and stops; gives what it counted and used. */
    async stop() {
      const idle = await untilIdle(listener.pid);
      const used = { cpu: cpuOf(listener.pid), mib: peakOf(listener.pid) };
      await listener.stop();
      return { ...used, idle, counters: JSON.parse(telltale("stats", "--json", "--db", db)) };
    },
  };
}

/** Runs `telltale …` and gives what it printed. */
export function telltale(...args) {
  return execFileSync(process.execPath, [main, ...args], { maxBuffer: 2 ** 30 }).toString();
}

/** Messages that ended in some outcome. */
export function outcomesOf({ outcomes }) {
  return Object.values(outcomes).reduce((sum, n) => sum + n, 0);
}

/** Options of Node for the listener, such as --cpu-prof. */
function execArgv() {
  return (process.env.TELLTALE_BENCH_NODE ?? "").split(" ").filter(Boolean);
}
