/** Runs the source contract on every source there is. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { connect as connectTls } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, describe } from "vitest";
import { fileSource } from "../../src/source/file.ts";
import { readKeyPair } from "../../src/source/key-pair.ts";
import { parseListenAddress, type Source } from "../../src/source/source.ts";
import { tcpSource } from "../../src/source/stream.ts";
import { syslogServerSource } from "../../src/source/syslog-server.ts";
import { tlsSource } from "../../src/source/tls.ts";
import { udpSource } from "../../src/source/udp.ts";
import { createAuthority } from "../support/certificates.ts";
import { sourceContract } from "./contract.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-source-"));
afterAll(() => rmSync(folder, { recursive: true }));

function where(source: Source): { host: string; port: number } {
  return parseListenAddress(source.address.replace(/^[a-z]+:\/\//, ""), 0);
}

function listener(
  make: (host: string, port: number) => Source,
  host: string,
  send: (to: Source, all: readonly Uint8Array[]) => Promise<void>,
) {
  return {
    make: async (messages: readonly Uint8Array[]) => {
      const source = make(host, 0);
      return { source, send: () => send(source, messages) };
    },
    rival: (address: string) => make(host, parseListenAddress(address.replace(/^[a-z]+:\/\//, ""), 0).port),
  };
}

async function datagrams(to: Source, messages: readonly Uint8Array[]): Promise<void> {
  const { host, port } = where(to);
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  for (const message of messages) {
    await new Promise<void>((resolve, reject) =>
      socket.send(message, port, host, (error) => (error ? reject(error) : resolve())),
    );
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

function stream(
  frame: (message: Uint8Array) => Uint8Array,
): (to: Source, messages: readonly Uint8Array[]) => Promise<void> {
  return (to, messages) =>
    new Promise((resolve, reject) => {
      const socket = connect(where(to), () => socket.end(Buffer.concat(messages.map(frame))));
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
}

async function secured(to: Source, messages: readonly Uint8Array[]): Promise<void> {
  const { host, port } = where(to);
  await new Promise<void>((resolve, reject) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false }, () => {
      socket.end(Buffer.concat(messages.map(withLf)));
    });
    socket.once("close", () => resolve());
    socket.once("error", reject);
  });
}

function file(suffix: string, pack: (text: Buffer) => Uint8Array) {
  const path = join(folder, `contract${suffix}`);
  return {
    name: `file (${suffix})`,
    transport: "file" as const,
    from: path,
    make: async (messages: readonly Uint8Array[]) => {
      writeFileSync(path, pack(Buffer.concat(messages.map(withLf))));
      return { source: fileSource({ path }), send: async () => {} };
    },
  };
}

function withLf(message: Uint8Array): Uint8Array {
  return Buffer.concat([message, Buffer.from("\n")]);
}

const udp4 = (host: string, port: number) => udpSource({ host, port });
const tcp = (host: string, port: number) => tcpSource({ host, port });
const files = createAuthority(folder)("server", { subject: "/CN=collector" });
const tls = (host: string, port: number) =>
  tlsSource({ host, port, clients: "none", pins: [] }, readKeyPair(files, new Date()));
const packaged = (host: string, port: number) => syslogServerSource({ host, port });

describe("the source contract", () => {
  sourceContract({
    name: "udp over IPv4",
    transport: "udp",
    from: "127.0.0.1",
    ...listener(udp4, "127.0.0.1", datagrams),
  });
  sourceContract({ name: "udp over IPv6", transport: "udp", from: "::1", ...listener(udp4, "::1", datagrams) });
  sourceContract({
    name: "tcp with LF",
    transport: "tcp",
    from: "127.0.0.1",
    ...listener(tcp, "127.0.0.1", stream(withLf)),
  });
  sourceContract({
    name: "tcp with LF over IPv6",
    transport: "tcp",
    from: "::1",
    ...listener(tcp, "::1", stream(withLf)),
  });
  sourceContract({
    name: "tls with LF",
    transport: "tls",
    from: "127.0.0.1",
    ...listener(tls, "127.0.0.1", secured),
  });
  const packagedSubject = listener(packaged, "127.0.0.1", datagrams);
  sourceContract({
    name: "syslog-server",
    transport: "udp",
    from: "127.0.0.1",
    decodes: true,
    make: packagedSubject.make,
    rival: (address) => udp4("127.0.0.1", parseListenAddress(address.replace(/^udp:\/\//, ""), 0).port),
  });
  sourceContract(file(".log", (text) => text));
  sourceContract(file(".gz", (text) => gzipSync(text)));
  sourceContract(file(".zst", (text) => execFileSync("zstd", ["-q", "-c"], { input: text })));
  sourceContract({
    name: "standard input",
    transport: "file",
    from: "-",
    make: async (messages) => {
      const stdin = new PassThrough();
      return {
        source: fileSource({ path: "-", stdin }),
        send: async () => void stdin.end(Buffer.concat(messages.map(withLf))),
      };
    },
  });
});
