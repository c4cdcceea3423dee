/** Syslog over TLS (RFC 5425): the streams of TCP behind a handshake, from clients that may have to show a certificate. */
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type ClientPolicy, clientJudge } from "./client-certificate.ts";
import type { Refusal } from "./door.ts";
import type { KeyPair } from "./key-pair.ts";
import type { Source } from "./source.ts";
import { type Secured, type TcpOptions, tcpSource } from "./stream.ts";

export interface TlsOptions extends TcpOptions, ClientPolicy {
  /** Time in ms for the handshake (10 s). */
  handshakeTimeoutMs?: number | undefined;
}

export interface TlsSource extends Source {
  /** Puts the pair of another reading of the files in force, for connections from now on. */
  use(pair: KeyPair): void;
}

/** A TLS listener. Throws CONFIG_INVALID for a pin that is none. */
export function tlsSource(options: TlsOptions, pair: KeyPair): TlsSource {
  const judge = clientJudge(options, "listen.tls.clients");
  const waiting = new Map<string, (result: Secured | Refusal) => void>();
  // The judge refuses what is not authorized, and says why.
  const server: Server = createServer({
    ...pair.context,
    requestCert: options.clients !== "none",
    rejectUnauthorized: false,
  });
  server.on("secureConnection", (socket) => {
    // Also for one that is refused: without a listener an RST from the peer would end the process.
    socket.on("error", () => {});
    const judged = judge(socket);
    if (typeof judged === "string") settle(socket, judged);
    else settle(socket, { socket, certificate: judged });
  });
  server.on("tlsClientError", (error, socket) => settle(socket, reasonOf(error)));

  // Where the peer has hung up already there is no port any more; the connection's end settles it.
  const settle = (socket: TLSSocket, result: Secured | Refusal): void => waiting.get(nameOf(socket))?.(result);

  const source = tcpSource(options, {
    transport: "tls",
    timeoutMs: options.handshakeTimeoutMs ?? 10_000,
    handshake(raw, done) {
      const name = nameOf(raw);
      waiting.set(name, done);
      raw.once("close", () => waiting.delete(name));
      server.emit("connection", raw);
    },
  });
  return Object.assign(source, {
    use: ({ context }: KeyPair) => server.setSecureContext(context),
  });
}

/** Of two connections at once, one differs in this. */
function nameOf({
  remoteAddress,
  remotePort,
}: {
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
}): string {
  return `${remoteAddress} ${remotePort}`;
}

function reasonOf(error: Error): Refusal {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_HTTP_REQUEST") return "not-tls";
  return code === "ERR_SSL_UNSUPPORTED_PROTOCOL" || code === "ERR_SSL_VERSION_TOO_LOW"
    ? "tls-too-old"
    : "handshake-failed";
}
