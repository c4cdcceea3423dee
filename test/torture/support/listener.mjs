/** A listener as a process of its own, watched from outside. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const MAIN = join(ROOT, "dist/cli/main.js");

const running = new Set();

/** Ends the listeners that a test which broke off has left behind. */
export function endAll() {
  for (const child of running) child.kill("SIGKILL");
}

/**
 * Starts `telltale listen --json ARGS`. `alert` is called with each line of stdout. Resolves when it listens, with the
 * ports in the order of the addresses; rejects when it ends before. `main` is another build of the program.
 */
export async function startListener(args, { main = MAIN, env = {}, alert = () => {}, command = [] } = {}) {
  const [program, ...rest] = [...command, process.execPath, main, "listen", "--json", ...args];
  const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    // A killed process may leave half a line.
    const told = parsed(line);
    if (told !== null) alert(told);
  });
  let stderr = "";
  const listens = new Promise((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      stderr += chunk;
      if (stderr.includes("History:")) resolve(true);
    });
  });
  const listener = { child, ended, stderr: () => stderr };
  if (await Promise.race([listens, ended.then(() => false)])) {
    const ports = [...stderr.matchAll(/\b(?:udp|tcp|tls):\/\/\S+:(\d+)/g)].map(([, port]) => Number(port));
    const http = /https?:\/\/[\d.:[\]]+(?=\/healthz)/.exec(stderr)?.[0] ?? null;
    return { ...listener, ports, http };
  }
  throw Object.assign(new Error(`the listener ended: ${stderr}`), await ended, { stderr });
}

/** Runs another command to its end. */
export async function telltale(args, { env = {}, main = MAIN } = {}) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // A command that should have ended and has not is a fault to be told, not to be waited for.
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  return { code, signal, stdout, stderr };
}

/** What a running listener answers over HTTP, each time over a connection of its own. */
export async function ask({ http, child, stderr }, path) {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the listener ended: ${stderr()}`);
  const answer = await fetch(http + path, { headers: { connection: "close" } });
  return { status: answer.status, text: await answer.text() };
}

/** Asks again until it gives something other than null; throws after `seconds`. */
export async function until(what, ask, seconds = 30) {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const got = await ask();
    if (got !== null && got !== false && got !== undefined) return got;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(20);
  }
}

export function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
