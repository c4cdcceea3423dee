/** Measures the UDP drivers against each other on loopback: `node test/bench/udp-drivers.mjs`; about one minute. */
import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import SyslogServer from "syslog-server";

const SECONDS = 3;
const RATES = [20_000, 50_000, 100_000, 1_000_000];
const LINE = Buffer.from(
  "<189>35: edge-1: *Feb 21 2020 10:00:00.000 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/1, changed state to up".padEnd(
    200,
    " ",
  ),
);

if (process.argv[2] === "send") await send(Number(process.argv[3]), Number(process.argv[4]));
else await measure();

/** The sender, a process of its own: as evenly as the event loop allows, or as fast as it can. */
async function send(port, rate) {
  const socket = createSocket({ type: "udp4", sendBufferSize: 1 << 20 });
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  const begin = performance.now();
  let sent = 0;
  for (;;) {
    const elapsed = performance.now() - begin;
    if (elapsed > SECONDS * 1000) break;
    const due = Math.min((elapsed * rate) / 1000, sent + 200);
    for (; sent < due; sent++) socket.send(LINE);
    await new Promise((next) => setImmediate(next));
  }
  await new Promise((next) => socket.close(next));
  process.send({ sent, seconds: (performance.now() - begin) / 1000 });
  process.disconnect();
}

/** A driver, built as the program is. */
async function load(name) {
  const path = (of) => fileURLToPath(new URL(`../../${of}`, import.meta.url));
  const file = path(`dist/bench/${name}.js`);
  await build({ input: path(`src/source/${name}.ts`), platform: "node", external: "syslog-server", output: { file } });
  return import(file);
}

async function measure() {
  const { udpSource } = await load("udp");
  const { syslogServerSource } = await load("syslog-server");
  const here = { host: "127.0.0.1", port: 0 };
  const drivers = {
    "native, 8 MiB asked": () => udpSource(here),
    "native, default buffer": () => udpSource({ ...here, receiveBufferBytes: 0 }),
    "syslog-server": () => syslogServerSource(here),
  };
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${LINE.length}-byte datagrams, ${SECONDS} s each, loopback`,
  );

  for (const [stall, rates] of [
    [0, RATES],
    [200, [20_000]],
  ]) {
    for (const rate of rates) {
      for (const [name, make] of Object.entries(drivers)) {
        const result = await share(make(), rate, stall);
        console.log(`${name.padEnd(24)} ${stall ? `stalled ${stall} ms a second, ` : ""}${result}`);
      }
    }
  }

  console.log(`\nbusy port    native: ${await busy((port) => udpSource({ ...here, port }))}`);
  console.log(
    `busy port    syslog-server behind its fence: ${await busy((port) => syslogServerSource({ ...here, port }))}`,
  );
  console.log(`busy port    syslog-server alone: ${await busyAlone()}`);
  console.log(
    `bytes kept   native: ${await bytesKept(udpSource(here))}, syslog-server: ${await bytesKept(syslogServerSource(here))}`,
  );
  console.log(
    `IPv6         native: ${await starts(udpSource({ host: "::1", port: 0 }))}, syslog-server: ${await starts(syslogServerSource({ host: "::1", port: 0 }))}`,
  );
}

async function share(source, rate, stall) {
  let received = 0;
  await source.start(() => received++);
  const port = Number(new URL(source.address.replace("udp:", "http:")).port);
  const sender = fork(fileURLToPath(import.meta.url), ["send", String(port), String(rate)]);
  const staller = stall > 0 ? setInterval(() => block(stall), 1000) : undefined;
  const [{ sent, seconds }] = await once(sender, "message");
  clearInterval(staller);
  for (let before = -1; before !== received; ) {
    before = received;
    await wait(300);
  }
  const dropped = source.kernelDrops?.() ?? null;
  const buffer = source.receiveBuffer?.().effective ?? null;
  await source.stop();
  const closes =
    dropped === null
      ? ""
      : `, kernel drops ${dropped} (${received + dropped === sent ? "accounts for all" : "does not account for all"})`;
  return `${Math.round(sent / seconds)}/s sent, ${((100 * received) / sent).toFixed(2)} % received${closes}${buffer === null ? "" : `, buffer ${buffer}`}`;
}

/** What a synchronous commit on the same thread does. */
function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function busy(make) {
  const holder = createSocket("udp4").bind(0, "127.0.0.1");
  await once(holder, "listening");
  const begin = performance.now();
  const outcome = await make(holder.address().port)
    .start(() => {})
    .then(
      () => "started",
      (error) => error.code,
    );
  await new Promise((next) => holder.close(next));
  return `${outcome} after ${(performance.now() - begin).toFixed(1)} ms`;
}

async function busyAlone() {
  const holder = createSocket("udp4").bind(0, "127.0.0.1");
  await once(holder, "listening");
  const server = new SyslogServer();
  server.on("error", () => {});
  const outcome = await Promise.race([
    server.start({ ...{ address: "127.0.0.1", exclusive: true }, port: holder.address().port }).then(
      () => "started",
      () => "refused",
    ),
    wait(2000, "not settled after 2 s"),
  ]);
  await server.stop();
  await new Promise((next) => holder.close(next));
  return outcome;
}

async function bytesKept(source) {
  const frames = [];
  await source.start((frame) => frames.push(frame.raw));
  const port = Number(new URL(source.address.replace("udp:", "http:")).port);
  const socket = createSocket("udp4");
  for (let byte = 0; byte < 256; byte++) {
    await new Promise((next) => socket.send(Uint8Array.of(byte), port, "127.0.0.1", next));
  }
  await wait(200);
  await new Promise((next) => socket.close(next));
  await source.stop();
  return `${frames.filter((raw, byte) => raw.length === 1 && raw[0] === byte).length} of 256`;
}

async function starts(source) {
  const outcome = await source
    .start(() => {})
    .then(
      () => "listens",
      (error) => error.code,
    );
  await source.stop();
  return outcome;
}
