/** A long, even load: memory, descriptors, the log of the database and the disk stay flat. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { alarming, datagrams, ordinary } from "./support/lines.mjs";
import { ask, pause, startListener, telltale } from "./support/listener.mjs";

/** Messages sent every tenth of a second, of so many routers. */
const BURST = 500;
const ROUTERS = 200;
const MEGABYTE = 1024 ** 2;

export async function run({ long, folder, say }) {
  const minutes = long ? 15 : 0.75;
  const warmup = long ? 2 : 0.35;
  const db = join(folder, "t.db");
  const listener = await startListener(["--db", db, "--udp", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
  const sender = datagrams(listener.ports[0]);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 60_000;
  const samples = [];
  for (let round = 0; elapsed() < minutes; round++) {
    const next = started + round * 100;
    for (let i = 0; i < BURST; i++) {
      const n = round * BURST + i;
      // Now and then a router repeats what it has an alert about already.
      await sender.send(i === 0 ? alarming(`r${round % ROUTERS}`, n) : ordinary(`r${n % ROUTERS}`, n));
    }
    if (round % 50 === 49) samples.push({ at: elapsed(), ...(await figures(listener, db)) });
    if (round % 600 === 599) say(JSON.stringify(samples.at(-1)));
    await pause(Math.max(0, next + 100 - performance.now()));
  }
  sender.close();
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
  const steady = samples.filter(({ at }) => at >= warmup);
  const [first, last] = [steady.slice(0, 3), steady.slice(-3)];
  const grown = (name) => mean(last, name) - mean(first, name);
  const most = (name) => Math.max(...steady.map((one) => one[name]));
  const allowed = long ? 20 : 60;
  return {
    promise: "under an even load memory, descriptors, log and disk stay flat",
    figure:
      `${minutes} min, ${sender.sent} messages, ${stats.kernelDrops} lost; after ${warmup} min: memory ${signed(grown("rss") / MEGABYTE)} MB of ${Math.round(most("rss") / MEGABYTE)} MB, ` +
      `descriptors ${signed(grown("descriptors"))}, log at most ${(most("wal") / MEGABYTE).toFixed(1)} MB, database ${signed(grown("file") / MEGABYTE)} MB of ${(most("file") / MEGABYTE).toFixed(1)} MB`,
    ok:
      code === 0 &&
      grown("rss") < allowed * MEGABYTE &&
      most("rss") < 512 * MEGABYTE &&
      Math.abs(grown("descriptors")) <= 5 &&
      most("wal") <= 64 * MEGABYTE &&
      grown("file") <= 0.05 * most("file") + MEGABYTE &&
      sender.sent === stats.received.udp + stats.kernelDrops,
  };
}

async function figures(listener, db) {
  const { text } = await ask(listener, "/metrics");
  const value = (name) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1),
    );
  return {
    rss: value("process_resident_memory_bytes"),
    descriptors: readdirSync(`/proc/${listener.child.pid}/fd`).length,
    wal: statSync(`${db}-wal`).size,
    file: statSync(db).size,
  };
}

function mean(samples, name) {
  return samples.reduce((sum, one) => sum + one[name], 0) / samples.length;
}

function signed(number) {
  return `${number >= 0 ? "+" : ""}${Math.round(number * 10) / 10}`;
}
