/** Runs the built command line as its user does: another process, real pipes. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `telltale …` to its end, or that of another installation; never rejects. */
export function telltale(
  args: string[],
  options: { input?: string | Buffer; env?: Record<string, string>; cwd?: string; main?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [options.main ?? MAIN, ...args],
      { cwd: options.cwd ?? ROOT, env: { ...process.env, ...options.env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    child.stdin?.end(options.input ?? "");
  });
}

/** A running listener with what it has printed so far. */
export interface Listening {
  child: ChildProcess;
  /** Real addresses by scheme, in the order given: `udp://127.0.0.1:40001`. */
  addresses: URL[];
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout has a line for which `found` holds; rejects after 15 s. */
  line(found: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Resolves when stderr has this text after the first `from` characters; gives where it ends. */
  said(text: string, from?: number): Promise<number>;
  /** Sends the signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `telltale listen …` and waits until it says that it listens. */
export async function startListener(args: string[]): Promise<Listening> {
  const child = spawn(process.execPath, [MAIN, "listen", ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const wake = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    for (const one of wake) one();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    for (const one of wake) one();
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const until = <T>(look: () => T | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = () => {
        wake.delete(check);
        clearTimeout(timeout);
      };
      const check = () => {
        const found = look();
        if (found === null) return;
        done();
        resolve(found);
      };
      const timeout = setTimeout(() => {
        done();
        reject(new Error(`not seen within 15 s; stdout: ${out}\nstderr: ${err}`));
      }, 15_000);
      wake.add(check);
      exited.then(() => {
        done();
        reject(new Error(`the listener stopped; stderr: ${err}`));
      });
      check();
    });
  const addresses = await until(() => {
    if (!err.includes("History:")) return null;
    return [...err.matchAll(/(?:udp|tcp|tls):\/\/\S+/g)].map(
      (match) => new URL(match[0].replace(/^(udp|tcp|tls)/, "http")),
    );
  });
  return {
    child,
    addresses,
    stdout: () => out,
    stderr: () => err,
    line: (found) =>
      until(() => {
        for (const line of out.split("\n").slice(0, -1)) {
          const value = JSON.parse(line) as Record<string, unknown>;
          if (found(value)) return value;
        }
        return null;
      }),
    said: (text, from = 0) =>
      until(() => {
        const at = err.indexOf(text, from);
        return at < 0 ? null : at + text.length;
      }),
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
}
