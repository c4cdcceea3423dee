/** The built program as a receiver, watched from outside: what it prints, counts, and holds in memory and descriptors. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** Starts `telltale listen` with the text of a configuration's part `listen`; `alert` gets each alert that it prints. */
export async function startReceiver(folder, listen, alert = () => {}) {
  const db = join(folder, "t.db");
  const config = join(folder, "config.yaml");
  const portFile = join(folder, "ports");
  writeFileSync(config, `db: ${db}\nlisten:\n${listen}`);
  const child = spawn(process.execPath, [MAIN, "listen", "--json", "--config", config, "--port-file", portFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  let rest = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    err += chunk;
  });
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) alert(JSON.parse(line));
  });
  const exited = once(child, "exit");
  const ended = exited.then(([code]) => {
    throw new Error(`the listener ended with ${code}:\n${err}`);
  });
  ended.catch(() => {});
  while (!err.includes("History:")) await Promise.race([once(child.stderr, "data"), ended]);
  const places = readFileSync(portFile, "utf8").trim().split("\n");
  const status = (name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${child.pid}/status`, "latin1"))[1]) / 1024;
  return {
    pid: child.pid,
    /** Rejects when it ends by itself. */
    ended,
    /** The port of the first listener of a transport. */
    port: (transport) => Number(/\d+$/.exec(places.find((place) => place.startsWith(transport)))[0]),
    stderr: () => err,
    /** Memory now, and the most there was, in MiB. */
    mib: () => Math.round(status("VmRSS")),
    peak: () => Math.round(status("VmHWM")),
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    /** Every counter, as written within the last second. */
    counters: () => JSON.parse(telltale("stats", "--json", "--db", db)),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return { code, counters: JSON.parse(telltale("stats", "--json", "--db", db)) };
    },
    kill: () => child.kill("SIGKILL"),
  };
}

export function telltale(...args) {
  return execFileSync(process.execPath, [MAIN, ...args], { maxBuffer: 2 ** 30 }).toString();
}

/** Messages that ended in some outcome; equal to those received. */
export function outcomesOf({ outcomes }) {
  return Object.values(outcomes).reduce((sum, n) => sum + n, 0);
}

export function receivedBy({ received }) {
  return Object.values(received).reduce((sum, n) => sum + n, 0);
}

/** Looks every tenth of a second until something holds; false when it does not within so many seconds. */
export async function within(seconds, holds) {
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** A flood of an IOS XR router with its table, as it prints it; it raises one critical alert. */
export function packetMemory(device, first = 10) {
  const head = (pri, i, tag) =>
    `<${pri}>${first + i}: ${device} RP/0/RSP0/CPU0:Mar  4 12:00:00.${100 + i} UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-${tag} : `;
  return [
    `${head(186, 0, "2-DEPLETION_CATASTROPHIC")}Depletion level 100 percent for resource PAK FSV`,
    `${head(190, 1, "6-USER_INFO")}Top 5 users of PAK FSV:`,
    `${head(190, 2, "6-INFO_HEAD")}PROCESS NAME PID COUNT`,
    `${head(190, 3, "6-INFO_BODY")}pkg/bin/ipsec_pp 540912 9984`,
    `${head(190, 4, "6-INFO_BODY")}pkg/bin/udp 540892 16`,
    `${head(190, 5, "6-USER_INFO2")}Only 2 users found using PAK FSV.`,
  ];
}

/** A message that no rule asks for. */
export function ordinary(device, counter) {
  return `<189>${counter}: ${device}: *Nov  6 16:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up`;
}

/** A message that raises one alert by itself. */
export function alarming(device) {
  return `<191>1: ${device}: *Nov  2 11:36:47.691: sip_udp_sock_process_read: SIP UDP Listener is DISABLED`;
}
