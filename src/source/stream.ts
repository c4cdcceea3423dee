/** Syslog over TCP (RFC 6587), and what TLS shares with it: connections with limits and deadlines, each with a framer of its own. */
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from "node:net";
import type { Certificate, Frame } from "../model.ts";
import { bindError, listenUrl, senderAddress } from "./address.ts";
import { Connection, type Deadlines } from "./connection.ts";
import { Door, type DoorOptions, type Refusal } from "./door.ts";
import type { FramedMessage } from "./framing.ts";
import { quiet } from "./quiet.ts";
import { DEFAULT_MAX_BYTES, type Limits, type Source, type SourceStats } from "./source.ts";
import { receiveTime } from "./steady.ts";

export interface TcpOptions extends DoorOptions, Limits {
  /** An address of this machine; "" is 0.0.0.0. `::` takes IPv6 only. */
  host: string;
  port: number;
  /** A listening socket that was handed over; then `host` and `port` are not used. */
  fd?: number | undefined;
  /** A door that several listeners share, in the place of one made of the options. */
  door?: Door | undefined;
  /** Silence in ms after which an unterminated line is a message (1,000). */
  idleFlushMs?: number | undefined;
}

/** A connection that is ready to be read, and what its sender proved. */
export interface Secured {
  socket: Socket;
  certificate: Certificate | null;
}

/** What makes connections secure before they are read. */
export interface Security {
  transport: "tls";
  /** `done` may be called several times; the first call counts. */
  handshake(raw: Socket, done: (result: Secured | Refusal) => void): void;
}

/** Whom a connection is from, and what they proved. */
export interface Peer {
  from: string;
  certificate: Certificate | null;
}

export interface TcpSource extends Source {
  limit(limits: Limits): void;
  /** Ends the connections of those that may not stay. */
  expel(reason: Refusal, mayStay: (peer: Peer) => boolean): void;
}

/** A listener; it never writes to a connection. */
export function tcpSource(options: TcpOptions, security: Security | null = null): TcpSource {
  const host = options.host === "" ? "0.0.0.0" : options.host;
  const transport = security?.transport ?? "tcp";
  const door = options.door ?? new Door(options);
  let limits: Limits = options;
  const stats = { received: 0, bytes: 0, truncated: 0, rejected: 0, errors: 0 };
  const refused: Partial<Record<Refusal, number>> = {};
  /** Connections with whom they are from. */
  const connections = new Map<Connection, Peer>();
  /** Connections whose handshake is under way, with what ends it. */
  const shaking = new Map<Socket, () => void>();
  let deliver: (frame: Frame) => void = () => {};
  let server: Server | null = null;
  let bound: AddressInfo | null = null;
  let paused = false;
  let isStopping = false;
  let stopping: Promise<void> | null = null;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const refuse = (reason: Refusal): void => {
    if (isStopping) return;
    stats.rejected++;
    refused[reason] = (refused[reason] ?? 0) + 1;
  };

  const accept = (raw: Socket): void => {
    // Without a listener an RST from the peer would end the process.
    raw.on("error", () => stats.errors++);
    const sender = senderAddress(raw.remoteAddress ?? "");
    const refusal = isStopping ? "gone" : door.enter(sender);
    if (refusal !== null) {
      refuse(refusal);
      raw.destroy();
      return;
    }
    raw.once("close", () => door.leave(sender));
    raw.setKeepAlive(true, 60_000);
    if (security === null) serve({ socket: raw, certificate: null }, sender);
    else shakeHands(raw, sender, security);
  };

  const shakeHands = (raw: Socket, sender: string, { handshake }: Security): void => {
    const settle = (result: Secured | Refusal): void => {
      if (!shaking.delete(raw)) return;
      clearTimeout(timer);
      if (typeof result !== "string") serve(result, sender);
      else {
        refuse(result);
        raw.destroy();
      }
    };
    const timer = setTimeout(() => settle("handshake-too-slow"), limits.handshakeTimeoutMs ?? 10_000);
    shaking.set(raw, () => settle("gone"));
    raw.once("close", () => settle("handshake-failed"));
    handshake(raw, settle);
  };

  const serve = ({ socket, certificate }: Secured, from: string): void => {
    socket.on("error", () => stats.errors++);
    const emit = (found: readonly FramedMessage[]): void => {
      const at = receiveTime();
      for (const { raw, flags } of found) {
        stats.received++;
        if (flags.length > 0 && flags.includes("truncated")) stats.truncated++;
        const frame: Frame = { raw, from, transport, at, flags, line: 0 };
        if (certificate !== null) frame.certificate = certificate;
        deliver(frame);
      }
    };
    const connection = new Connection(
      socket,
      {
        ...deadlinesOf(limits),
        idleFlushMs: options.idleFlushMs ?? 1_000,
        maxBytes: limits.maxBytes ?? DEFAULT_MAX_BYTES,
        paused,
      },
      {
        bytes: (count) => {
          stats.bytes += count;
        },
        messages: emit,
        cut: refuse,
        closed: () => connections.delete(connection),
      },
    );
    connections.set(connection, { from, certificate });
  };

  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const { fd, port } = options;
      const opened = createServer(accept);
      opened.once("error", (cause) => reject(bindError(cause, listenUrl(transport, host, port))));
      const where = fd === undefined ? { host, port, ipv6Only: isIPv6(host), exclusive: true } : { fd };
      opened.listen(where, () => {
        opened.removeAllListeners("error");
        opened.on("error", () => stats.errors++);
        bound = opened.address() as AddressInfo;
        server = opened;
        resolve();
      });
    });

  /** Takes nobody in any more, reads what the kernel already holds, and ends every connection. */
  const stop = async (): Promise<void> => {
    isStopping = true;
    const closed = new Promise<void>((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
    for (const end of [...shaking.values()]) end();
    if (!paused) await quiet(() => stats.bytes);
    for (const connection of [...connections.keys()]) connection.close();
    await closed;
    finish();
  };

  return {
    get address() {
      return listenUrl(transport, bound?.address ?? host, bound?.port ?? options.port);
    },
    finished,
    start(receiver) {
      deliver = receiver;
      return listen();
    },
    pause() {
      paused = true;
      for (const connection of connections.keys()) connection.pause();
    },
    resume() {
      paused = false;
      for (const connection of connections.keys()) connection.resume();
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    limit(others) {
      limits = others;
      this.expel("not-allowed", ({ from }) => door.allows(from));
    },
    expel(reason, mayStay) {
      for (const [connection, peer] of [...connections]) {
        if (mayStay(peer)) continue;
        refuse(reason);
        connection.close();
      }
    },
    stats: (): SourceStats => ({
      ...stats,
      refused: { ...refused },
      connections: connections.size + shaking.size,
    }),
  };
}

function deadlinesOf({ idleTimeoutMs, firstByteTimeoutMs, frameTimeoutMs }: Limits): Omit<Deadlines, "idleFlushMs"> {
  return {
    idleTimeoutMs: idleTimeoutMs ?? 3_600_000,
    firstByteTimeoutMs: firstByteTimeoutMs ?? 30_000,
    frameTimeoutMs: frameTimeoutMs ?? 30_000,
  };
}
