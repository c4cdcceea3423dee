/** How messages come in as operators see it: TLS with certificates that are exchanged, sockets that are handed over, ports, users. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthority, type Made, pem } from "../support/certificates.ts";
import { type Listening, ROOT, startListener, telltale } from "../support/cli.ts";
import { linkUp, packetMemory } from "../support/lines.ts";

const pki = mkdtempSync(join(tmpdir(), "telltale-pki-"));
const made: Record<string, Made> = {};
beforeAll(() => {
  const make = createAuthority(pki);
  made.ca = make("ca", { subject: "/CN=Routers", authority: true });
  for (const [name, usage] of [
    ["server", "serverAuth"],
    ["next", "serverAuth"],
    ["xr1", "clientAuth"],
    ["edge2", "clientAuth"],
  ] as const)
    made[name] = make(name, { subject: `/CN=${name}`, names: `DNS:${name}`, usage, issuer: made.ca });
});
afterAll(() => rmSync(pki, { recursive: true }));

let folder = "";
let listener: Listening | null = null;
let supervisor: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-transport-"));
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  if (supervisor !== null && supervisor.exitCode === null) {
    const ended = new Promise((resolve) => supervisor!.once("exit", resolve));
    supervisor.kill("SIGTERM");
    await ended;
  }
  supervisor = null;
  rmSync(folder, { recursive: true, force: true });
});

const db = () => join(folder, "t.db");
const stats = async () => JSON.parse((await telltale(["stats", "--json", "--db", db()])).stdout);
const counted = async (found: (stats: Record<string, Record<string, number>>) => boolean) => {
  for (;;) {
    const { stdout } = await telltale(["stats", "--json", "--db", db()]);
    if (stdout !== "" && found(JSON.parse(stdout))) return;
  }
};

/** A configuration with the listener's own copies of certificate and key. */
function tlsConfig(more = ""): string {
  copyFileSync(made.server!.certificate, join(folder, "server.pem"));
  copyFileSync(made.server!.key, join(folder, "server.key"));
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `db: ${db()}\nlisten:\n  udp: { addresses: [] }\n  tcp: { addresses: [] }\n  tls: { addresses: ["127.0.0.1:0"], certificate: ${folder}/server.pem, key: ${folder}/server.key, ca: ${made.ca!.certificate} }\n${more}`,
  );
  return config;
}

function dial(port: number | string, client: Made | null): TLSSocket {
  const own = client === null ? {} : pem(client);
  const socket = connect({
    port: Number(port),
    ca: pem(made.ca!).cert,
    servername: "localhost",
    ...own,
    checkServerIdentity: () => undefined,
  });
  socket.on("error", () => {});
  return socket;
}
const closed = (socket: TLSSocket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.resume().once("close", () => resolve())));
const octets = (lines: string[]) => lines.map((line) => `${Buffer.byteLength(line)} ${line}`).join("");

describe("telltale listen with TLS", () => {
  test("raises an alert that the router's certificate vouches for, and none that another's does", async () => {
    listener = await startListener(["--json", "--config", tlsConfig()]);
    expect(listener.stderr()).toMatch(/listens on {3}tls:\/\/127\.0\.0\.1:\d+/);
    const { port } = listener.addresses[0]!;
    await closed(dial(port, made.xr1!).end(octets(packetMemory())));
    expect(await listener.line((line) => line.change === "opened")).toMatchObject({
      device: "xr1",
      level: "critical",
      confidence: "high",
      sourceAuth: "tls",
    });
    await closed(dial(port, made.edge2!).end(octets(packetMemory({ host: "xr9" }))));
    expect(await listener.line((line) => line.device === "xr9")).toMatchObject({ sourceAuth: "none" });
    await closed(dial(port, null));
    const plain = connectTcp(Number(port), "127.0.0.1", () => plain.write("<189>1: a\n"));
    await new Promise((resolve) => plain.on("error", () => {}).once("close", resolve));
    expect(await listener.stop()).toBe(0);
    const { received, shed } = await stats();
    expect(received).toEqual({ udp: 0, tcp: 0, tls: packetMemory().length * 2, file: 0 });
    expect(shed).toEqual({ "connections.no-certificate": 1, "connections.not-tls": 1 });
  }, 60_000);

  test("takes a new certificate at SIGHUP, and keeps the one that it has when the new one is bad", async () => {
    listener = await startListener(["--json", "--config", tlsConfig()]);
    const { port } = listener.addresses[0]!;
    const shown = async () => {
      const socket = dial(port, made.xr1!);
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return CN;
    };
    expect(await shown()).toBe("server");
    copyFileSync(made.next!.certificate, join(folder, "server.pem"));
    listener.child.kill("SIGHUP");
    await listener.said(
      "The configuration cannot be reloaded; the one before, its rules and certificates stay in force",
    );
    expect(listener.stderr()).toContain("key values mismatch");
    expect(await shown()).toBe("server");
    copyFileSync(made.next!.key, join(folder, "server.key"));
    listener.child.kill("SIGHUP");
    await listener.said("TLS certificate reloaded: valid until");
    expect(await shown()).toBe("next");
    expect(await listener.stop()).toBe(0);
  }, 60_000);

  test("notices by itself that the files have changed", async () => {
    listener = await startListener(["--json", "--config", tlsConfig()]);
    copyFileSync(made.next!.certificate, join(folder, "server.pem"));
    copyFileSync(made.next!.key, join(folder, "server.key"));
    await listener.said("TLS certificate reloaded: valid until");
    expect(await listener.stop()).toBe(0);
  }, 60_000);

  test("does not start with a key that others may read, nor without a certificate, and says what to do", async () => {
    const config = tlsConfig();
    chmodSync(join(folder, "server.key"), 0o644);
    const open = await telltale(["listen", "--config", config]);
    expect(open.code).toBe(77);
    expect(open.stderr).toMatch(/server\.key: others may use this key \(mode 0644\)[\s\S]*chmod 0600/);
    const none = await telltale(["listen", "--db", db(), "--tls", "127.0.0.1:0"]);
    expect(none.code).toBe(78);
    expect(none.stderr).toContain("listen.tls: certificate and key are needed");
    writeFileSync(config, readFileSync(config, "utf8").replace(/, ca: .*? \}/, ", clientCertificates: required }"));
    expect((await telltale(["listen", "--config", config])).stderr).toContain("listen.tls: ca is needed");
  }, 60_000);

  test("asks a router for the certificate that is set of it", async () => {
    listener = await startListener(["--json", "--config", tlsConfig()]);
    await telltale(["devices", "set", "xr1", "--certificate", "edge2", "--db", db()]);
    await listener.said("Device settings taken in: xr1.");
    const { port } = listener.addresses[0]!;
    await closed(dial(port, made.edge2!).end(octets(packetMemory())));
    expect(await listener.line((line) => line.change === "opened")).toMatchObject({ device: "xr1", sourceAuth: "tls" });
    expect(await listener.stop()).toBe(0);
    const show = await telltale(["devices", "show", "xr1", "--db", db()]);
    expect(show.stdout).toContain("certificates edge2");
    for (const wrong of ["*.example.net", "sha1:aa"]) {
      const refused = await telltale(["devices", "set", "xr1", "--certificate", wrong, "--db", db()]);
      expect(refused.code).toBe(64);
      expect(refused.stderr).toContain(`--certificate: "${wrong}" is no name and no fingerprint`);
    }
  }, 60_000);
});

describe("telltale listen and who may send", () => {
  test("lets in no connection from elsewhere, and counts it", async () => {
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      `db: ${db()}\nlisten:\n  allow: ["192.0.2.0/24"]\n  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: ["127.0.0.1:0"] }\n`,
    );
    listener = await startListener(["--json", "--config", config]);
    expect(listener.stderr()).not.toContain("any address may send");
    const socket = connectTcp(Number(listener.addresses[1]!.port), "127.0.0.1", () => socket.write("<189>1: a\n"));
    await new Promise((resolve) => socket.on("error", () => {}).once("close", resolve));
    await listener.stop();
    expect(await stats()).toMatchObject({ received: { tcp: 0 }, shed: { "connections.not-allowed": 1 } });
  }, 60_000);

  test("sheds what a sender says beyond its rate, to the message", async () => {
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      `db: ${db()}\nlisten:\n  rate: { perAddress: 1, burst: 20 }\n  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: [] }\n`,
    );
    listener = await startListener(["--json", "--config", config]);
    expect(listener.stderr()).toContain("any address may send: set listen.allow");
    const { port } = listener.addresses[0]!;
    const socket = createSocket("udp4");
    for (let i = 0; i < 100; i++)
      await new Promise((resolve) => socket.send(linkUp(i, "r1"), Number(port), "127.0.0.1", resolve));
    socket.close();
    await counted(({ received }) => received!.udp === 100);
    await listener.stop();
    const { outcomes, shed } = await stats();
    expect(outcomes.parsed + outcomes.shed).toBe(100);
    expect(outcomes.parsed).toBeGreaterThanOrEqual(20);
    expect(outcomes.parsed).toBeLessThan(40);
    expect(shed).toEqual({ rate: outcomes.shed });
  }, 60_000);
});

describe("telltale listen and the machine", () => {
  test("writes its addresses to a file, and its files for nobody else", async () => {
    const file = join(folder, "ports");
    const store = join(folder, "store", "t.db");
    listener = await startListener([
      "--db",
      store,
      "--udp",
      "127.0.0.1:0",
      "--tcp",
      "127.0.0.1:0",
      "--port-file",
      file,
    ]);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines.map((line) => new URL(line.replace(/^(udp|tcp)/, "http")).port)).toEqual(
      listener.addresses.map(({ port }) => port),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(store).mode & 0o777).toBe(0o600);
    expect(await listener.stop()).toBe(0);
    const nowhere = await telltale([
      "listen",
      "--db",
      db(),
      "--udp",
      "127.0.0.1:0",
      "--port-file",
      join(folder, "no", "ports"),
    ]);
    expect(nowhere.code).toBe(74);
    expect(nowhere.stderr).toContain("ports: cannot be written");
  }, 60_000);

  test.runIf(process.getuid?.() === 0)(
    "gives root up once its ports are open",
    async () => {
      const store = join(folder, "store");
      mkdirSync(store);
      chmodSync(folder, 0o755);
      chmodSync(store, 0o777);
      listener = await startListener([
        "--json",
        "--db",
        join(store, "t.db"),
        "--udp",
        "127.0.0.1:999",
        "--user",
        "65534:65534",
      ]);
      expect(listener.stderr()).not.toContain("runs as root");
      const threads = `/proc/${listener.child.pid}/task`;
      for (const thread of readdirSync(threads)) {
        const status = readFileSync(join(threads, thread, "status"), "utf8");
        expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
        expect(status).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/m);
        expect(status).toMatch(/^Groups:\t65534 ?$/m);
        expect(status).toMatch(/^CapEff:\t0+$/m);
      }
      expect(statSync(join(store, "t.db")).uid).toBe(65_534);
      const socket = createSocket("udp4");
      for (const line of packetMemory()) await new Promise((resolve) => socket.send(line, 999, "127.0.0.1", resolve));
      socket.close();
      await listener.line((line) => line.change === "opened");
      expect(await listener.stop()).toBe(0);
      for (const user of ["root", "0:0", "nobody-of-this-name", "--help"]) {
        const refused = await telltale(["listen", "--db", db(), "--udp", "127.0.0.1:0", `--user=${user}`]);
        expect(refused.code).toBe(64);
      }
    },
    60_000,
  );

  test("hears by sockets that were handed over, and a restart loses nothing", async () => {
    const output: string[] = [];
    const config = tlsConfig();
    supervisor = spawn(
      "python3",
      [
        join(ROOT, "test/support/supervisor.py"),
        "udp:tcp:tls",
        process.execPath,
        join(ROOT, "dist/cli/main.js"),
        "listen",
        "--json",
        "--config",
        config,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const said = (text: string, times = 1) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (output.join("").split(text).length > times) resolve();
          else supervisor!.stdout!.once("data", () => setImmediate(look));
        };
        look();
      });
    supervisor.stdout!.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    let errors = "";
    supervisor.stderr!.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await said("told READY=1");
    const ports = JSON.parse(output.join("").split("\n")[0]!) as Record<"udp" | "tcp" | "tls", number>;
    const [, pid] = /started (\d+)/.exec(output.join(""))!;
    const socket = createSocket("udp4");
    let sent = 0;
    const send = () => new Promise((resolve) => socket.send(linkUp(++sent, "r1"), ports.udp, "127.0.0.1", resolve));
    // Over the whole restart: what comes while nobody runs waits in the socket.
    let isOn = true;
    const sending = (async () => {
      while (isOn) {
        await send();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    await said("told WATCHDOG=1");
    process.kill(Number(pid), "SIGTERM");
    await said("ended 0");
    const waiting = connectTcp(ports.tcp, "127.0.0.1", () =>
      waiting.end("<189>7: r7: *Nov  6 16:00:00.123: %SYS-5-A: b\n"),
    );
    const secured = dial(ports.tls, made.xr1!).end(octets([linkUp(1, "xr1")]));
    await said("told READY=1", 2);
    await closed(secured);
    isOn = false;
    await sending;
    socket.close();
    await counted(({ received }) => received!.udp === sent && received!.tcp === 1 && received!.tls === 1);
    expect(output.join("")).toContain("told STOPPING=1");
    supervisor.kill("SIGTERM");
    await said("ended 0", 2);
    const { received, kernelDrops } = await stats();
    expect(received).toEqual({ udp: sent, tcp: 1, tls: 1, file: 0 });
    expect(kernelDrops).toBe(0);
    expect(errors).toMatch(new RegExp(`udp://127\\.0\\.0\\.1:${ports.udp}\\b`));
  }, 60_000);
});
