/** Clients that must not be heard over TLS, each again and again: refused under their reason, and the listener hears on. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { createCertificates } from "./support/certificates.mjs";
import { seeded } from "./support/random.mjs";
import { ordinary, receivedBy, startReceiver, within } from "./support/receiver.mjs";

const DAY = 86_400_000;

export async function run({ long, folder, say }) {
  const made = createCertificates(folder);
  const bad = badCertificates(folder);
  const { certificate, key, ca } = made.files;
  const receiver = await startReceiver(
    folder,
    `  udp: { addresses: [] }\n  tcp: { addresses: ["127.0.0.1:0"] }\n  connections: { perAddress: 20000, handshake: 1s }\n  tls: { addresses: ["127.0.0.1:0"], certificate: ${certificate}, key: ${key}, ca: ${ca}, clients: [r1] }\n`,
  );
  const port = receiver.port("tls");
  const before = receiver.descriptors();
  const dial = (own, more = {}) => connectTls({ port, ca: made.ca, servername: "localhost", ...own, ...more });
  const old = (version) => ({ minVersion: "TLSv1", maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" });
  const cases = [
    ...Object.entries(bad).map(([name, { reason, ...own }]) => [name, reason, () => dial(own)]),
    ["no certificate", "no-certificate", () => dial({})],
    ["TLS 1.0", "tls-too-old", () => dial(made.client, old("TLSv1"))],
    ["TLS 1.1", "tls-too-old", () => dial(made.client, old("TLSv1.1"))],
    ["plain text", "not-tls", () => connect(port, "127.0.0.1")],
  ];
  const times = long ? 50 : 5;
  const expected = {};
  for (const [, reason, open] of cases) {
    for (let i = 0; i < times; i++) await closed(open(), `${ordinary("forged", i)}\n`);
    expected[reason] = (expected[reason] ?? 0) + times;
  }
  const count = (reason) => receiver.counters().shed[`connections.${reason}`] ?? 0;
  const counted = await within(20, () => Object.entries(expected).every(([reason, n]) => count(reason) === n));
  say(JSON.stringify(receiver.counters().shed));
  const heard = receivedBy(receiver.counters());

  const random = seeded(say);
  const hello = await clientHello();
  const handshakes = long ? 10_000 : 1_000;
  const sum = () =>
    Object.entries(receiver.counters().shed).reduce((n, [name, m]) => n + (name.startsWith("connections.") ? m : 0), 0);
  const refusedBefore = sum();
  const started = performance.now();
  for (let done = 0; done < handshakes; done += 100)
    await Promise.all(Array.from({ length: 100 }, () => broken(port, hello, random)));
  const all = await within(60, () => sum() - refusedBefore === handshakes);
  const seconds = (performance.now() - started) / 1_000;
  const freed = await within(30, () => receiver.descriptors() <= before + 5);
  const good = dial(made.client);
  good.on("error", () => {}).end(`${ordinary("r1", 1)}\n`);
  const alive = await within(20, () => receivedBy(receiver.counters()) === heard + 1);
  const { code } = await receiver.stop();
  return [
    {
      promise: "clients with bad certificates, old TLS or plain text are refused, each under its reason",
      figure: `${cases.length} kinds, ${times} times each; ${counted ? "all" : "not all"} counted, ${heard} messages taken`,
      ok: counted && heard === 0,
    },
    {
      promise: "ClientHellos that are malformed, cut or reset harm nobody",
      figure: `${handshakes} in ${seconds.toFixed(1)} s, ${all ? "all" : "not all"} counted, ${freed ? "all" : "not all"} descriptors free again, ${alive ? "still heard" : "deaf"}`,
      ok: all && freed && alive && code === 0,
    },
  ];
}

/** Certificates that must not be believed, with the reason that is to be counted; made by the authority in `folder`. */
function badCertificates(folder) {
  const at = (days) => `${new Date(Date.now() + days * DAY).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  const own = join(folder, "bad");
  mkdirSync(own);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: "pipe" });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const config = join(own, "ca.cnf");
  const database = join(own, "index.txt");
  writeFileSync(
    config,
    `[ca]\ndefault_ca=here\n[here]\nnew_certs_dir=${own}\ndatabase=${database}\ndefault_md=sha256\nrand_serial=yes\nunique_subject=no\npolicy=any\n[any]\ncommonName=optional\n`,
  );
  const other = join(own, "other");
  openssl(
    "req",
    "-x509",
    ...ec,
    "-keyout",
    `${other}.key`,
    "-out",
    `${other}.pem`,
    "-days",
    "2",
    "-subj",
    "/CN=Others",
  );
  const make = (name, reason, names, { from = -1, to = 2, signer = join(folder, "ca"), usage = "clientAuth" } = {}) => {
    const path = join(own, name);
    openssl("req", "-new", ...ec, "-keyout", `${path}.key`, "-out", `${path}.csr`, "-subj", "/CN=x");
    writeFileSync(`${path}.ext`, `extendedKeyUsage=${usage}\nsubjectAltName=${names}\n`);
    writeFileSync(database, "");
    const signed =
      signer === null
        ? ["-selfsign", "-keyfile", `${path}.key`]
        : ["-cert", `${signer}.pem`, "-keyfile", `${signer}.key`];
    const dates = ["-startdate", at(from), "-enddate", at(to), "-extfile", `${path}.ext`];
    openssl(
      "ca",
      "-batch",
      "-notext",
      "-config",
      config,
      "-in",
      `${path}.csr`,
      "-out",
      `${path}.pem`,
      ...signed,
      ...dates,
    );
    return { reason, cert: readFileSync(`${path}.pem`), key: readFileSync(`${path}.key`) };
  };
  const refused = "bad-certificate";
  const unknown = "unknown-certificate";
  return {
    expired: make("expired", refused, "DNS:r1", { from: -9, to: -1 }),
    "not valid yet": make("early", refused, "DNS:r1", { from: 1, to: 9 }),
    "another authority": make("stranger", refused, "DNS:r1", { signer: other }),
    "self-signed": make("self", refused, "DNS:r1", { signer: null }),
    "another use": make("use", refused, "DNS:r1", { usage: "serverAuth" }),
    "a star within": make("star1", unknown, "DNS:r1.*.net"),
    "a star in a label": make("star2", unknown, "DNS:r*1"),
    "a star alone": make("star3", unknown, "DNS:*"),
    // r1, NUL, .example.net
    "NUL in a name": make("nul", unknown, "DER:3011820f7231002e6578616d706c652e6e6574"),
  };
}

/** Sends what it is to send and waits until the other side ends it. */
function closed(socket, text) {
  socket.on("error", () => {});
  socket.write(text);
  return new Promise((resolve) => socket.resume().once("close", resolve));
}

/** What a client of TLS says first. */
async function clientHello() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const said = new Promise((resolve) => server.once("connection", (socket) => socket.once("data", resolve)));
  const client = connectTls({ port: server.address().port, ALPNProtocols: ["a"], rejectUnauthorized: false });
  client.on("error", () => {});
  const hello = await said;
  client.destroy();
  server.close();
  return hello;
}

/** One handshake with a few bytes changed, perhaps cut; it resets, or waits for its end. */
async function broken(port, hello, random) {
  const bytes = Buffer.from(hello);
  for (let n = 0; n < 3; n++) bytes[Math.floor(random() * bytes.length)] ^= 1 + Math.floor(random() * 255);
  const cut = random() < 0.3 ? bytes.subarray(0, 1 + Math.floor(random() * bytes.length)) : bytes;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  await new Promise((resolve) => socket.write(cut, resolve));
  if (random() < 0.05) await new Promise((resolve) => socket.resume().once("close", resolve));
  else socket.resetAndDestroy();
}
