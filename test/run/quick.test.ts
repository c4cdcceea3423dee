/** The quick path and the usual way: the same alerts, counters, facts and context, whatever comes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadRules } from "../../src/rule/load.ts";
import { BatchReader, BatchWriter } from "../../src/run/batch.ts";
import { Engine } from "../../src/run/engine.ts";
import { DEFAULT_OPERATIONS } from "../../src/run/operations.ts";
import { takeBatch } from "../../src/run/persist.ts";
import { fileSource } from "../../src/source/file.ts";
import { boot, callRejected, cpuHog, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";

const rules = loadRules();
const sampleFolder = fileURLToPath(new URL("../../samples/", import.meta.url));
const SAMPLES = readdirSync(sampleFolder).filter((name) => name.endsWith(".log"));
/** Everything that a capture leaves behind, and how many of its lines the quick path took. */
async function outcomeOf(bytes: Buffer, { quick = true, keepsHistory = true, chunk = 65_536, operations = false }) {
  const policy = { year: 2020, anchor: null, latest: null };
  const engine = new Engine({ rules, policy, maxDevices: 5, keepsHistory, quick, ...watching(operations) });
  engine.session.beginFile(policy, "-");
  engine.quick.forget();
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  const source = fileSource({ path: "-", stdin: Readable.from(chunks) });
  let taken = 0;
  source.offerTo({
    beginRun: (run) => engine.quick.beginRun(run),
    offer(from, limit) {
      const end = engine.quick.offer(from, limit);
      if (end !== -1) taken++;
      return end;
    },
  });
  await source.start((frame) => engine.accept(frame));
  await source.finished;
  engine.finish();
  return { taken, left: { alerts: engine.ledger.takeAlerts(), read: source.stats(), ...leftBy(engine) } };
}

/** With or without an eye on the routers' logging itself. */
function watching(operations: boolean) {
  return { operations: operations ? DEFAULT_OPERATIONS : null };
}

/** What the engine remembers, as it would be stored. */
function leftBy(engine: Engine) {
  const { received, bytes, outcomes, ignored } = engine.counters;
  const batch = takeBatch(engine, true, {});
  return {
    counted: { received, bytes, outcomes, ignored },
    batch,
    order: [...engine.state.devices.keys()],
    hops: [...engine.state.hops],
    keeper: engine.session.keeper,
  };
}

const ROUTERS = [
  { host: "r1", relay: "10.0.0.1", xr: false },
  { host: "r2", relay: "10.0.0.2", xr: false },
  { host: "xr1", relay: "10.0.0.3", xr: true },
  { host: "xr1", relay: "10.0.0.4", xr: true },
  { host: "xe1", relay: "relay-1", xr: false },
  { host: "r3", relay: "relay-1", xr: false },
];

const ORDINARY = [
  "%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
  "%SEC-6-IPACCESSLOGP: list 101 denied tcp 198.51.100.1(1234) -> 203.0.113.1(22), 1 packet  ",
  "%SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.1)",
  "%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.1 on Gi0/1 from FULL to DOWN --More-- of it",
  "%IOSXE-6-PLATFORM: R0/0: kernel: a link is stable",
  "%DMI-5-AUTH_PASSED: R0/0: dmiauthd: User 'netops' authenticated",
  "%SYS-3-CPUHOG: Task is running for (2004)msecs, more than (2000)msecs (3/1),process = BGP Scanner.",
  "%FOO-3-BAR: it says Depletion level 99 percent for resource PAK FSV",
  "%FOO-3-BAR: sip_udp_sock_process_read: SIP UDP Listener is DISABLED",
];

/** Mostly what is ordinary: only where that was taken quickly is anything else of interest. */
const mostly = <T, U>(usual: T, ...others: [U, ...U[]]) =>
  fc.oneof({ weight: 30, arbitrary: fc.constant<T | U>(usual) }, fc.constantFrom<T | U>(...others));
const step = fc.record({
  router: fc.nat(ROUTERS.length - 1),
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.nat(2) },
    { weight: 3, arbitrary: fc.nat(ORDINARY.length - 1) },
    { weight: 1, arbitrary: fc.integer({ min: 20, max: 28 }) },
  ),
  /** How far the counter goes on. */
  counter: mostly(1, 0, 2, 3, -1, -5, -20_000, 300),
  wait: fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 0, max: 900 }) },
    fc.constantFrom(3_100, 70_000, 1_000_000, 90_000_000, -400, -100_000_000),
  ),
  relayed: fc.boolean(),
  again: mostly(1, 2),
  spoil: fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    fc.record({ at: fc.nat(120), put: fc.constantFrom("\0", "é", "#012", "\r", "x", "", " ", "\t", "1") }),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Lines with their times, as one capture or one stream of datagrams would hold them. */
function linesOf(steps: Step[], relayed: "each" | boolean): { at: number; text: string }[] {
  const counters = ROUTERS.map(() => 1_000);
  let at = Date.UTC(2020, 2, 4, 12);
  return steps.flatMap((one) => {
    const router = ROUTERS[one.router]!;
    at += one.wait;
    const bodies = one.kind < 20 ? [ordinary(router, ORDINARY[one.kind]!, at)] : incident(router.host, one.kind);
    return bodies.flatMap((body) => {
      counters[one.router]! += one.counter;
      const text = `<189>${Math.max(0, counters[one.router]!)}: ${body}`;
      const prefix = (relayed === "each" ? one.relayed : relayed) ? `${stamp(at).slice(0, 15)} ${router.relay} ` : "";
      let line = prefix + text;
      if (one.spoil !== null) line = line.slice(0, one.spoil.at) + one.spoil.put + line.slice(one.spoil.at + 1);
      return Array.from({ length: one.again }, () => ({ at, text: line }));
    });
  });
}

function ordinary({ host, xr }: (typeof ROUTERS)[number], text: string, at: number): string {
  if (!xr) return `${host}: ${at % 7 === 0 ? "*" : ""}${stamp(at)} UTC: ${text}`;
  return `${host} RP/0/RSP0/CPU0:${stamp(at)} UTC: bgp[1058]: ${text.replace(": ", " : ")}`;
}

/** The messages of an incident without PRI and counter. */
function incident(host: string, kind: number): string[] {
  const lines = [
    () => packetMemory({ host }),
    () => mallocFail(1, host),
    () => boot("15.1(4)M5", 1, host),
    () => [reload(1, host)],
    () => [cpuHog(1, host)],
    () => [restartOf("ipsec_mp", 1, { host }), restartOf("ipsec_pp", 2, { host })],
    () => [callRejected(1, host)],
    () => [linkUp(1, host)],
    () => [`<189>1: ${host}: last message repeated 3 times`],
  ][kind - 20]!();
  return lines.map((line) => line.replace(/^<\d+>\d+: /, ""));
}

function stamp(at: number): string {
  const [, month, day, time] = /^\w+, (\d+) (\w+) \d+ (.*) GMT$/.exec(new Date(at).toUTCString())!;
  return `${day} ${String(Number(month)).padStart(2)} ${time}.${String(at % 1000).padStart(3, "0")}`;
}

test("a capture leaves the same behind whether the quick path is used or not", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 200, size: "max" }),
      fc.constantFrom<"each" | boolean>(true, true, false, "each"),
      fc.boolean(),
      fc.constantFrom("\n", "\n", "\n", "\r\n"),
      fc.constantFrom(65_536, 65_536, 1_000, 77),
      fc.boolean(),
      async (steps, relayed, keepsHistory, feed, chunk, operations) => {
        const text = linesOf(steps, relayed)
          .map(({ text }) => text)
          .join(feed);
        const quick = await outcomeOf(Buffer.from(text), { keepsHistory, chunk, operations });
        const usual = await outcomeOf(Buffer.from(text), { keepsHistory, chunk, operations, quick: false });
        taken += quick.taken;
        expect(quick.left).toEqual(usual.left);
      },
    ),
    { numRuns: 60 },
  );
  expect(taken).toBeGreaterThan(200);
}, 300_000);

test("the samples leave the same behind either way", async () => {
  for (const name of SAMPLES) {
    const bytes = readFileSync(join(sampleFolder, name));
    const quick = await outcomeOf(bytes, {});
    expect([name, quick.left]).toEqual([name, (await outcomeOf(bytes, { quick: false })).left]);
  }
});

test("datagrams leave the same behind either way", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 200, size: "max" }),
      fc.constantFrom<"each" | boolean>(true, false, "each"),
      fc.boolean(),
      (steps, relayed, operations) => {
        const lines = linesOf(steps, relayed);
        expect(received(lines, true, operations)).toEqual(received(lines, false, operations));
      },
    ),
    { numRuns: 60 },
  );
}, 300_000);

/** Hands over datagrams from two addresses in batches, as the listening threads do. */
function received(lines: { at: number; text: string }[], quick: boolean, operations: boolean) {
  const engine = new Engine({
    rules,
    policy: { year: null, anchor: null, latest: null },
    maxDevices: 5,
    quick,
    ...watching(operations),
  });
  const writer = new BatchWriter();
  const reader = new BatchReader();
  for (const [i, { at, text }] of lines.entries()) {
    const from = `192.0.2.${text.includes("xr1") ? 1 : 2}`;
    writer.add({ raw: Buffer.from(text), from, transport: "udp", at, flags: i % 50 === 49 ? ["split"] : [], line: 0 });
    if (i % 7 !== 6 && i !== lines.length - 1) continue;
    reader.read(writer.take(), engine.quick, (frame) => engine.accept(frame));
  }
  engine.finish();
  return { alerts: engine.ledger.takeAlerts(), left: leftBy(engine) };
}

// Not the first lines of each router, nor the first with an unset clock after others.
test.each([
  ["ordinary lines", [0, 1], 10, 300 - 3 - 2],
  ["lines that may have lines after them, and with tags that rules ask for", [0, 6], 1_100, 300 - 5],
])("the quick path takes %s", async (_, kinds, wait, taken) => {
  const one = { counter: 1, wait, relayed: true, again: 1, spoil: null } as const;
  const steps = Array.from({ length: 300 }, (_, i) => ({ ...one, router: i % 3, kind: kinds[i % kinds.length]! }));
  const text = linesOf(steps, true)
    .map(({ text }) => text)
    .join("\n");
  expect((await outcomeOf(Buffer.from(`${text}\n`), {})).taken).toBe(taken);
});

test("a message that waits for lines goes by its own router's headers, and holds up no other router", () => {
  const engine = new Engine({ rules, policy: { year: null, anchor: null, latest: null }, maxDevices: 5 });
  const reader = new BatchReader();
  let left: string[] = [];
  const send = (lines: string[]): void => {
    const writer = new BatchWriter();
    for (const line of lines)
      writer.add({ raw: Buffer.from(line), from: "192.0.2.2", transport: "udp", at: AT, flags: [], line: 0 });
    reader.read(writer.take(), engine.quick, (frame) => {
      left.push(Buffer.from(frame.raw).toString());
      engine.accept(frame);
    });
  };
  const line = (router: number, counter: number) => `<189>${counter}: ${ordinary(ROUTERS[router]!, ORDINARY[0]!, AT)}`;
  send([line(0, 1), line(1, 1), cpuHog(2, "r1")]);
  left = [];
  engine.know([], AT);
  send([line(1, 2), ...Array.from({ length: 16 }, (_, i) => line(0, 3 + i))]);
  expect(left).toEqual([]);
  expect(engine.held()).toHaveLength(1);
  send([line(0, 19), line(0, 20)]);
  expect(left).toEqual([line(0, 19)]);
  expect(engine.held()).toHaveLength(0);
});

const AT = Date.UTC(2020, 2, 4, 12);
