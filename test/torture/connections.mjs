/** Ten thousand connections, two thousand with TLS, clients that drip, garbage for handshakes: held, cut, counted. */
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { createCertificates } from "./support/certificates.mjs";
import { alarming, ordinary, outcomesOf, receivedBy, startReceiver, within } from "./support/receiver.mjs";

const LIMITS = "  connections: { perAddress: 20000, message: 5s }\n";

export async function run({ long, folder, say }) {
  const results = [];
  for (const part of [manyTcp, manyTls, drips, garbage]) {
    const own = join(folder, part.name);
    mkdirSync(own);
    results.push(...(await part({ long, folder: own, say })));
  }
  return results;
}

async function manyTcp({ long, folder }) {
  const count = long ? 10_000 : 2_000;
  const receiver = await startReceiver(
    folder,
    `${LIMITS}  udp: { addresses: [] }\n  tcp: { addresses: ["127.0.0.1:0"] }\n`,
  );
  const before = receiver.descriptors();
  const port = receiver.port("tcp");
  const sockets = await open(count, (i) => connect({ port, host: "127.0.0.1", localAddress: local(i) }), "connect");
  for (const [i, socket] of sockets.entries())
    socket.write(Array.from({ length: 10 }, (_, n) => `${ordinary(`r${i}`, n + 1)}\n`).join(""));
  const counted = await within(120, () => receivedBy(receiver.counters()) === count * 10);
  const [mib, held] = [receiver.mib(), receiver.descriptors() - before];
  for (const socket of sockets) socket.destroy();
  const freed = await within(30, () => receiver.descriptors() <= before + 5);
  const { code, counters } = await receiver.stop();
  return [
    {
      promise: "thousands of TCP connections at once are held, and each of their messages is judged",
      figure: `${held} held, ${receivedBy(counters)} messages of ${count * 10}, ${mib} MiB, ${freed ? "all" : "not all"} descriptors free again`,
      ok: counted && freed && code === 0 && held === count && mib <= 450 && outcomesOf(counters) === count * 10,
    },
  ];
}

async function manyTls({ long, folder }) {
  const count = long ? 2_000 : 400;
  const made = createCertificates(folder);
  const receiver = await startReceiver(folder, `${LIMITS}${tlsPart(made)}`);
  const before = receiver.descriptors();
  const port = receiver.port("tls");
  const dial = (i) =>
    connectTls({
      port,
      host: "127.0.0.1",
      localAddress: local(i),
      ca: made.ca,
      ...made.client,
      servername: "localhost",
    });
  const began = performance.now();
  const sockets = await open(count, dial, "secureConnect", 50);
  const seconds = (performance.now() - began) / 1_000;
  for (const [i, socket] of sockets.entries()) {
    const lines = Array.from({ length: 10 }, (_, n) => ordinary(`r${i}`, n + 1));
    socket.write(lines.map((line) => `${line.length} ${line}`).join(""));
  }
  const counted = await within(120, () => receivedBy(receiver.counters()) === count * 10);
  const [mib, held] = [receiver.mib(), receiver.descriptors() - before];
  for (const socket of sockets) socket.destroy();
  const freed = await within(30, () => receiver.descriptors() <= before + 5);
  const { code, counters } = await receiver.stop();
  return [
    {
      promise: "thousands of TLS connections at once are held, and each of their messages is judged",
      figure: `${held} held after ${seconds.toFixed(1)} s, ${receivedBy(counters)} messages of ${count * 10}, ${mib} MiB, ${freed ? "all" : "not all"} descriptors free again`,
      ok: counted && freed && code === 0 && held === count && mib <= 450 && outcomesOf(counters) === count * 10,
    },
  ];
}

/** Clients that send a byte a second, and one that is honest. */
async function drips({ long, folder, say }) {
  const count = long ? 2_000 : 500;
  const alerts = new Map();
  const receiver = await startReceiver(
    folder,
    `${LIMITS}  udp: { addresses: [] }\n  tcp: { addresses: ["127.0.0.1:0"] }\n`,
    (alert) => alerts.set(alert.device, performance.now()),
  );
  const port = receiver.port("tcp");
  let cut = 0;
  const sockets = await open(count, (i) => connect({ port, host: "127.0.0.1", localAddress: local(i) }), "connect");
  for (const socket of sockets) socket.once("close", () => cut++);
  const dripping = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write("x");
  }, 1_000);
  const honest = connect(port, "127.0.0.1");
  const sent = new Map();
  for (let i = 0; i < 50; i++) {
    sent.set(`honest${i}`, performance.now());
    honest.write(`${alarming(`honest${i}`)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const heard = await within(20, () => alerts.size >= 50);
  const allCut = await within(20, () => cut === count);
  clearInterval(dripping);
  honest.end();
  const { code, counters } = await receiver.stop();
  const delays = [...sent]
    .map(([device, at]) => (alerts.get(device) ?? Number.POSITIVE_INFINITY) - at)
    .sort((a, b) => a - b);
  say(JSON.stringify(counters));
  const slow = counters.shed["connections.message-too-slow"] ?? 0;
  return [
    {
      promise: "clients that drip are cut at the deadline, and an honest one is heard meanwhile",
      figure: `${cut} of ${count} cut, ${slow} counted; alerts of the honest one after ${Math.round(delays[49])} ms at the most`,
      ok: heard && allCut && code === 0 && slow === count && delays[49] < 1_000,
    },
  ];
}

/** Handshakes that are none. */
async function garbage({ long, folder }) {
  const count = long ? 10_000 : 1_000;
  const made = createCertificates(folder);
  const receiver = await startReceiver(folder, `${LIMITS}${tlsPart(made)}`);
  const before = receiver.descriptors();
  const port = receiver.port("tls");
  const hello = Buffer.from("1603010200010001fc0303", "hex");
  for (let done = 0; done < count; done += 100) {
    const sockets = await open(100, (i) => connect({ port, host: "127.0.0.1", localAddress: local(i) }), "connect");
    for (const [i, socket] of sockets.entries()) {
      const bytes = Buffer.concat([hello, Buffer.alloc(i * 7, (done + i) % 256)]);
      bytes[i % bytes.length] ^= done & 255;
      socket.write(bytes);
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.end();
    }
  }
  const refused = ({ shed }) =>
    Object.entries(shed).reduce((sum, [name, n]) => sum + (name.startsWith("connections.") ? n : 0), 0);
  const counted = await within(60, () => refused(receiver.counters()) === count);
  const freed = await within(30, () => receiver.descriptors() <= before + 5);
  let alive = false;
  const socket = connectTls({ port, ca: made.ca, ...made.client, servername: "localhost" }, () =>
    socket.end(`${ordinary("r1", 1)}\n`),
  );
  alive = await within(10, () => receivedBy(receiver.counters()) === 1);
  const { code, counters } = await receiver.stop();
  return [
    {
      promise: "handshakes that are garbage, cut or reset are counted, leave nothing behind and harm nobody",
      figure: `${refused(counters)} of ${count} counted, ${freed ? "all" : "not all"} descriptors free again, ${alive ? "still heard" : "deaf"}`,
      ok: counted && freed && alive && code === 0,
    },
  ];
}

function tlsPart({ files }) {
  return `  udp: { addresses: [] }\n  tcp: { addresses: [] }\n  tls: { addresses: ["127.0.0.1:0"], certificate: ${files.certificate}, key: ${files.key}, ca: ${files.ca} }\n`;
}

/** Opens connections, so many at a time; gives them once all stand. */
async function open(count, dial, event, atOnce = 200) {
  const sockets = [];
  while (sockets.length < count) {
    const next = Array.from({ length: Math.min(atOnce, count - sockets.length) }, (_, i) => dial(sockets.length + i));
    for (const socket of next) socket.on("error", () => {});
    await Promise.all(
      next.map((socket) => new Promise((resolve) => socket.once(event, resolve).once("close", resolve))),
    );
    sockets.push(...next);
  }
  return sockets;
}

/** Addresses that connections are spread over: each has ports of its own. */
function local(i) {
  return `127.0.1.${1 + (i % 200)}`;
}
