/** rsyslog as a receiver of datagrams: imudp into a file, with the buffer that Telltale asks for. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createReadStream, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuOf, startProcess, untilIdle } from "./process.mjs";
import { findModules, findProgram } from "./programs.mjs";

const template = fileURLToPath(new URL("../peers/rsyslog.conf", import.meta.url));

/** Starts it; `stop` gives how many messages it wrote. */
export async function startRsyslog({ folder }) {
  const port = await freePort();
  const written = join(folder, "rsyslog.out");
  const config = join(folder, "rsyslog.conf");
  rmSync(written, { force: true });
  const text = readFileSync(template, "utf8").replaceAll("PORT", String(port)).replaceAll("WRITTEN", written);
  writeFileSync(config, text);
  const modules = findModules("rsyslog", "imudp.so");
  const args = ["-n", "-f", config, "-i", join(folder, "rsyslog.pid"), ...(modules === null ? [] : ["-M", modules])];
  const rsyslog = startProcess(findProgram("rsyslogd"), args);
  await Promise.race([untilBound(port), rsyslog.ended]);
  return {
    udp: port,
    async stop() {
      await untilIdle(rsyslog.pid);
      const cpu = cpuOf(rsyslog.pid);
      await rsyslog.stop();
      const received = await countLines(written);
      rmSync(written);
      return { received, cpu };
    },
  };
}

async function freePort() {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

async function untilBound(port) {
  const bound = `0100007F:${port.toString(16).padStart(4, "0").toUpperCase()}`;
  while (!readFileSync("/proc/net/udp", "latin1").includes(bound)) await new Promise((next) => setTimeout(next, 20));
}

async function countLines(path) {
  let count = 0;
  for await (const chunk of createReadStream(path)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  }
  return count;
}
