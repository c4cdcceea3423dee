/** The HTTP listener: bounded in connections, in time and in what it reads. */
import { createServer as createPlain, type Server } from "node:http";
import { createServer as createSecure, Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { TelltaleError } from "../error.ts";
import { type Answers, webApp } from "./app.ts";

/** Scrapers are few. */
const MAX_CONNECTIONS = 64;
/** A request is whole within this time, or its connection is closed. */
const REQUEST_MILLIS = 5_000;
const MIN_VERSION = "TLSv1.2";

export interface WebOptions {
  host: string;
  port: number;
  /** What a client must show as `Authorization: Bearer …`; null: nothing. */
  token: string | null;
  /** PEM texts; null: plain HTTP. */
  tls: { cert: string; key: string } | null;
}

export interface WebServer {
  /** Where it listens, with the real port: `http://127.0.0.1:9514`. */
  readonly address: string;
  /** Another token, and another pair where it answers over TLS, from the next request and the next handshake on. */
  use(options: Pick<WebOptions, "token" | "tls">): void;
  stop(): Promise<void>;
}

/** Starts answering; rejects with what the system says of the address, or CONFIG_INVALID for a bad certificate. */
export async function startWeb(options: WebOptions, answers: Answers): Promise<WebServer> {
  let app = webApp(answers, options.token);
  const server = serverOf(options, (request) => app.fetch(request));
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = REQUEST_MILLIS;
  server.headersTimeout = REQUEST_MILLIS;
  server.keepAliveTimeout = REQUEST_MILLIS;
  server.on("clientError", (_, socket) => socket.destroy());
  server.on("tlsClientError", (_, socket) => socket.destroy());
  const scheme = options.tls === null ? "http" : "https";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port }, () => resolve());
  });
  server.removeAllListeners("error");
  server.on("error", () => {});
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `${scheme}://${shown(address)}:${port}`,
    use({ token, tls }) {
      app = webApp(answers, token);
      if (tls !== null && server instanceof SecureServer) server.setSecureContext({ ...tls, minVersion: MIN_VERSION });
    },
    stop() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function serverOf({ tls }: WebOptions, answer: (request: Request) => Response | Promise<Response>): Server {
  const listener = getRequestListener(answer, { overrideGlobalObjects: false });
  // Nothing that is asked for has a body: what is sent along is not read.
  const settings = { maxHeaderSize: 8_192 };
  if (tls === null) return createPlain(settings, listener);
  try {
    return createSecure({ ...settings, ...tls, minVersion: MIN_VERSION, handshakeTimeout: REQUEST_MILLIS }, listener);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TelltaleError("CONFIG_INVALID", `http.tls: ${why}`, "Name a certificate and its key in PEM form.", error);
  }
}

function shown(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
