/** `loggen` of syslog-ng as the sender: lines of a file, as they are. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "./programs.mjs";

/** A rate that no sender reaches. */
export const FULL_RATE = 10_000_000;

/** Sends to a port of loopback; resolves with how many went out, and in how many seconds. */
export async function loggen({ port, lines, rate = FULL_RATE, seconds, connections = 0, number = 0 }) {
  const transport = connections > 0 ? ["--stream", "--active-connections", String(connections)] : ["--dgram"];
  const until = number > 0 ? ["--number", String(number)] : [];
  const source = ["--read-file", lines, "--dont-parse", "--rate", String(rate), "--interval", String(seconds)];
  const args = ["--inet", ...transport, ...source, ...until, "127.0.0.1", String(port)];
  const { stdout, stderr } = await promisify(execFile)(findProgram("loggen"), args);
  const said = /count=(\d+), time=([\d.]+)/.exec(stdout + stderr);
  if (said === null) throw new Error(`loggen said:\n${stdout}${stderr}`);
  return { sent: Number(said[1]), seconds: Number(said[2]) };
}
