/** Queries while a listener writes: always answered, and the log of the database stays short. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { alarming, datagrams, ordinary } from "./support/lines.mjs";
import { pause, startListener, telltale } from "./support/listener.mjs";

const READERS = 4;
const QUERIES = [
  ["alerts", "list", "--json"],
  ["devices", "list", "--json"],
  ["stats", "--json"],
  ["alerts", "export"],
  ["alerts", "stats", "--json"],
];

export async function run({ long, folder, say }) {
  const seconds = long ? 60 : 12;
  const db = join(folder, "t.db");
  const listener = await startListener(["--db", db, "--udp", "127.0.0.1:0"]);
  const sender = datagrams(listener.ports[0]);
  const end = performance.now() + seconds * 1_000;
  const failures = [];
  let answered = 0;
  let longest = 0;
  const readers = Array.from({ length: READERS }, async (_, i) => {
    for (let n = i; performance.now() < end; n++) {
      const query = QUERIES[n % QUERIES.length];
      const { code, stderr } = await telltale([...query, "--db", db]);
      if (code === 0) answered++;
      else failures.push(`${query.join(" ")}: exit ${code}: ${stderr}`);
    }
  });
  for (let n = 0; performance.now() < end; n++) {
    for (let i = 0; i < 100; i++) await sender.send(ordinary(`r${i}`, n));
    if (n % 2 === 0) await sender.send(alarming(`q${n}`));
    longest = Math.max(longest, statSync(`${db}-wal`).size);
    await pause(20);
  }
  await Promise.all(readers);
  const second = await telltale(["listen", "--db", db, "--udp", "127.0.0.1:0"]);
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  sender.close();
  for (const failure of failures.slice(0, 3)) say(failure);
  return {
    promise: "queries are answered while a listener writes; a second listener is refused",
    figure: `${answered} queries by ${READERS} readers in ${seconds} s, ${failures.length} failed; log at most ${(longest / 1024 ** 2).toFixed(1)} MB; second listener: exit ${second.code}`,
    ok: failures.length === 0 && answered > 10 && longest <= 64 * 1024 ** 2 && second.code === 75 && code === 0,
  };
}
