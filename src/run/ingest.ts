/** The ingest thread: sockets and framing; it never waits for rules, disk or the terminal. */
import { platform, setPriority } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { TelltaleError } from "../error.ts";
import type { Frame } from "../model.ts";
import { matchNetworks } from "../source/networks.ts";
import { openFilesHint } from "../source/open-files.ts";
import { readPin } from "../source/pin.ts";
import type { Source } from "../source/source.ts";
import { receiveTime } from "../source/steady.ts";
import { receiveBufferHint, type UdpSource } from "../source/udp.ts";
import { BATCH_BYTES, BATCH_MILLIS, BatchWriter } from "./batch.ts";
import { Certificates, readValid } from "./certificates.ts";
import type { Config } from "./config.ts";
import { toFailure } from "./failure.ts";
import { Gate } from "./gate.ts";
import { countLoss, refusedBy } from "./losses.ts";
import type { FromIngest, Losses, LostUntil, ToEngineBatch, ToIngest } from "./messages.ts";
import { Prepared } from "./prepared.ts";
import { doorOf, limitsOf, type Opened, openSources, policyOf, tlsFiles } from "./sources.ts";
import { UnderWay } from "./under-way.ts";

/** How often the engine is told the time, and of losses, when nothing comes. */
const TICK_MILLIS = 100;
/** How often it is looked whether senders over TCP may go on. */
const RESUME_MILLIS = 5;
/** Of this thread alone, on Linux: a receiver that waits for a processor loses datagrams. */
const NICE = -10;

const control = parentPort!;
const { engine, judged } = workerData as { engine: MessagePort; judged: Int32Array };
const sources: Source[] = [];
const batch = new BatchWriter();
let losses: Losses = [];
const underWay = new UnderWay(judged);
let isPaused = false;
/** Whether what was received since the last batch has a time at which it goes. */
let isDue = false;
let lastSent = 0;
let allowed: (address: string) => boolean = () => true;
let gate: Gate;
let door: Opened["door"];
let certificates: Certificates | null = null;
const reconfiguring = new Prepared(prepare, say);

control.on("message", (message: ToIngest) => {
  if (message.kind === "start") start(message).catch(fail);
  else if (message.kind === "familiar") gate.know(message.addresses);
  else if (message.kind === "stop") stop().catch(fail);
  else reconfiguring.hear(message);
});

async function start({ config: { listen }, inherited }: ToIngest & { kind: "start" }): Promise<void> {
  goFirst();
  allowed = allowList(listen.allow);
  const { perAddress, burst } = listen.rate;
  const onFlood = (count: number) => say({ kind: "warning", text: FLOODED(count) });
  gate = new Gate({ rate: perAddress, burst, onFlood });
  const opened = openSources(listen, (address) => allowed(address), inherited);
  sources.push(...opened.sources);
  door = opened.door;
  try {
    for (const source of sources) await source.start(receive);
  } catch (error) {
    await Promise.all(sources.map((source) => source.stop().catch(() => {})));
    throw error;
  }
  if (sources.length === 0) {
    const hint = "Name an address in listen.udp, listen.tcp or listen.tls, or with --udp, --tcp or --tls.";
    throw new TelltaleError("CONFIG_INVALID", "there is no address to listen on", hint);
  }
  // Time passes for the engine in order with what was received: it never goes ahead of messages that wait.
  setInterval(() => {
    look();
    if (underWay.isNothing && performance.now() - lastSent >= TICK_MILLIS) send();
  }, TICK_MILLIS).unref();
  const files = tlsFiles(listen);
  if (opened.tls.length > 0 && files !== null)
    certificates = new Certificates(files, opened.tls, (kind, text) => say({ kind, text }));
  const hints = sources.flatMap((source) => (isUdp(source) ? (receiveBufferHint(source.receiveBuffer()) ?? []) : []));
  const streams = sources.some((source) => source.stats().connections !== undefined);
  for (const hint of [opened.pair?.hint, streams ? openFilesHint(listen.connections.max) : null])
    if (hint != null) hints.push(hint);
  say({ kind: "listening", addresses: sources.map((source) => source.address), hints: [...new Set(hints)] });
}

/** What puts another configuration in force. Throws CONFIG_INVALID, NO_PERMISSION. */
function prepare({ listen }: Config): () => void {
  const allows = allowList(listen.allow);
  const files = certificates === null ? null : tlsFiles(listen);
  const pair = files === null ? null : readValid(files);
  for (const pin of listen.tls.clients) readPin(pin, "listen.tls.clients");
  return () => {
    allowed = allows;
    gate.limit(listen.rate.perAddress, listen.rate.burst);
    door.limit(doorOf(listen, allows));
    for (const source of sources) source.limit?.(limitsOf(listen));
    if (files !== null && pair !== null) certificates?.use(files, pair, policyOf(listen));
  };
}

function receive(frame: Frame): void {
  // Connections from elsewhere were not let in.
  if (frame.transport === "udp" && !allowed(frame.from)) countLoss(losses, "denied", "denied", frame);
  else {
    const reason = gate.refuses(frame);
    if (reason === null) batch.add(frame);
    else countLoss(losses, "shed", reason, frame);
  }
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
  look();
  if (batch.bytes === 0) return;
  if (!underWay.isBehind) send();
  else sendWithin(BATCH_MILLIS);
}

function send(): void {
  look();
  lastSent = performance.now();
  const frames = batch.take();
  const message: ToEngineBatch = { kind: "batch", frames, isBehind: underWay.isBehind, ...lostUntilNow() };
  underWay.sent(frames.byteLength);
  gate.fill = underWay.bytes;
  engine.postMessage(message, [frames]);
  if (isPaused || !underWay.tcpWaits) return;
  isPaused = true;
  for (const source of sources) source.pause();
  setTimeout(resume, RESUME_MILLIS);
}

function resume(): void {
  look();
  if (underWay.tcpWaits) {
    setTimeout(resume, RESUME_MILLIS);
    return;
  }
  isPaused = false;
  for (const source of sources) source.resume();
}

/** Looks how much was judged meanwhile. */
function look(): void {
  underWay.look();
  gate.fill = underWay.bytes;
}

async function stop(): Promise<void> {
  certificates?.stop();
  await Promise.all(sources.map((source) => source.stop()));
  if (batch.bytes > 0) send();
  dropsRead.at = Number.NEGATIVE_INFINITY;
  const message: ToEngineBatch = { kind: "end", ...lostUntilNow() };
  engine.postMessage(message);
  say({ kind: "stopped" });
}

/** What was lost by now; what the engine was told of already is only in the totals. */
function lostUntilNow(): LostUntil {
  const taken = losses;
  losses = [];
  return { at: receiveTime(), losses: taken, kernelDrops: kernelDrops(), refused: refused() };
}

/** How often connections were turned away or cut, and messages lost their tails; undefined while nothing has changed. */
function refused(): Record<string, number> | undefined {
  const now = refusedBy(sources);
  if (now.total === refusedTotal) return undefined;
  refusedTotal = now.total;
  return now.counts;
}

let refusedTotal = 0;

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

const FLOODED = (count: number): string =>
  `${count} new addresses sent datagrams within a second: they may be made up. What they send comes after what known routers send, and is shed first; listen.allow refuses it.`;

function say(message: FromIngest): void {
  control.postMessage(message);
}

function fail(error: unknown): void {
  say({ kind: "failed", failure: toFailure(error) });
}
