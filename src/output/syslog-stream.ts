/** Syslog over TCP or TLS: a connection that is kept, each message counted in octets (RFC 6587 3.4.1, RFC 5425 4.3). */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure, TLSSocket } from "node:tls";
import type { Millis } from "../model.ts";
import type { Reachable } from "./reachable.ts";
import type { SyslogTransport } from "./syslog.ts";
import type { TlsFiles } from "./tls-files.ts";

/** A connection is not kept for longer without a message: a firewall between may have forgotten it, and the first
 * message over it would be gone without a word. */
const IDLE_MILLIS = 10_000;
/** With TLS 1.3 the client is done before the server has judged its certificate; the first sign that it is content is a
 * session to resume. A server that gives none is believed after this. */
const JUDGED_MILLIS = 1_000;
/** A server that sends more than this is none of syslog. */
const MOST_HEARD = 65_536;

export interface StreamTransportOptions {
  host: string;
  port: number;
  /** Left out: TCP. */
  tls?: TlsFiles;
  reachable: Reachable;
  connectMillis: Millis;
  totalMillis: Millis;
}

export function streamTransport(options: StreamTransportOptions): SyslogTransport {
  let socket: Socket | null = null;
  return {
    async send(message) {
      // Whatever the server has said meanwhile, such as goodbye, is heard first.
      await new Promise((resolve) => setImmediate(resolve));
      if (socket === null || socket.destroyed || socket.readyState !== "open") {
        socket?.destroy();
        socket = await connected(options);
      }
      await written(socket, message, options.totalMillis);
    },
    close() {
      socket?.destroy();
    },
  };
}

function connected({ host, port, tls, reachable, connectMillis }: StreamTransportOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (isIP(host) !== 0) reachable.check(host);
    const where = { host, port, lookup: reachable.lookup };
    // A server name is asked for by name only, RFC 6066.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      tls === undefined ? connectPlain(where) : connectSecure({ ...where, ...name, ...tls, rejectUnauthorized: true });
    const late = setTimeout(
      () => socket.destroy(new Error(`no connection within ${connectMillis / 1_000} s`)),
      connectMillis,
    );
    const done = () => {
      clearTimeout(late);
      clearTimeout(judged);
      socket.setTimeout(IDLE_MILLIS, () => socket.destroy());
      resolve(socket);
    };
    let judged: NodeJS.Timeout | undefined;
    socket.once(tls === undefined ? "connect" : "secureConnect", () => {
      if (!(socket instanceof TLSSocket) || socket.getProtocol() !== "TLSv1.3") return done();
      judged = setTimeout(done, JUDGED_MILLIS);
      // What is written while the session is read would stay in the buffer of TLS.
      socket.once("session", () => setImmediate(done));
    });
    let heard = 0;
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.length;
      if (heard > MOST_HEARD) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(late);
      clearTimeout(judged);
      reject(new Error("the connection was closed"));
    });
  });
}

/** Resolves when the system has taken the frame; a connection on which it did not is of no more use. */
function written(socket: Socket, message: Buffer, totalMillis: Millis): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => socket.destroy(new Error(`the message was not taken within ${totalMillis / 1_000} s`)),
      totalMillis,
    );
    const failed = (error?: Error) => {
      settle();
      reject(error ?? new Error("the connection was closed"));
    };
    const closed = () => failed();
    const settle = () => {
      clearTimeout(late);
      socket.off("error", failed);
      socket.off("close", closed);
    };
    socket.on("error", failed);
    socket.on("close", closed);
    socket.write(Buffer.concat([Buffer.from(`${message.length} `), message]), (error) => {
      if (error) return failed(error);
      settle();
      resolve();
    });
  });
}
