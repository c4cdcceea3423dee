/** SIGTERM under load, again and again on one database: what was read is judged and counted, and the end comes soon. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { faultsOf } from "./support/database.mjs";
import { alarming, datagrams, ordinary } from "./support/lines.mjs";
import { pause, startListener, telltale } from "./support/listener.mjs";
import { seeded } from "./support/random.mjs";

const BURST = 50;

export async function run({ long, folder, say }) {
  const rounds = long ? 100 : 5;
  const random = seeded(say);
  const db = join(folder, "t.db");
  // An output that hangs must not hold the end up.
  const tarpit = createServer((socket) => socket.on("error", () => {}).resume());
  tarpit.listen(0, "127.0.0.1");
  await once(tarpit, "listening");
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `db: ${db}\nlisten: { udp: { addresses: ["127.0.0.1:0"] }, tcp: { addresses: [] } }\n` +
      `outputs: { hung: { type: webhook, url: "http://127.0.0.1:${tarpit.address().port}/", allowHttp: true, networks: [127.0.0.1] } }\n`,
  );
  const alerts = new Set();
  const problems = [];
  let slowest = 0;
  let [received, lost] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const listener = await startListener(["--config", config], { alert: ({ device }) => alerts.add(device) });
    const sender = datagrams(listener.ports[0]);
    await sender.send(alarming(`r${round}`));
    const load = { on: true };
    const loading = (async () => {
      for (let n = 0; load.on; n++) {
        await Promise.all(Array.from({ length: BURST }, (_, i) => sender.send(ordinary(`q${i}`, n))));
        await pause(5);
      }
    })();
    await pause(200 + random() * 1_000);
    load.on = false;
    await loading;
    await Promise.all(Array.from({ length: 40 * BURST }, (_, i) => sender.send(ordinary(`q${i % BURST}`, i))));
    const asked = performance.now();
    listener.child.kill("SIGTERM");
    const { code } = await Promise.race([listener.ended, pause(20_000).then(() => ({ code: "none" }))]);
    slowest = Math.max(slowest, (performance.now() - asked) / 1_000);
    sender.close();
    if (code !== 0) problems.push(`round ${round}: exit ${code}: ${listener.stderr()}`);
    const counters = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
    const outcomes = Object.values(counters.outcomes).reduce((sum, n) => sum + n, 0);
    if (outcomes !== counters.received.udp)
      problems.push(`round ${round}: ${counters.received.udp} received, ${outcomes} accounted for`);
    // What the system had taken when the signal came is read to its end.
    const missing = sender.sent - (counters.received.udp - received) - (counters.kernelDrops - lost);
    if (missing !== 0) problems.push(`round ${round}: ${missing} of ${sender.sent} were neither read nor dropped`);
    received = counters.received.udp;
    lost = counters.kernelDrops;
  }
  tarpit.close();
  problems.push(...faultsOf(db));
  for (const problem of problems) say(problem);
  const missing = rounds - [...alerts].filter((device) => device.startsWith("r")).length;
  return {
    promise: "a stop under load accounts for every message that was read, within 10 s",
    figure: `${rounds} stops, ${received} messages read, ${lost} dropped by the kernel; ${missing} alerts missing; slowest ${slowest.toFixed(1)} s beside an output that hangs; ${problems.length} problems`,
    ok: problems.length === 0 && missing === 0 && slowest < 10,
  };
}
