/** Syslog over TLS (RFC 5425): the streams of TCP behind a handshake, from clients that may have to show a certificate. */
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type ClientPolicy, clientJudge, mayStay } from "./client-certificate.ts";
import type { Refusal } from "./door.ts";
import type { KeyPair } from "./key-pair.ts";
import type { Source } from "./source.ts";
import { type Secured, type TcpOptions, tcpSource } from "./stream.ts";

export interface TlsOptions extends TcpOptions, ClientPolicy {}

export interface TlsSource extends Source {
  /** Puts the pair of another reading of the files in force for connections from now on, and another policy also for those
   * that stand. Throws CONFIG_INVALID for a pin that is none. */
  use(pair: KeyPair, policy?: ClientPolicy): void;
}

/** A TLS listener. Throws CONFIG_INVALID for a pin that is none. */
export function tlsSource(options: TlsOptions, pair: KeyPair): TlsSource {
  const waiting = new Map<string, (result: Secured | Refusal) => void>();
  // It has no port of its own: connections are handed to it.
  const open = ({ context }: KeyPair, policy: ClientPolicy): Server => {
    const judge = clientJudge(policy, "listen.tls.clients");
    // The judge refuses what is not authorized, and says why.
    const opened = createServer({ ...context, requestCert: policy.clients !== "none", rejectUnauthorized: false });
    opened.on("secureConnection", (socket) => {
      // Also for one that is refused: without a listener an RST from the peer would end the process.
      socket.on("error", () => {});
      const judged = judge(socket);
      if (typeof judged === "string") settle(socket, judged);
      else settle(socket, { socket, certificate: judged });
    });
    return opened.on("tlsClientError", (error, socket) => settle(socket, reasonOf(error)));
  };

  // Where the peer has hung up already there is no port any more; the connection's end settles it.
  const settle = (socket: TLSSocket, result: Secured | Refusal): void => waiting.get(nameOf(socket))?.(result);

  let policy: ClientPolicy = options;
  let server = open(pair, policy);
  const source = tcpSource(options, {
    transport: "tls",
    handshake(raw, done) {
      const name = nameOf(raw);
      waiting.set(name, done);
      raw.once("close", () => waiting.delete(name));
      server.emit("connection", raw);
    },
  });
  return Object.assign(source, {
    use(other: KeyPair, others: ClientPolicy = policy) {
      server = open(other, others);
      policy = others;
      source.expel("unknown-certificate", ({ certificate }) => mayStay(policy, certificate));
    },
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
