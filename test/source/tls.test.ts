/** The TLS listener: who gets in with which certificate, what is refused and why, and that it leaves nothing behind. */
import { X509Certificate } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseLine } from "../../src/parse/parse.ts";
import { readKeyPair, type TlsFiles } from "../../src/source/key-pair.ts";
import { tcpSource } from "../../src/source/stream.ts";
import { type TlsOptions, tlsSource } from "../../src/source/tls.ts";
import { asn1Time, createAuthority, type Made, pem } from "../support/certificates.ts";
import { collect } from "./contract.ts";

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "telltale-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
const make = createAuthority(folder);
const made: Record<string, Made> = {};

beforeAll(() => {
  const ca = make("ca", { subject: "/CN=Routers", authority: true });
  const otherCa = make("other-ca", { subject: "/CN=Others", authority: true });
  const client = { usage: "clientAuth", issuer: ca } as const;
  // A dNSName of edge1, NUL, .example.net.
  const nul = "DER:30158213656467653100 2e6578616d706c652e6e6574 2e".replaceAll(" ", "");
  // A dNSName that holds what looks like another entry.
  const within = Buffer.from("x, DNS:edge1.example.net, y");
  const quoted = `DER:30${hex(within.length + 2)}82${hex(within.length)}${within.toString("hex")}`;
  Object.assign(made, {
    quoted: make("quoted", { ...client, subject: "/CN=x", names: quoted }),
    selfExpired: make("self-expired", {
      subject: "/CN=edge1",
      usage: "clientAuth",
      from: asn1Time(Date.now() - 9 * DAY),
      to: asn1Time(Date.now() - DAY),
    }),
    ca,
    otherCa,
    server: make("server", { subject: "/CN=collector", names: "DNS:localhost", usage: "serverAuth", issuer: ca }),
    nextServer: make("next", { subject: "/CN=next", names: "DNS:localhost", usage: "serverAuth", issuer: ca }),
    edge1: make("edge1", { ...client, subject: "/CN=ignored", names: "DNS:edge1.example.net,IP:192.0.2.7" }),
    commonName: make("cn", { ...client, subject: "/CN=edge2.example.net" }),
    expired: make("expired", {
      ...client,
      subject: "/CN=edge1",
      from: asn1Time(Date.now() - 9 * DAY),
      to: asn1Time(Date.now() - DAY),
    }),
    early: make("early", {
      ...client,
      subject: "/CN=edge1",
      from: asn1Time(Date.now() + DAY),
      to: asn1Time(Date.now() + 9 * DAY),
    }),
    stranger: make("stranger", { ...client, issuer: otherCa, subject: "/CN=edge1", names: "DNS:edge1.example.net" }),
    selfSigned: make("self", { subject: "/CN=edge1", names: "DNS:edge1.example.net", usage: "clientAuth" }),
    server2: make("wrong-use", {
      ...client,
      usage: "serverAuth",
      subject: "/CN=edge1",
      names: "DNS:edge1.example.net",
    }),
    starInside: make("star1", { ...client, subject: "/CN=x", names: "DNS:edge1.*.net" }),
    starPart: make("star2", { ...client, subject: "/CN=x", names: "DNS:e*1.example.net" }),
    star: make("star3", { ...client, subject: "/CN=x", names: "DNS:*.example.net" }),
    nul: make("nul", { ...client, subject: "/CN=x", names: nul }),
  });
});

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function listen(
  options: Partial<TlsOptions> = {},
  files: TlsFiles = { ...made.server!, ca: made.ca!.certificate },
) {
  const source = tlsSource(
    { host: "127.0.0.1", port: 0, clients: "required", pins: [], ...options },
    readKeyPair(files, new Date()),
  );
  const heard = collect();
  await source.start(heard.deliver);
  cleanup.push(() => source.stop());
  const port = Number(source.address.split(":").pop());
  const dial = (client: Made | null, more: ConnectionOptions = {}): TLSSocket => {
    const own = client === null ? {} : pem(client);
    const socket = connect({ port, ca: pem(made.ca!).cert, servername: "localhost", ...own, ...more });
    socket.on("error", () => {});
    cleanup.push(() => void socket.destroy());
    return socket;
  };
  const dialTcp = async (): Promise<Socket> => {
    const socket = connectTcp(port, "127.0.0.1");
    socket.on("error", () => {});
    cleanup.push(() => void socket.destroy());
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  };
  const refused = async (reason: string, count = 1) => {
    const seen = () => (source.stats().refused as Record<string, number>)[reason] ?? 0;
    while (seen() < count) await new Promise((resolve) => setImmediate(resolve));
    expect(source.stats().refused).toEqual({ [reason]: count });
  };
  return { source, port, dial, dialTcp, refused, ...heard };
}

const closed = (socket: Socket): Promise<void> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.resume().once("close", () => resolve()));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
const openFiles = (): number => readdirSync("/proc/self/fd").length;

describe("a TLS listener", () => {
  test("hears octet-counted messages, lines and IOS's stream, and says what the certificate proves", async () => {
    const { dial, reached, frames } = await listen();
    dial(made.edge1!).end("16 <189>1: edge1: a16 <189>2: edge1: b");
    await reached(2);
    dial(made.commonName!).end("<189>1: edge2: c\n<189>2: edge2: d\n");
    await reached(4);
    dial(made.edge1!).end("<189>3: edge1: e<189>4: edge1: f");
    await reached(6);
    expect(frames.map(({ raw, certificate }) => [Buffer.from(raw).toString(), certificate?.names])).toEqual([
      ["<189>1: edge1: a", ["edge1.example.net", "192.0.2.7"]],
      ["<189>2: edge1: b", ["edge1.example.net", "192.0.2.7"]],
      ["<189>1: edge2: c", ["edge2.example.net"]],
      ["<189>2: edge2: d", ["edge2.example.net"]],
      ["<189>3: edge1: e", ["edge1.example.net", "192.0.2.7"]],
      ["<189>4: edge1: f", ["edge1.example.net", "192.0.2.7"]],
    ]);
    expect(frames[0]!.certificate!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test("asks nobody for a certificate when it is told so", async () => {
    const { dial, reached, frames } = await listen({ clients: "none" });
    dial(made.edge1!).end("<189>1: a\n");
    await reached(1);
    expect(frames[0]!.certificate).toBeUndefined();
  });

  test("hears clients without a certificate where it is optional, and refuses a bad one all the same", async () => {
    const { dial, reached, frames, refused } = await listen({ clients: "optional" });
    dial(null).end("<189>1: a\n");
    await reached(1);
    expect(frames[0]!.certificate).toBeUndefined();
    dial(made.expired!).write("<189>2: b\n");
    await refused("bad-certificate");
    expect(frames).toHaveLength(1);
  });

  test("lets in by a name that is pinned, and by a fingerprint that needs no authority", async () => {
    const self = await listen();
    self.dial(made.edge1!).end("<189>1: a\n");
    await self.reached(1);
    const { dial, reached, refused, frames } = await listen({
      pins: ["edge2.example.net", `SHA256:${fingerprintOf(made.selfSigned!)}`],
    });
    dial(made.commonName!).end("<189>1: a\n");
    await reached(1);
    dial(made.selfSigned!).end("<189>2: b\n");
    await reached(2);
    expect(frames[1]!.certificate!.names).toEqual(["edge1.example.net"]);
    dial(made.edge1!);
    await refused("unknown-certificate");
  });

  test("takes no name for proved that only stands within another one", async () => {
    const { dial, reached, frames } = await listen();
    dial(made.quoted!).end("<189>1: a\n");
    dial(made.star!).end("<189>2: b\n");
    await reached(2);
    expect(frames.map(({ certificate }) => certificate?.names)).toEqual([[], []]);
  });

  test("refuses a certificate that has expired, though its fingerprint is pinned", async () => {
    const { dial, refused } = await listen({ pins: [`sha256:${fingerprintOf(made.selfExpired!)}`] });
    dial(made.selfExpired!);
    await refused("bad-certificate");
  });

  test.each(["*.example.net", "sha1:aa", "sha256:aa", "a b", ""])("refuses %j as a pin", (pin) => {
    expect(() =>
      tlsSource({ host: "", port: 0, clients: "required", pins: [pin] }, readKeyPair(made.server!, new Date())),
    ).toThrow(/listen\.tls\.clients: .*no name and no fingerprint/);
  });
});

describe("a TLS listener refuses", () => {
  test.each<[string, string, string]>([
    ["one that has expired", "expired", "bad-certificate"],
    ["one that is not valid yet", "early", "bad-certificate"],
    ["one of another authority", "stranger", "bad-certificate"],
    ["a self-signed one", "selfSigned", "bad-certificate"],
    ["one for another use", "server2", "bad-certificate"],
    ["edge1.*.net for a pinned name", "starInside", "unknown-certificate"],
    ["e*1.example.net for a pinned name", "starPart", "unknown-certificate"],
    ["*.example.net for a pinned name", "star", "unknown-certificate"],
    ["a name with NUL inside", "nul", "unknown-certificate"],
  ])("a certificate: %s", async (_, name, reason) => {
    const { dial, refused, frames } = await listen({ pins: ["edge1.example.net"] });
    const socket = dial(made[name]!);
    socket.write("<189>1: a\n");
    await refused(reason);
    await closed(socket);
    expect(frames).toEqual([]);
  });

  test("a client without a certificate", async () => {
    const { dial, refused, frames } = await listen();
    const socket = dial(null);
    socket.write("<189>1: a\n");
    await refused("no-certificate");
    await closed(socket);
    expect(frames).toEqual([]);
  });

  test.each(["TLSv1", "TLSv1.1"] as const)("a client that speaks %s at most", async (version) => {
    const { dial, refused } = await listen();
    dial(made.edge1!, { minVersion: "TLSv1", maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" });
    await refused("tls-too-old");
  });

  test("plain text", async () => {
    const { dialTcp, refused, frames } = await listen();
    const socket = await dialTcp();
    socket.write("<189>1: a\n");
    await refused("not-tls");
    await closed(socket);
    expect(frames).toEqual([]);
  });

  test("a thousand handshakes that are garbage, cut short or reset, and keeps no descriptor of them", async () => {
    const { dialTcp, dial, source, reached, port } = await listen({ maxConnectionsPerAddress: 10_000 });
    const before = openFiles();
    const hello = Buffer.from("160301020001000100000000", "hex");
    for (let round = 0; round < 20; round++) {
      const sockets = await Promise.all(Array.from({ length: 50 }, dialTcp));
      for (const [i, socket] of sockets.entries()) {
        if (i % 3 !== 0)
          socket.write(i % 3 === 1 ? hello.subarray(0, 1 + (i % hello.length)) : Buffer.from(hello).fill(i, 5));
        socket.resetAndDestroy();
      }
    }
    await until(() => source.stats().rejected === 1_000);
    expect(source.stats().connections).toBe(0);
    expect(openFiles()).toBeLessThanOrEqual(before + 5);
    dial(made.edge1!).end("<189>1: a\n");
    await reached(1);
    expect(port).toBeGreaterThan(0);
  });

  test("to be read as plain TCP by a listener without TLS: nothing comes of it but a message nobody takes for one", async () => {
    const plain = tcpSource({ host: "127.0.0.1", port: 0, idleFlushMs: 20, frameTimeoutMs: 60 });
    const { frames, deliver } = collect();
    await plain.start(deliver);
    cleanup.push(() => plain.stop());
    const socket = connect({ port: Number(plain.address.split(":").pop()), rejectUnauthorized: false });
    socket.on("error", () => {});
    cleanup.push(() => void socket.destroy());
    await until(() => frames.length > 0);
    expect(frames.every(({ raw }) => parseLine(raw, false).tag === null)).toBe(true);
  });

  test("renegotiation", async () => {
    const { dial, source, reached } = await listen();
    const socket = dial(made.edge1!, { maxVersion: "TLSv1.2" });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    socket.write("<189>1: a\n");
    await reached(1);
    const error = await new Promise<Error | null>((resolve) => {
      socket.once("error", resolve);
      socket.renegotiate({}, (failed) => resolve(failed));
    });
    expect(error?.message).toMatch(/renegotiation/i);
    expect(source.stats().received).toBe(1);
  });
});

describe("deadlines of a TLS listener", () => {
  test("cut a client that says nothing", async () => {
    const { dialTcp, refused } = await listen({ handshakeTimeoutMs: 30 });
    const socket = await dialTcp();
    await closed(socket);
    await refused("handshake-too-slow");
  });

  test("cut a client that drips its handshake, however steadily", async () => {
    const { dialTcp, refused } = await listen({ handshakeTimeoutMs: 300 });
    const socket = await dialTcp();
    socket.setNoDelay(true);
    const hello = Buffer.from("16030102000100", "hex");
    let at = 0;
    const drip = setInterval(() => socket.write(hello.subarray(at % hello.length, (at++ % hello.length) + 1)), 10);
    cleanup.push(() => clearInterval(drip));
    await closed(socket);
    await refused("handshake-too-slow");
    expect(at).toBeGreaterThan(2);
  });

  test("cut a client that drips a message", async () => {
    const { dial, refused, source } = await listen({ frameTimeoutMs: 80, idleFlushMs: 1_000 });
    const socket = dial(made.edge1!);
    const drip = setInterval(() => socket.write("x"), 5);
    cleanup.push(() => clearInterval(drip));
    await closed(socket);
    await refused("message-too-slow");
    expect(source.stats().received).toBe(1);
  });

  test("count connections whose handshake is not over", async () => {
    const { dialTcp, dial, source, refused } = await listen({ maxConnectionsPerAddress: 3 });
    await Promise.all([dialTcp(), dialTcp(), dialTcp()]);
    await until(() => source.stats().connections === 3);
    await closed(dial(made.edge1!));
    await refused("too-many-from-address");
  });
});

describe("certificates from files", () => {
  const replace = (from: Made, to: Made): void => {
    copyFileSync(from.certificate, to.certificate);
    copyFileSync(from.key, to.key);
  };

  test("are put in force while it listens; connections that stand go on", async () => {
    const files = { certificate: join(folder, "live.pem"), key: join(folder, "live.key"), ca: made.ca!.certificate };
    replace(made.server!, files);
    const { source, dial, reached } = await listen({}, files);
    const first = dial(made.edge1!);
    await new Promise((resolve) => first.once("secureConnect", resolve));
    expect(first.getPeerCertificate().subject.CN).toBe("collector");
    replace(made.nextServer!, files);
    source.use(readKeyPair(files, new Date()));
    const second = dial(made.edge1!);
    await new Promise((resolve) => second.once("secureConnect", resolve));
    expect(second.getPeerCertificate().subject.CN).toBe("next");
    first.end("<189>1: a\n");
    await reached(1);
  });

  test("take a router's right away when its authority is taken out", async () => {
    const { source, dial, reached, refused } = await listen();
    dial(made.edge1!).end("<189>1: a\n");
    await reached(1);
    source.use(readKeyPair({ ...made.server!, ca: made.otherCa!.certificate }, new Date()));
    dial(made.edge1!);
    await refused("bad-certificate");
  });

  test("come with other clients that may connect, or with none asked for", async () => {
    const { source, dial, reached, refused } = await listen();
    const standing = dial(made.edge1!);
    standing.write("<189>1: a\n");
    await reached(1);
    const pair = readKeyPair({ ...made.server!, ca: made.ca!.certificate }, new Date());
    source.use(pair, { clients: "required", pins: ["edge2.example.net"] });
    await closed(standing);
    dial(made.edge1!);
    await refused("unknown-certificate", 2);
    const other = dial(made.commonName!);
    other.write("<189>1: b\n");
    await reached(2);
    source.use(pair, { clients: "none", pins: [] });
    dial(null).end("<189>2: c\n");
    await reached(3);
    expect(() => source.use(pair, { clients: "required", pins: ["sha256:short"] })).toThrow("listen.tls.clients");
    other.write("<189>3: d\n");
    await reached(4);
  });

  test("are refused with a key of another pair, no PEM, none at all, or a key that others may read", () => {
    const now = new Date();
    expect(() => readKeyPair({ ...made.server!, key: made.edge1!.key }, now)).toThrow(/key values mismatch/);
    const garbage = join(folder, "garbage.pem");
    writeFileSync(garbage, "no certificate");
    expect(() => readKeyPair({ ...made.server!, certificate: garbage }, now)).toThrow(/garbage\.pem is no PEM file/);
    expect(() => readKeyPair({ ...made.server!, ca: join(folder, "none.pem") }, now)).toThrow(
      /none\.pem: cannot be read \(ENOENT\)/,
    );
    const open = { ...made.server!, key: join(folder, "open.key") };
    copyFileSync(made.server!.key, open.key);
    for (const [mode, fine] of [
      [0o600, true],
      [0o400, true],
      [0o640, true],
      [0o644, false],
      [0o660, false],
      [0o604, false],
    ] as const) {
      chmodSync(open.key, mode);
      if (fine) expect(readKeyPair(open, now).hint).toBeNull();
      else
        expect(() => readKeyPair(open, now)).toThrow(
          expect.objectContaining({
            code: "NO_PERMISSION",
            message: expect.stringContaining("others may use this key"),
          }),
        );
    }
  });

  test("that end soon, or have ended, are told of", () => {
    const at = (days: number) => readKeyPair(made.server!, new Date(Date.now() + days * DAY)).hint;
    expect(at(0)).toBeNull();
    expect(at(20)).toMatch(/server\.pem expires in 9 days/);
    expect(at(40)).toMatch(/server\.pem has expired/);
  });
});

function fingerprintOf(one: Made): string {
  return new X509Certificate(pem(one).cert).fingerprint256;
}
