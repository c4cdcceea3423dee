/** The ingest thread: sockets and framing; it never waits for rules, disk or the terminal. */
import { isIPv6 } from "node:net";
import { platform, setPriority } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { TelltaleError } from "../error.ts";
import type { Frame, Transport } from "../model.ts";
import { matchNetworks } from "../source/networks.ts";
import { listenHosts, parseListenAddress, type Source } from "../source/source.ts";
import { receiveTime } from "../source/steady.ts";
import { tcpSource } from "../source/stream.ts";
import { syslogServerSource } from "../source/syslog-server.ts";
import { receiveBufferHint, type UdpSource, udpSource } from "../source/udp.ts";
import { BATCH_BYTES, BATCH_MILLIS, BatchWriter } from "./batch.ts";
import type { Config } from "./config.ts";
import { toFailure } from "./failure.ts";
import type { BatchDone, FromIngest, Losses, LostUntil, ToEngineBatch, ToIngest } from "./messages.ts";
import { UnderWay } from "./under-way.ts";

/** How often the engine is told the time, and of losses, when nothing comes. */
const TICK_MILLIS = 100;
/** Of this thread alone, on Linux: a receiver that waits for a processor loses datagrams. */
const NICE = -10;

const control = parentPort!;
const engine = (workerData as { engine: MessagePort }).engine;
const sources: Source[] = [];
const batch = new BatchWriter();
let losses: Losses = [];
const underWay = new UnderWay();
let isPaused = false;
/** Whether what was received since the last batch has a time at which it goes. */
let isDue = false;
let lastSent = 0;
let allowed: (address: string) => boolean = () => true;

control.on("message", (message: ToIngest) => {
  if (message.kind === "start") start(message.config).catch(fail);
  else stop().catch(fail);
});
engine.on("message", (_: BatchDone) => {
  underWay.judged();
  if (!isPaused || underWay.tcpWaits) return;
  isPaused = false;
  for (const source of sources) source.resume();
});

async function start(config: Config): Promise<void> {
  goFirst();
  allowed = allowList(config.listen.allow);
  sources.push(...openSources(config));
  try {
    for (const source of sources) await source.start(receive);
  } catch (error) {
    await Promise.all(sources.map((source) => source.stop().catch(() => {})));
    throw error;
  }
  if (sources.length === 0) {
    const hint = "Name an address in listen.udp.addresses or listen.tcp.addresses, or with --udp or --tcp.";
    throw new TelltaleError("CONFIG_INVALID", "there is no address to listen on", hint);
  }
  // Time passes for the engine in order with what was received: it never goes ahead of messages that wait.
  setInterval(() => {
    if (underWay.isNothing && performance.now() - lastSent >= TICK_MILLIS) send();
  }, TICK_MILLIS).unref();
  const hints = sources.flatMap((source) => (isUdp(source) ? (receiveBufferHint(source.receiveBuffer()) ?? []) : []));
  say({ kind: "listening", addresses: sources.map((source) => source.address), hints: [...new Set(hints)] });
}

function openSources(config: Config): Source[] {
  const { udp, tcp, maxMessage } = config.listen;
  const each = (list: string[]) =>
    list.flatMap((text) => {
      const { host, port } = parseListenAddress(text, 5514);
      return listenHosts(host).map((one) => ({ host: one, port }));
    });
  const datagrams = each(udp.addresses)
    // The syslog-server package has one socket a process, and IPv4 only.
    .filter(({ host }, i, all) => udp.driver === "native" || !(isIPv6(host) && all.length > 1 && i > 0))
    .map(({ host, port }) =>
      udp.driver === "native"
        ? udpSource({ host, port, receiveBufferBytes: udp.receiveBuffer, maxBytes: maxMessage })
        : syslogServerSource({ host, port, maxBytes: maxMessage }),
    );
  const streams = each(tcp.addresses).map(({ host, port }) => tcpSource({ host, port, maxBytes: maxMessage }));
  return [...datagrams, ...streams];
}

function receive(frame: Frame): void {
  if (!allowed(frame.from)) lose("denied", frame.transport, frame.raw.length);
  else if (underWay.udpSheds && frame.transport === "udp") lose("shed", frame.transport, frame.raw.length);
  else batch.add(frame);
  if (batch.bytes >= BATCH_BYTES) send();
  else if (!isDue) sendWithin(lastSent + BATCH_MILLIS - performance.now());
}

/** After so many milliseconds, or at the end of this turn, with whatever else comes in it. */
function sendWithin(rest: number): void {
  isDue = true;
  if (rest <= 0) setImmediate(onDue);
  else setTimeout(onDue, rest);
}

/** While the engine is behind, small batches would only cost it more: they grow until they are full. */
function onDue(): void {
  isDue = false;
  if (batch.bytes === 0) return;
  if (!underWay.isBehind) send();
  else sendWithin(BATCH_MILLIS);
}

function send(): void {
  lastSent = performance.now();
  const frames = batch.take();
  const message: ToEngineBatch = { kind: "batch", frames, isBehind: underWay.isBehind, ...lostUntilNow() };
  underWay.sent(frames.byteLength);
  engine.postMessage(message, [frames]);
  if (isPaused || !underWay.tcpWaits) return;
  isPaused = true;
  for (const source of sources) source.pause();
}

async function stop(): Promise<void> {
  await Promise.all(sources.map((source) => source.stop()));
  if (batch.bytes > 0) send();
  dropsRead.at = Number.NEGATIVE_INFINITY;
  const message: ToEngineBatch = { kind: "end", ...lostUntilNow() };
  engine.postMessage(message);
  say({ kind: "stopped" });
}

function lose(outcome: "denied" | "shed", transport: Transport, bytes: number): void {
  let entry = losses.find((one) => one.outcome === outcome && one.transport === transport);
  if (entry === undefined) {
    entry = { outcome, transport, frames: 0, bytes: 0 };
    losses.push(entry);
  }
  entry.frames++;
  entry.bytes += bytes;
}

/** What was lost by now; what the engine was told of already is only in the totals. */
function lostUntilNow(): LostUntil {
  const taken = losses;
  losses = [];
  return { at: receiveTime(), losses: taken, kernelDrops: kernelDrops(), rejected: rejected() };
}

function rejected(): number {
  return sources.reduce((sum, source) => sum + (source.stats().rejected ?? 0), 0);
}

let dropsRead = { at: 0, drops: 0 };

/** Datagrams the kernel dropped, over all UDP sockets; read from /proc at most four times a second. */
function kernelDrops(): number {
  const now = performance.now();
  if (now - dropsRead.at < 250) return dropsRead.drops;
  const drops = sources.reduce((sum, source) => sum + (isUdp(source) ? (source.kernelDrops() ?? 0) : 0), 0);
  dropsRead = { at: now, drops: Math.max(drops, dropsRead.drops) };
  return dropsRead.drops;
}

function isUdp(source: Source): source is UdpSource {
  return "receiveBuffer" in source;
}

/** Goes before other work of the machine, where the system lets it (root, CAP_SYS_NICE). */
function goFirst(): void {
  if (platform() !== "linux") return;
  try {
    setPriority(NICE);
  } catch {}
}

/** An empty list lets everybody in. */
function allowList(networks: string[]): (address: string) => boolean {
  return networks.length === 0 ? () => true : matchNetworks(networks, "listen.allow");
}

function say(message: FromIngest): void {
  control.postMessage(message);
}

function fail(error: unknown): void {
  say({ kind: "failed", failure: toFailure(error) });
}
