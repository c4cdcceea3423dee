/** Datagrams from a million addresses that are made up: memory is bounded, and a known router is still heard. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ordinary, outcomesOf, packetMemory, receivedBy, startReceiver, within } from "./support/receiver.mjs";

const SPOOF = fileURLToPath(new URL("./support/spoof.py", import.meta.url));

export async function run({ long, folder, say }) {
  const count = long ? 1_000_000 : 200_000;
  const alerts = [];
  const listen = '  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: [] }\n';
  const receiver = await startReceiver(folder, listen, (alert) => {
    // The listener itself has something to say of the flood, too.
    if (alert.device === "xr1") alerts.push({ ...alert, heard: performance.now() });
  });
  const port = receiver.port("udp");
  const router = createSocket("udp4");
  let sent = 0;
  const send = (line) =>
    new Promise((resolve) => router.send(line, port, "127.0.0.1", (error) => resolve(error === null && sent++)));
  for (let i = 1; i < 10; i++) await send(ordinary("xr1", i));
  await within(5, () => receivedBy(receiver.counters()) === 9);
  const before = receiver.mib();

  const forger = spawn("python3", [SPOOF, String(port), String(count), "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const began = performance.now();
  let forged = "";
  forger.stdout.on("data", (chunk) => {
    forged += chunk;
  });
  // While the flood lasts, the router reports its own; what the kernel drops of it is reported again a second later.
  await new Promise((resolve) => setTimeout(resolve, long ? 4_000 : 1_500));
  const reported = performance.now();
  const reports = (async () => {
    for (let first = 10; alerts.length === 0 && performance.now() - reported < 30_000; first += 6) {
      for (const line of packetMemory("xr1", first)) await send(line);
      await within(1, () => alerts.length > 0);
    }
  })();
  const [code] = await once(forger, "exit");
  const flood = (performance.now() - began) / 1_000;
  await reports;
  router.close();
  sent += Number(forged);
  let counters;
  const closes = await within(120, () => {
    counters = receiver.counters();
    return receivedBy(counters) + counters.kernelDrops === sent;
  });
  const grown = receiver.peak() - before;
  const stopped = await receiver.stop();
  const delay = alerts.length === 0 ? Number.POSITIVE_INFINITY : (alerts[0].heard - reported) / 1_000;
  say(JSON.stringify(stopped.counters));
  const { shed, devices } = stopped.counters;
  return [
    {
      promise: "made-up addresses take a bounded memory",
      figure: `${forged.trim()} addresses in ${flood.toFixed(1)} s: ${grown} MiB more at the most, ${devices} devices in memory`,
      ok: code === 0 && Number(forged) === count && grown <= 250 && devices <= 50_000,
    },
    {
      promise: "the alert of a known router is out within 5 s, amid made-up addresses",
      figure: `${delay.toFixed(2)} s, ${alerts[0]?.level} with ${alerts[0]?.confidence} confidence`,
      ok: delay <= 5 && alerts[0].level === "critical",
    },
    {
      promise: "every datagram of the flood is accounted for",
      figure: `${sent} sent = ${receivedBy(stopped.counters)} received + ${stopped.counters.kernelDrops} dropped by the kernel; shed: ${JSON.stringify(shed)}`,
      ok: closes && stopped.code === 0 && outcomesOf(stopped.counters) === receivedBy(stopped.counters),
    },
  ];
}
