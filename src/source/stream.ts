/** Syslog over TCP (RFC 6587): connections with limits and deadlines, each with a framer of its own. */
import { type AddressInfo, createServer as createTcpServer, isIPv6, type Server, type Socket } from "node:net";
import type { Frame } from "../model.ts";
import { bindError, listenUrl, senderAddress } from "./address.ts";
import { createFramer, type FramedMessage, type Framer } from "./framing.ts";
import { DEFAULT_MAX_BYTES, type Source, type SourceStats } from "./source.ts";
import { receiveTime } from "./steady.ts";

export interface TcpOptions {
  /** An address of this machine; "" is 0.0.0.0. `::` takes IPv6 only. */
  host: string;
  port: number;
  /** Longest message kept, in bytes. */
  maxBytes?: number | undefined;
  /** Silence in ms after which an unterminated line is a message (1,000). */
  idleFlushMs?: number | undefined;
  /** Connections at once (10,000). */
  maxConnections?: number | undefined;
  /** Connections at once from one address (256). */
  maxConnectionsPerAddress?: number | undefined;
  /** Silence in ms after which a connection is closed (1 h). */
  idleTimeoutMs?: number | undefined;
  /** Time in ms for the first byte to come (30 s). */
  firstByteTimeoutMs?: number | undefined;
  /** Time in ms for a begun message to become complete, however it drips (30 s). */
  frameTimeoutMs?: number | undefined;
  /** Makes the server that accepts connections; a TLS listener brings its own. */
  createServer?: ((accept: (socket: Socket) => void) => Server) | undefined;
  /** What the frames say they came by. */
  transport?: "tcp" | "tls" | undefined;
}

interface Connection {
  socket: Socket;
  framer: Framer;
  sender: string;
  /** Times of the monotonic clock, in ms. */
  opened: number;
  lastByte: number | null;
  pendingSince: number | null;
  flushed: boolean;
  timer: NodeJS.Timeout | null;
  due: number;
}

/** A TCP listener; it never writes to a connection. */
export function tcpSource(options: TcpOptions): Source {
  const host = options.host === "" ? "0.0.0.0" : options.host;
  const transport = options.transport ?? "tcp";
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const idleFlushMs = options.idleFlushMs ?? 1_000;
  const maxConnections = options.maxConnections ?? 10_000;
  const maxPerAddress = options.maxConnectionsPerAddress ?? 256;
  const idleTimeoutMs = options.idleTimeoutMs ?? 3_600_000;
  const firstByteTimeoutMs = options.firstByteTimeoutMs ?? 30_000;
  const frameTimeoutMs = options.frameTimeoutMs ?? 30_000;

  const stats = { received: 0, bytes: 0, truncated: 0, rejected: 0, errors: 0 };
  const connections = new Set<Connection>();
  const perAddress = new Map<string, number>();
  let deliver: (frame: Frame) => void = () => {};
  let server: Server | null = null;
  let bound: AddressInfo | null = null;
  let paused = false;
  let stopping: Promise<void> | null = null;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const emit = (connection: Connection, messages: readonly FramedMessage[]): void => {
    const at = receiveTime();
    for (const { raw, flags } of messages) {
      stats.received++;
      if (flags.length > 0 && flags.includes("truncated")) stats.truncated++;
      deliver({ raw, from: connection.sender, transport, at, flags, line: 0 });
    }
  };

  const accept = (socket: Socket): void => {
    // Without a listener an RST from the peer would end the process.
    socket.on("error", () => stats.errors++);
    const sender = senderAddress(socket.remoteAddress ?? "");
    const same = perAddress.get(sender) ?? 0;
    if (stopping !== null || sender === "" || connections.size >= maxConnections || same >= maxPerAddress) {
      if (stopping === null) stats.rejected++;
      socket.destroy();
      return;
    }
    perAddress.set(sender, same + 1);
    const connection: Connection = {
      socket,
      framer: createFramer({ maxBytes }),
      sender,
      opened: performance.now(),
      lastByte: null,
      pendingSince: null,
      flushed: true,
      timer: null,
      due: 0,
    };
    connections.add(connection);
    socket.setKeepAlive(true, 60_000);
    socket.on("data", (chunk) => read(connection, chunk));
    socket.on("close", () => close(connection));
    if (paused) socket.pause();
    arm(connection, connection.opened);
  };

  const read = (connection: Connection, chunk: Uint8Array): void => {
    if (!connections.has(connection)) return;
    const now = performance.now();
    const messages = connection.framer.push(chunk);
    stats.bytes += chunk.length;
    connection.lastByte = now;
    connection.flushed = false;
    if (!connection.framer.pending()) connection.pendingSince = null;
    else if (connection.pendingSince === null || messages.length > 0) connection.pendingSince = now;
    emit(connection, messages);
    if (connections.has(connection)) arm(connection, now);
  };

  const close = (connection: Connection): void => {
    if (!connections.delete(connection)) return;
    if (connection.timer !== null) clearTimeout(connection.timer);
    const left = (perAddress.get(connection.sender) ?? 1) - 1;
    if (left === 0) perAddress.delete(connection.sender);
    else perAddress.set(connection.sender, left);
    emit(connection, connection.framer.flush("close"));
  };

  const cut = (connection: Connection): void => {
    stats.rejected++;
    connection.socket.destroy();
    close(connection);
  };

  /** When the next deadline of a connection is due, by the monotonic clock. */
  const nextDue = (connection: Connection): number => {
    const { lastByte, pendingSince } = connection;
    if (lastByte === null) return connection.opened + firstByteTimeoutMs;
    const flush = pendingSince === null || connection.flushed ? Number.POSITIVE_INFINITY : lastByte + idleFlushMs;
    const complete = pendingSince === null ? Number.POSITIVE_INFINITY : pendingSince + frameTimeoutMs;
    return Math.min(lastByte + idleTimeoutMs, flush, complete);
  };

  // A timer is moved only when a deadline comes nearer, not with every chunk.
  const arm = (connection: Connection, now: number): void => {
    const due = nextDue(connection);
    if (connection.timer !== null && connection.due <= due) return;
    if (connection.timer !== null) clearTimeout(connection.timer);
    connection.due = due;
    connection.timer = setTimeout(() => expire(connection), Math.min(Math.max(1, Math.ceil(due - now)), LONGEST_TIMER));
  };

  const expire = (connection: Connection): void => {
    connection.timer = null;
    const now = performance.now();
    // While we do not read, silence says nothing about the sender.
    if (paused) shiftDeadlines(connection, now);
    else if (nextDue(connection) <= now) {
      const { lastByte, pendingSince } = connection;
      const flushes =
        lastByte !== null && pendingSince !== null && !connection.flushed && lastByte + idleFlushMs <= now;
      const late = pendingSince !== null && pendingSince + frameTimeoutMs <= now;
      if (!flushes || late) {
        cut(connection);
        return;
      }
      connection.flushed = true;
      const messages = connection.framer.flush("idle");
      if (!connection.framer.pending()) connection.pendingSince = null;
      emit(connection, messages);
    }
    if (connections.has(connection)) arm(connection, now);
  };

  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const opened = (options.createServer ?? createTcpServer)(accept);
      opened.once("error", (cause) => reject(bindError(cause, listenUrl(transport, host, options.port))));
      opened.listen({ host, port: options.port, ipv6Only: isIPv6(host), exclusive: true }, () => {
        opened.removeAllListeners("error");
        opened.on("error", () => stats.errors++);
        bound = opened.address() as AddressInfo;
        server = opened;
        resolve();
      });
    });

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
      for (const { socket } of connections) socket.pause();
    },
    resume() {
      paused = false;
      const now = performance.now();
      for (const connection of connections) {
        shiftDeadlines(connection, now);
        connection.socket.resume();
      }
    },
    stop() {
      if (stopping !== null) return stopping;
      // What was read is delivered before the promise is given out; nothing comes after it.
      const open = [...connections];
      stopping = new Promise<void>((resolve) => {
        if (server === null) resolve();
        else server.close(() => resolve());
      }).then(finish);
      for (const connection of open) {
        connection.socket.destroy();
        close(connection);
      }
      return stopping;
    },
    stats: (): SourceStats => ({ ...stats, connections: connections.size }),
  };
}

function shiftDeadlines(connection: Connection, now: number): void {
  if (connection.lastByte !== null) connection.lastByte = now;
  else connection.opened = now;
  if (connection.pendingSince !== null) connection.pendingSince = now;
}

/** setTimeout fires at once beyond 2^31 - 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
