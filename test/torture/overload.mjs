/** More datagrams than can be read: each one sent was received or dropped by the kernel, each one received ended once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { datagrams, ordinary } from "./support/lines.mjs";
import { ask, pause, startListener, telltale, until } from "./support/listener.mjs";

/** A sender in a process of its own, as fast as it can; prints how many datagrams the system took. */
const SENDER = `
  const [, port, seconds, batch] = process.argv.map(Number);
  const socket = require("dgram").createSocket("udp4");
  const line = (n) => Buffer.from("<189>" + n + ": r" + (n % 50) + ": *Nov  2 11:36:47.691: %LINK-3-UPDOWN: Interface Gi0/" + (n % 48) + ", changed state to up");
  let sent = 0;
  socket.bind(0, "127.0.0.1", () => socket.connect(port, "127.0.0.1", () => {
    socket.setSendBufferSize(4194304);
    const end = Date.now() + seconds * 1000;
    let n = 0;
    const round = () => {
      if (Date.now() >= end) return void socket.close(() => process.stdout.write(String(sent)));
      let left = batch;
      for (let i = 0; i < batch; i++) socket.send(line(n++), (error) => {
        if (error === null) sent++;
        if (--left === 0) setImmediate(round);
      });
    };
    round();
  }));`;

export async function run({ long, folder, say }) {
  const seconds = long ? 20 : 5;
  const config = join(folder, "config.yaml");
  const db = join(folder, "t.db");
  // A small buffer, so that there is an overload on any machine.
  writeFileSync(
    config,
    `listen: { udp: { addresses: ["127.0.0.1:0"], receiveBuffer: 65536 }, tcp: { addresses: [] } }\n`,
  );
  let warned = null;
  const listener = await startListener(["--config", config, "--db", db, "--http", "127.0.0.1:0"], {
    alert: ({ rule, details }) => {
      if (rule === "collector-losing") warned ??= { at: performance.now(), details };
    },
  });
  const started = performance.now();
  const senders = [1, 2].map(() =>
    spawn(process.execPath, ["-e", SENDER, listener.ports[0], seconds, 500], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  const counts = await Promise.all(senders.map(output));
  let sent = counts.reduce((sum, text) => sum + Number(text), 0);
  await until("an alert says that this machine loses messages", () => warned, 15).catch(() => {});
  await settled(listener);

  // Back to no loss at all as soon as there is room again.
  const before = await figures(listener);
  await pause(1_000);
  const calm = datagrams(listener.ports[0]);
  for (let n = 0; n < 500; n++) {
    await calm.send(ordinary("calm", n));
    if (n % 20 === 19) await pause(10);
  }
  sent += calm.sent;
  calm.close();
  await until(
    "what was sent in calm is received",
    async () => (await figures(listener)).received >= before.received + 500,
    10,
  ).catch(() => {});
  const after = await figures(listener);
  listener.child.kill("SIGTERM");
  await listener.ended;
  const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
  const received = stats.received.udp;
  const outcomes = Object.values(stats.outcomes).reduce((sum, n) => sum + n, 0);
  const lost = stats.kernelDrops;
  say(
    `the alert: ${JSON.stringify(warned?.details)} after ${warned === null ? "never" : Math.round((warned.at - started) / 100) / 10} s`,
  );
  const soon = warned !== null && warned.at - started < 10_000;
  return [
    {
      promise: "conservation: sent = received + dropped by the kernel; received = sum of outcomes",
      figure: `${sent} sent in ${seconds} s = ${received} received + ${lost} dropped (difference ${sent - received - lost}); outcomes ${outcomes}; ${stats.outcomes.shed} shed`,
      ok: sent === received + lost && received === outcomes && lost > 0,
    },
    {
      promise: "a loss raises an alert within 10 s, and ends with the overload",
      figure: `alert after ${warned === null ? "never" : ((warned.at - started) / 1_000).toFixed(1)} s; ${after.dropped - before.dropped} lost of 500 sent a second later`,
      ok: soon && after.dropped === before.dropped,
    },
  ];
}

async function output(child) {
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  return text;
}

/** Waits until nothing more is counted. */
async function settled(listener) {
  let last = -1;
  await until(
    "everything is judged",
    async () => {
      const { received, dropped } = await figures(listener);
      const now = received + dropped;
      const same = now === last;
      last = now;
      await pause(1_200);
      return same;
    },
    60,
  );
}

async function figures(listener) {
  const { text } = await ask(listener, "/metrics");
  const value = (name) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1),
    );
  return {
    received: value('telltale_events_received_total{transport="udp"}'),
    dropped: value('telltale_events_dropped_total{reason="kernel"}'),
  };
}
