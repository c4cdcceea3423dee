/** Datagrams at given rates and at the sender's full rate: how many are lost, and whether each lost one is counted. */

import { checkFound } from "./found.mjs";
import { outcomesOf, startListener } from "./listener.mjs";
import { FULL_RATE, loggen } from "./loggen.mjs";
import { startRsyslog } from "./rsyslog.mjs";

const LOADS = [
  { rate: 20_000, seconds: 60, figure: "none lost" },
  { rate: 50_000, seconds: 30, figure: "none lost" },
  { rate: 100_000, seconds: 20, figure: "no more than the other" },
  { rate: FULL_RATE, seconds: 15, figure: "no more than the other" },
];
const TRIES = 3;

/** One row for each rate; the best of up to three tries, which end with one that loses nothing. */
export async function measureUdp({ folder, lines, planted, quick, peer, say }) {
  const rows = [];
  for (const { rate, seconds, figure } of LOADS) {
    const load = { rate, lines, seconds: quick ? Math.min(seconds, 5) : seconds };
    const tries = quick ? 1 : TRIES;
    const ours = await best(tries, () => ourLoss(folder, load, planted), say, "telltale");
    const theirs = peer ? await best(tries, () => rsyslogLoss(folder, load), say, "rsyslog") : null;
    const name = rate === FULL_RATE ? "full rate" : `${rate.toLocaleString("en")}/s`;
    rows.push({
      what: `UDP, ${name} for ${load.seconds} s (${pace(ours)}/s came)`,
      ours: lossOf(ours),
      peer: theirs === null ? "" : `rsyslog (${pace(theirs)}/s came)`,
      theirs: theirs === null ? "" : lossOf(theirs),
      figure,
    });
  }
  return rows;
}

async function ourLoss(folder, load, planted) {
  const listener = await startListener({ folder, name: `udp-${process.hrtime.bigint()}` });
  const { sent, seconds } = await loggen({ ...load, port: listener.udp });
  const { counters, cpu, mib } = await listener.stop();
  const received = counters.received.udp;
  const { shed } = counters.outcomes;
  if (received + counters.kernelDrops !== sent)
    throw new Error(`${sent} sent, ${received} received and ${counters.kernelDrops} dropped by the kernel`);
  if (outcomesOf(counters) !== received) throw new Error(`${received} received, ${outcomesOf(counters)} outcomes`);
  const lost = counters.kernelDrops + shed;
  const alerts = lost === 0 ? `, ${checkFound(listener.db, planted, sent)} alerts as planted` : "";
  return {
    sent,
    seconds,
    lost,
    cpu,
    detail: `kernel ${counters.kernelDrops}, shed ${shed}, ${Math.round(mib)} MiB${alerts}`,
  };
}

async function rsyslogLoss(folder, load) {
  const rsyslog = await startRsyslog({ folder });
  const { sent, seconds } = await loggen({ ...load, port: rsyslog.udp });
  const { received, cpu } = await rsyslog.stop();
  return { sent, seconds, lost: sent - received, cpu, detail: "" };
}

async function best(tries, measure, say, name) {
  let found = null;
  for (let i = 0; i < tries && found?.lost !== 0; i++) {
    const one = await measure();
    say(
      `${name}: ${one.sent} datagrams, ${pace(one)}/s, ${lossOf(one)}, ${one.cpu.toFixed(1)} s of processor time ${one.detail}`,
    );
    if (found === null || one.lost < found.lost) found = one;
  }
  return found;
}

function lossOf({ lost, sent }) {
  if (lost === 0) return "none lost";
  return `${lost.toLocaleString("en")} lost (${((100 * lost) / sent).toFixed(2)} %), all counted`;
}

function pace({ sent, seconds }) {
  return Math.round(sent / seconds).toLocaleString("en");
}
