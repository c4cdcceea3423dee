/** Syslog over UDP (RFC 5426): one datagram is one message, IPv4 or IPv6, with a receive buffer that survives bursts. */
import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from "node:dgram";
import { isIPv6 } from "node:net";
import { platform } from "node:os";
import type { Frame } from "../model.ts";
import { bindError, listenUrl, senderAddress } from "./address.ts";
import { kernelDrops } from "./kernel-drops.ts";
import { quiet } from "./quiet.ts";
import { DEFAULT_MAX_BYTES, type Source, type SourceStats } from "./source.ts";
import { receiveTime } from "./steady.ts";

/** The receive buffer asked for by default, in bytes: about 10,000 datagrams of a stalled reader. */
export const DEFAULT_RECEIVE_BUFFER = 8 * 1024 * 1024;

/** Sockets on one address where the system can share datagrams out among them by sender: each has a buffer of its own. */
const SOCKETS = 4;

export interface UdpOptions {
  /** An address of this machine; "" is 0.0.0.0. `::` takes IPv6 only: open a second source for IPv4. */
  host: string;
  port: number;
  /** A bound socket that was handed over; then `host` and `port` are not used. */
  fd?: number | undefined;
  /** Bytes of SO_RCVBUF to ask for. */
  receiveBufferBytes?: number | undefined;
  /** Longest message kept, in bytes. */
  maxBytes?: number | undefined;
}

/** Bytes of receive buffer asked for and got; `effective` is what the kernel grants of `asked` (Linux reports the double, for its own overhead). */
export interface ReceiveBuffer {
  asked: number;
  effective: number;
}

export interface UdpSource extends Source {
  receiveBuffer(): ReceiveBuffer;
  /** Datagrams the kernel dropped because we read too late; null where the system does not say. */
  kernelDrops(): number | null;
}

/** A UDP listener; it never answers a datagram. */
export function udpSource(options: UdpOptions): UdpSource {
  const host = options.host === "" ? "0.0.0.0" : options.host;
  // A socket that was handed over may be of either family.
  const family = options.fd !== undefined || isIPv6(host) ? "udp6" : "udp4";
  let maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const asked = options.receiveBufferBytes ?? DEFAULT_RECEIVE_BUFFER;
  const stats: SourceStats & { errors: number } = { received: 0, bytes: 0, truncated: 0, errors: 0 };
  const sockets: Socket[] = [];
  let bound: { address: string; port: number } | null = null;
  let effective = 0;
  let drops: number | null = null;
  let stopping: Promise<void> | null = null;
  let closed = false;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const receive = (deliver: (frame: Frame) => void, datagram: Uint8Array, sender: RemoteInfo): void => {
    const truncated = datagram.length > maxBytes;
    stats.received++;
    stats.bytes += datagram.length;
    if (truncated) stats.truncated++;
    deliver({
      // A datagram has its bytes to itself; what is kept of a longer one must not keep all of it.
      raw: truncated ? new Uint8Array(datagram.subarray(0, maxBytes)) : datagram,
      from: family === "udp4" ? sender.address : senderAddress(sender.address),
      transport: "udp",
      at: receiveTime(),
      flags: truncated ? TRUNCATED : NO_FLAGS,
      line: 0,
    });
  };

  /** Reads what the kernel already holds, then closes; a sender that never pauses is cut off. */
  const drain = async (): Promise<void> => {
    await quiet(() => stats.received);
    if (bound !== null) drops = kernelDrops(bound.address, bound.port);
    closed = true;
    await Promise.all(sockets.map((open) => new Promise<void>((resolve) => open.close(resolve))));
  };

  /** Binds one more socket; the first finds the port where none is named. */
  const open = async (deliver: (frame: Frame) => void, reusePort: boolean): Promise<void> => {
    const opened = await bind({ family, host, port: bound?.port ?? options.port, fd: options.fd }, reusePort);
    sockets.push(opened);
    opened.on("error", () => stats.errors++);
    bound = opened.address();
    effective = growBuffer(opened, asked);
    opened.on("message", (datagram, sender) => receive(deliver, datagram, sender));
  };

  return {
    get address() {
      return listenUrl("udp", bound?.address ?? host, bound?.port ?? options.port);
    },
    finished,
    async start(deliver) {
      // A socket of a supervisor's is one that is bound already.
      if (options.fd !== undefined || !canReusePort()) return open(deliver, false);
      // Such sockets share a port with those of any other program that asks for it: whether it is free shows only so.
      if (options.port !== 0) (await bind({ family, host, port: options.port }, false)).close();
      for (let i = 0; i < SOCKETS; i++) await open(deliver, true);
    },
    pause() {},
    resume() {},
    stop() {
      stopping ??= drain().then(finish);
      return stopping;
    },
    stats: () => ({ ...stats }),
    limit(limits) {
      maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    },
    receiveBuffer: () => ({ asked, effective }),
    kernelDrops: () => (closed || bound === null ? drops : kernelDrops(bound.address, bound.port)),
  };
}

/** Where to bind a socket, or the one of a supervisor's that is bound already. */
interface Bound {
  family: "udp4" | "udp6";
  host: string;
  port: number;
  fd?: number | undefined;
}

/** A socket that is bound; rejects with a TelltaleError. */
async function bind({ family, host, port, fd }: Bound, reusePort: boolean): Promise<Socket> {
  const options: SocketOptions & { reusePort: boolean } = { type: family, ipv6Only: family === "udp6", reusePort };
  const opened = createSocket(options);
  await new Promise<void>((resolve, reject) => {
    opened.once("error", (cause) => {
      opened.close();
      reject(bindError(cause, listenUrl("udp", host, port)));
    });
    opened.once("listening", resolve);
    opened.bind(fd === undefined ? { address: host, port, exclusive: true } : { fd, exclusive: true });
  });
  opened.removeAllListeners("error");
  return opened;
}

/** Whether Node knows the option (22.12, 23.1), and the system shares datagrams out evenly. */
function canReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return platform() === "linux" && (major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12));
}

/** A sentence for the operator when the kernel granted less than was asked for, else null. */
export function receiveBufferHint(buffer: ReceiveBuffer): string | null {
  if (buffer.effective >= buffer.asked) return null;
  return (
    `The UDP receive buffer is ${buffer.effective} bytes, ${buffer.asked} were asked for: bursts may be lost before they are read. ` +
    `On Linux: sysctl -w net.core.rmem_max=${buffer.asked}, and the same line in /etc/sysctl.d/ to keep it.`
  );
}

/** Asks for the buffer, and for less where a system refuses instead of clipping. */
function growBuffer(socket: Socket, asked: number): number {
  // Whoever handed the socket over may have been allowed more than we are.
  if (grantedBuffer(socket) >= asked) return grantedBuffer(socket);
  for (let size = asked; size >= 65_536; size = Math.floor(size / 2)) {
    try {
      socket.setRecvBufferSize(size);
      break;
    } catch {}
  }
  return grantedBuffer(socket);
}

function grantedBuffer(socket: Socket): number {
  const reported = socket.getRecvBufferSize();
  return platform() === "linux" ? Math.floor(reported / 2) : reported;
}

const NO_FLAGS: Frame["flags"] = [];
const TRUNCATED: Frame["flags"] = ["truncated"];
