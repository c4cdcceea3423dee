/** Streams: how many messages a second are taken and judged, from one connection and from a hundred. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeCorpus } from "../corpus.mjs";
import { checkFound } from "./found.mjs";
import { outcomesOf, startListener } from "./listener.mjs";
import { loggen } from "./loggen.mjs";

const FIGURE = "400,000/s, none lost";

/** A row for each sender and number of connections; the best of the tries. */
export async function measureTcp({ folder, lines, planted, quick, peer, say }) {
  const rows = [];
  const total = quick ? 300_000 : 2_000_000;
  for (const connections of [1, 100]) {
    const files = writeFiles(folder, total, connections);
    const senders = { "a sender of large writes": (port) => stream(port, files) };
    if (peer)
      senders.loggen = (port) => loggen({ port, lines, connections, number: total / connections, seconds: 600 });
    for (const [sender, send] of Object.entries(senders)) {
      const one = await measure(folder, send);
      // Lines that `loggen` takes in turn for a hundred connections come in no order.
      const order = sender === "loggen" ? (connections === 1 ? planted : null) : files.flatMap((file) => file.reports);
      const alerts = order === null ? "" : `, ${checkFound(one.db, order, one.sent)} alerts as planted`;
      const name = connections === 1 ? "1 connection" : `${connections} connections`;
      const ours = `${Math.round(one.sent / one.seconds).toLocaleString("en")}/s, none lost`;
      say(
        `TCP, ${name}, ${sender}: ${ours}, ${one.cpu.toFixed(1)} s of processor time, ${Math.round(one.mib)} MiB${alerts}`,
      );
      rows.push({ what: `TCP, ${name}, ${sender}`, ours, peer: "", theirs: "", figure: FIGURE });
    }
  }
  return rows;
}

async function measure(folder, send) {
  const listener = await startListener({ folder, name: `tcp-${process.hrtime.bigint()}` });
  const began = performance.now();
  const { sent } = await send(listener.tcp);
  const { counters, cpu, mib, idle } = await listener.stop();
  const received = counters.received.tcp;
  if (received !== sent || outcomesOf(counters) !== sent || counters.outcomes.shed !== 0)
    throw new Error(`${sent} sent, ${received} received, ${outcomesOf(counters)} outcomes`);
  return { sent, cpu, mib, db: listener.db, seconds: (idle - began) / 1000 };
}

/** A file for each connection, each of routers of its own. */
function writeFiles(folder, total, count) {
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `stream-${count}-${i}.log`);
    const planted = writeCorpus(path, {
      lines: total / count,
      devices: 500 / count,
      seed: i + 1,
      storm: true,
      // No two connections use the same numbers: all are from one address, and lines without a name go by them.
      first: (i * 500) / count,
      domain: `.pop-${i}.backbone.example.net`,
    });
    // All of it is sent.
    return { path, lines: planted.lines, reports: planted.reports.map((report) => ({ ...report, line: 0 })) };
  });
}

/** Sends each file over a connection of its own, as fast as it is taken. */
async function stream(port, files) {
  await Promise.all(
    files.map(async ({ path }) => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      await pipeline(createReadStream(path, { highWaterMark: 65_536 }), socket.resume());
    }),
  );
  return { sent: files.reduce((sum, { lines }) => sum + lines, 0) };
}
