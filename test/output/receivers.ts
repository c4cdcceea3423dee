/** Receivers of alerts for the tests of the outputs: real servers on loopback that can be taken away and put back. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttp, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";
import type { Certificate } from "../support/certificates.ts";

/** What the event loop has by now is dealt with; on loopback that is all that was sent. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

export interface Receiver {
  port: number;
  received: string[];
  down(): Promise<void>;
  up(): Promise<void>;
}

/** One request, as an HTTP server got it. */
export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server of HTTP, or of HTTPS with a certificate; `answer` replaces the plain 204. */
export async function httpReceiver(
  answer?: RequestListener,
  tls?: Certificate & { ca: Buffer },
): Promise<Receiver & { heard: Heard[] }> {
  const heard: Heard[] = [];
  const received: string[] = [];
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      received.push(body);
      heard.push({ path: request.url ?? "", headers: request.headers, body });
      if (answer === undefined) response.writeHead(204).end();
      else answer(request, response);
    });
  };
  const make = () => (tls === undefined ? createHttp(listener) : createHttps(tls, listener));
  return { heard, ...(await streamReceiver(make, received, false)) };
}

/** A syslog server over TCP, or over TLS with a certificate: messages counted in octets. */
export function syslogReceiver(tls?: Certificate & { ca: Buffer; requestCert?: boolean }): Promise<Receiver> {
  const received: string[] = [];
  const take = (socket: Socket) => {
    let rest = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        const space = rest.indexOf(0x20);
        const length = Number(rest.toString("latin1", 0, Math.max(0, space)));
        if (space < 0 || rest.length < space + 1 + length) return;
        received.push(rest.toString("utf8", space + 1, space + 1 + length));
        rest = rest.subarray(space + 1 + length);
      }
    });
    socket.on("error", () => {});
  };
  const make = () => (tls === undefined ? createTcp(take) : createTls({ ...tls, rejectUnauthorized: true }, take));
  return streamReceiver(make, received, true);
}

async function streamReceiver(make: () => Server, received: string[], raw: boolean): Promise<Receiver> {
  let server = make();
  const sockets = new Set<Socket>();
  const listen = async (port: number) => {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => sockets.delete(socket));
    });
    server.on("tlsClientError", () => {});
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    received,
    async down() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      if (raw) await settled();
    },
    async up() {
      server = make();
      await listen(port);
    },
  };
}

/** A syslog server over UDP. */
export async function udpReceiver(): Promise<Receiver> {
  const received: string[] = [];
  const open = async (port: number) => {
    const socket = createSocket("udp4", (message) => received.push(message.toString("utf8")));
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    return socket;
  };
  let socket: Awaited<ReturnType<typeof open>> | null = await open(0);
  const { port } = socket.address();
  return {
    port,
    received,
    async down() {
      await new Promise<void>((resolve) => (socket === null ? resolve() : socket.close(resolve)));
      socket = null;
    },
    async up() {
      socket = await open(port);
    },
  };
}
