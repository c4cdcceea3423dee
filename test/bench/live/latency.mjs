/** How long it takes from the datagram that completes a verdict to the alert, committed and printed. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { startListener, telltale } from "./listener.mjs";
import { loggen } from "./loggen.mjs";

const PROBES = 200;
/** Between two probes, in ms: an even number of them would meet every timer at the same phase. */
const PAUSE = 47;
const LOAD = 20_000;

/** Two rows: idle, and under load. */
export async function measureLatency({ folder, lines, quick, peer, say }) {
  const probes = quick ? 50 : PROBES;
  const rows = [];
  for (const [name, figure, rate] of [
    ["idle", "p99 10 ms", 0],
    [`at ${LOAD.toLocaleString("en")}/s`, "p99 50 ms", LOAD],
  ]) {
    if (rate > 0 && !peer) continue;
    const { times, lost } = await measure(folder, { probes, rate, lines });
    const ours = `p50 ${quantile(times, 0.5)} ms, p99 ${quantile(times, 0.99)} ms, most ${quantile(times, 1)} ms`;
    say(`latency ${name}: ${ours}; ${lost} datagrams lost`);
    rows.push({ what: `datagram to printed alert, ${name} (${probes} probes)`, ours, peer: "", theirs: "", figure });
  }
  return rows;
}

async function measure(folder, { probes, rate, lines }) {
  const waiting = new Map();
  const listener = await startListener({
    folder,
    name: `latency-${rate}`,
    alert: ({ device }) => waiting.get(device)?.(performance.now()),
  });
  const seconds = Math.ceil((probes * (PAUSE + 30)) / 1000) + 3;
  const load = rate > 0 ? loggen({ port: listener.udp, lines, rate, seconds }) : null;
  // What comes first finds cold code.
  await pause(1_500);
  const socket = createSocket("udp4");
  socket.connect(listener.udp, "127.0.0.1");
  await once(socket, "connect");
  const times = [];
  for (let i = -10; i < probes; i++) {
    const device = `xr-probe-${i + 10}`;
    const block = packetMemory(device);
    for (const line of block.slice(0, -1)) socket.send(line);
    await pause(PAUSE);
    const printed = new Promise((resolve, reject) => {
      waiting.set(device, resolve);
      setTimeout(() => reject(new Error(`no alert about ${device} within 10 s`)), 10_000).unref();
    });
    const sent = performance.now();
    socket.send(block.at(-1));
    const took = (await printed) - sent;
    if (i >= 0) times.push(took);
  }
  socket.close();
  await load;
  const { counters } = await listener.stop();
  const stored = telltale("alerts", "export", "--db", listener.db);
  for (let i = 0; i < probes + 10; i++)
    if (!stored.includes(`"xr-probe-${i}"`)) throw new Error(`the alert about xr-probe-${i} is not stored`);
  return { times: times.sort((a, b) => a - b), lost: counters.kernelDrops + counters.outcomes.shed };
}

/** A report of exhausted packet memory: with the last row, all that its head announces has come. */
function packetMemory(device) {
  const at = new Date().toISOString().slice(11, 23);
  const say = (pri, counter, text) =>
    `<${pri}>${counter}: ${device} RP/0/RSP0/CPU0:Mar  4 ${at} UTC: pakwatch[235]: ${text}`;
  return [
    say(186, 1, "%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV"),
    say(190, 2, "%PKT_INFRA-PAKWATCH-6-USER_INFO : Top 5 users of PAK FSV:"),
    say(190, 3, "%PKT_INFRA-PAKWATCH-6-INFO_HEAD : PROCESS NAME                    PID     COUNT"),
    say(190, 4, "%PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/ipsec_pp             540912      9984"),
    say(190, 5, "%PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/udp                  540892      16"),
    say(190, 6, "%PKT_INFRA-PAKWATCH-6-USER_INFO2 : Only 2 users found using PAK FSV."),
  ];
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
