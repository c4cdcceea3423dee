/** A receiver under measurement: what its process used, and what was lost on the way to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** Ticks a second in /proc, on every Linux of today. */
const TICKS = 100;

/** Starts a program; `said` resolves once stderr has the text, `lines` gets each line of stdout. */
export function startProcess(program, args, { lines = () => {} } = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  // A bench that fails leaves nothing running.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
  let err = "";
  let rest = "";
  child.stdout.on("data", (chunk) => {
    const all = (rest + chunk).split("\n");
    rest = all.pop();
    for (const line of all) lines(line);
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const exited = once(child, "exit");
  const ended = exited.then(() => {
    throw new Error(`${program} ended:\n${err}`);
  });
  ended.catch(() => {});
  return {
    pid: child.pid,
    /** Rejects when it ends. */
    ended,
    async said(text) {
      while (!err.includes(text)) await Promise.race([once(child.stderr, "data"), ended]);
      return err;
    },
    /** Ends it in order. */
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Seconds of processor time that a process has used. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The most memory that a process has held, in MiB. */
export function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) / 1024;
}

/** Waits until a process has nothing more to do; gives when that began, by performance.now(). */
export async function untilIdle(pid) {
  let began = performance.now();
  for (let before = cpuOf(pid); performance.now() - began < 600; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = cpuOf(pid);
    // One that only waits looks at its timers.
    if (now - before > 0.02) began = performance.now();
    before = now;
  }
  return began;
}
