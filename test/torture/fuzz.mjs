/** Real lines with bits flipped, cut, joined, doubled and with false lengths: framing, parser and the whole engine hold. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { alarming } from "./support/lines.mjs";
import { ROOT } from "./support/listener.mjs";
import { compiledModules } from "./support/modules.mjs";
import { seeded } from "./support/random.mjs";

const MAX = 8_192;
const START = Date.UTC(2026, 2, 4, 12);
/** No message may take longer, in ms; a slow one is tried again, since the machine may be busy. */
const LONGEST = 50;

export async function run({ long, folder, say }) {
  const load = compiledModules(join(folder, "program"));
  const random = seeded(say);
  const below = (n) => Math.floor(random() * n);
  const tools = {
    ...(await load("source/framing")),
    ...(await load("parse/parse")),
    ...(await load("run/engine")),
    ...(await load("run/batch")),
    rules: (await load("rule/load")).loadRules(),
  };
  const lines = realLines(tools.rules, (await load("run/rehearse")).caseSteps);
  const parts = [parsing, framing, judging, tails];
  const counts = parts.map(() => 0);
  const faults = parts.map(() => 0);
  const fuzz = { tools, below, lines, slowest: 0 };
  const end = performance.now() + (long ? 600_000 : 12_000);
  for (let round = 0; performance.now() < end && Math.max(...faults) < 10; round++) {
    const part = round % parts.length;
    fuzz.fault = (text) => {
      faults[part]++;
      say(text);
    };
    try {
      counts[part] += parts[part](fuzz);
    } catch (error) {
      fuzz.fault(`${parts[part].name} threw: ${error.stack}`);
    }
  }
  const told = (what, part, more = "") => ({
    promise: what,
    figure: `${counts[part]} made of ${lines.length} real lines${more}; ${faults[part]} faults`,
    ok: faults[part] === 0 && counts[part] > 20,
  });
  return [
    told("no message makes the parser fail or wait", 0, `, at most ${fuzz.slowest.toFixed(1)} ms each`),
    told("no stream makes the framing fail, lose count of a byte, or hold more than its limit", 1),
    told("no input makes the engine fail or lose count, and the quick path judges as the usual one", 2),
    told("the tail of a message that was too long raises no alert", 3),
  ];
}

/** Lines as routers print them: samples, the cases of the rules, and other projects' where they lie beside the repository. */
function realLines(rules, caseSteps) {
  const samples = join(ROOT, "samples");
  const logs = readdirSync(samples).filter((name) => name.endsWith(".log"));
  const found = logs.flatMap((name) => readFileSync(join(samples, name), "utf8").split("\n").slice(0, 200));
  for (const { tests } of rules)
    for (const test of tests)
      for (const step of caseSteps(test)) if ("frame" in step) found.push(Buffer.from(step.frame.raw).toString());
  const corpus = join(ROOT, "../shared/corpus");
  if (existsSync(corpus))
    for (const name of readdirSync(corpus).filter((one) => one.endsWith(".jsonl")))
      for (const row of readFileSync(join(corpus, name), "utf8").split("\n").filter(Boolean)) {
        const { line } = JSON.parse(row);
        if (typeof line === "string") found.push(line);
      }
  return [...new Set(found.filter((line) => line !== ""))].map((line) => Buffer.from(line));
}

/** One line, changed in up to three ways. */
function mutated({ below, lines }) {
  const any = () => lines[below(lines.length)];
  let bytes = Buffer.from(any());
  for (let times = below(4); times > 0; times--) {
    const at = below(bytes.length + 1);
    const ways = [
      () => {
        if (at < bytes.length) bytes[at] ^= 1 << below(8);
        return bytes;
      },
      () => Buffer.concat([bytes.subarray(0, at), any().subarray(below(20))]),
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), bytes]),
      () => Buffer.concat(Array(1 + below(40)).fill(bytes)).subarray(0, 65_000),
      () =>
        Buffer.from(
          bytes.toString("latin1").replace(/\d+/g, (n) => (below(3) > 0 ? n : "9".repeat(1 + below(30)))),
          "latin1",
        ),
      () =>
        Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(["\n", "\0", "\r\n", "#012", "<189>", "%", " "][below(7)]),
          bytes.subarray(at),
        ]),
    ];
    bytes = ways[below(ways.length)]();
  }
  return bytes;
}

function parsing(fuzz) {
  const { tools, below, fault } = fuzz;
  for (let i = 0; i < 200; i++) {
    const raw = mutated(fuzz);
    const capture = below(2) === 0;
    let took = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 3 && took > LONGEST; tries++) {
      const start = performance.now();
      tools.parseLine(raw, capture);
      took = performance.now() - start;
    }
    fuzz.slowest = Math.max(fuzz.slowest, took);
    if (took > LONGEST) fault(`${took} ms for ${raw.toString("base64")}`);
  }
  return 200;
}

/** Messages one after another in any framing, with lengths that may be false. */
function streamOf(fuzz) {
  const { below } = fuzz;
  const parts = Array.from({ length: 1 + below(20) }, () => {
    const body = mutated(fuzz);
    const ends = ["\n", "\r\n", "\0", "", " "];
    if (below(3) > 0) return Buffer.concat([body, Buffer.from(ends[below(ends.length)])]);
    const counts = [
      body.length,
      body.length + below(50),
      Math.max(0, body.length - below(50)),
      below(2 ** 31),
      "0",
      "-1",
    ];
    return Buffer.concat([Buffer.from(`${counts[below(4) === 0 ? below(counts.length) : 0]} `), body]);
  });
  return Buffer.concat(parts);
}

function cut({ below }, bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(below(2) === 0 ? 10 : 5_000);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function framing(fuzz) {
  const { tools, fault } = fuzz;
  const stream = streamOf(fuzz);
  const framed = (chunks) => {
    const framer = tools.createFramer({ maxBytes: MAX });
    const out = [];
    for (const chunk of chunks) {
      out.push(...framer.push(Buffer.from(chunk)));
      if (framer.buffered() > MAX + 64) fault(`${framer.buffered()} bytes held: ${stream.toString("base64")}`);
    }
    out.push(...framer.flush());
    const { frames, framing, discarded } = framer.totals();
    const given = out.reduce((sum, { raw }) => sum + raw.length, 0);
    if (frames + framing + discarded !== stream.length || frames !== given)
      fault(`${frames} + ${framing} + ${discarded} of ${stream.length} bytes: ${stream.toString("base64")}`);
    return out.map(({ raw, flags }) => `${Buffer.from(raw).toString("base64")} ${flags}`).join("\n");
  };
  if (framed([stream]) !== framed(cut(fuzz, stream))) fault(`the chunks matter: ${stream.toString("base64")}`);
  return 1;
}

function engineOf({ tools }, quick) {
  const policy = { year: null, anchor: null, latest: null };
  return new tools.Engine({ rules: tools.rules, policy, maxDevices: 200, quick });
}

function judging(fuzz) {
  const { tools, below, fault } = fuzz;
  const messages = Array.from({ length: 300 }, () => mutated(fuzz).subarray(0, MAX));
  const waits = messages.map(() => below(4) * below(2_000));
  const judged = (quick) => {
    const engine = engineOf(fuzz, quick);
    const writer = new tools.BatchWriter();
    const reader = new tools.BatchReader();
    let at = START;
    for (const [i, raw] of messages.entries()) {
      at += waits[i];
      writer.add({ raw, from: `192.0.2.${i % 5}`, transport: "udp", at, flags: [], line: 0 });
      if (i % 7 === 6 || i === messages.length - 1)
        reader.read(writer.take(), engine.quick, (frame) => engine.accept(frame));
    }
    engine.finish();
    const { received, outcomes } = engine.counters;
    const sum = (counts) => Object.values(counts).reduce((total, n) => total + n, 0);
    if (sum(received) !== messages.length || sum(outcomes) !== messages.length)
      fault(`${messages.length} messages: ${JSON.stringify({ received, outcomes })}`);
    return { alerts: engine.ledger.takeAlerts(), outcomes };
  };
  if (!isDeepStrictEqual(judged(true), judged(false)))
    fault(`the quick path differs: ${messages.map((raw) => raw.toString("base64")).join(" ")}`);
  return messages.length;
}

/** A message beyond the limit whose tail holds messages that would raise an alert. */
function tails(fuzz) {
  const { tools, below, fault } = fuzz;
  // The tail begins at the limit, or soon behind it.
  const head = Buffer.alloc(MAX + below(2) * below(60), "x");
  head.write("<189>1: r1: *Nov  2 11:36:47.691: %SYS-5-CONFIG_I: ");
  // By its length, or as a line, whose end is the first separator.
  const counted = below(2) === 0;
  const forged = Array.from({ length: counted ? 1 + below(5) : 1 }, (_, i) => `${alarming(`tail${i}`)}\n`).join("");
  const body = Buffer.concat([head, Buffer.from(forged), mutated(fuzz)]);
  // Before a connection has shown a separator, a head at the limit is the next message and no tail.
  const stream = Buffer.concat([Buffer.from(counted ? `${body.length} ` : "a\n"), body]);
  const framer = tools.createFramer({ maxBytes: MAX });
  const engine = engineOf(fuzz, true);
  const take = (messages) => {
    for (const { raw, flags } of messages)
      engine.accept({ raw, from: "192.0.2.1", transport: "tcp", at: START, flags, line: 0 });
  };
  for (const chunk of cut(fuzz, stream)) take(framer.push(Buffer.from(chunk)));
  take(framer.flush());
  engine.finish();
  const told = engine.ledger.takeAlerts().map(({ alert }) => alert.device);
  if (told.some((device) => device.startsWith("tail"))) fault(`an alert of ${told}: ${stream.toString("base64")}`);
  return 1;
}
