/** Runs commands against each other: in turn, several times, and tells medians. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a program is installed. */
export function isInstalled(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs each command `runs` times, one after another in turn, so that a busy minute concerns all of them.
 * A command is { name, argv, stdin?, check? }; `check` gets what it printed last. Times are in seconds. */
export async function compare(commands, { runs, say }) {
  const times = new Map(commands.map(({ name }) => [name, []]));
  const printed = new Map();
  for (let run = 0; run < runs; run++) {
    for (const command of commands) {
      const result = await time(command);
      times.get(command.name).push(result);
      printed.set(command.name, result.stdout);
      say(`${command.name}: ${result.wall.toFixed(2)} s (run ${run + 1} of ${runs})`);
    }
  }
  for (const { name, check } of commands) check?.(printed.get(name));
  return new Map([...times].map(([name, all]) => [name, summary(all)]));
}

/** Runs a command under GNU time, where that is installed, with its output through a pipe: grep stops early where
 * nobody reads. */
async function time({ argv, shell }) {
  const command = argv ?? ["sh", "-c", shell];
  const [program, ...rest] = isInstalled("time") ? ["time", "-q", "-f", "%U %S %M", ...command] : command;
  const began = process.hrtime.bigint();
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = [[], []];
  child.stdout.on("data", (chunk) => out.push(chunk));
  child.stderr.on("data", (chunk) => err.push(chunk));
  const [code] = await once(child, "close");
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const said = Buffer.concat(err).toString().trim();
  if (code !== 0 && code !== 1) throw new Error(`${command.join(" ")} ended with ${code}:\n${said.slice(-2_000)}`);
  const [user, system, kib] = (said.split("\n").at(-1) ?? "").split(" ").map(Number);
  return { wall, cpu: user + system, mib: kib / 1024, stdout: Buffer.concat(out).toString() };
}

function summary(all) {
  const median = (pick) => all.map(pick).sort((a, b) => a - b)[Math.floor(all.length / 2)];
  return { wall: median(({ wall }) => wall), cpu: median(({ cpu }) => cpu), mib: median(({ mib }) => mib) };
}
