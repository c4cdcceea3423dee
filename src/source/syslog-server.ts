/** UDP on the npm package syslog-server, with its faults fenced: IPv4 only, one per process, and bytes that are not UTF-8 are lost. */
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import type SyslogServer from "syslog-server";
import { TelltaleError } from "../error.ts";
import type { Frame } from "../model.ts";
import { bindError, listenUrl, senderAddress } from "./address.ts";
import { DEFAULT_MAX_BYTES, type Source, type SourceStats } from "./source.ts";

export interface SyslogServerOptions {
  /** An IPv4 address of this machine; "" is 0.0.0.0. */
  host: string;
  port: number;
  /** Longest message kept, in bytes. */
  maxBytes?: number | undefined;
}

// The package keeps its socket in a module variable: a second instance would close or replace the first one's.
let running = false;

/**
 * A UDP listener on the package (`driver: "syslog-server"`). The package hands out text, so `raw` is that text
 * encoded again: a byte that is no UTF-8 arrives as EF BF BD. The receive buffer is the system's default.
 */
export function syslogServerSource(options: SyslogServerOptions): Source {
  const host = options.host === "" ? "0.0.0.0" : options.host;
  let maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const stats: SourceStats & { errors: number } = { received: 0, bytes: 0, truncated: 0, errors: 0 };
  let port = options.port;
  let server: SyslogServer | null = null;
  let stopping: Promise<void> | null = null;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const receive = (deliver: (frame: Frame) => void, text: string, sender: string, at: Date): void => {
    if (stopping !== null) return;
    const bytes = new TextEncoder().encode(text);
    const truncated = bytes.length > maxBytes;
    stats.received++;
    stats.bytes += bytes.length;
    if (truncated) stats.truncated++;
    deliver({
      raw: truncated ? bytes.slice(0, maxBytes) : bytes,
      from: senderAddress(sender),
      transport: "udp",
      at: at.getTime(),
      flags: truncated ? ["truncated"] : [],
      line: 0,
    });
  };

  return {
    get address() {
      return listenUrl("udp", host, port);
    },
    finished,
    async start(deliver) {
      refuseIpv6(host);
      refuseSecond();
      running = true;
      try {
        // The package binds late and says neither which port 0 became nor that a port is busy.
        port = await freePort(host, options.port);
        const { default: Server } = await import("syslog-server");
        const opened = new Server();
        await startOrError(opened, host, port);
        opened.removeAllListeners("error");
        opened.on("error", () => stats.errors++);
        opened.on("message", (message) => receive(deliver, message.message, message.host, message.date));
        server = opened;
      } catch (error) {
        running = false;
        throw error;
      }
    },
    pause() {},
    resume() {},
    stop() {
      stopping ??= (async () => {
        if (server === null) return;
        await server.stop();
        running = false;
      })().then(finish);
      return stopping;
    },
    stats: () => ({ ...stats }),
    limit(limits) {
      maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    },
  };
}

function refuseIpv6(host: string): void {
  if (!isIPv6(host)) return;
  throw new TelltaleError(
    "CONFIG_INVALID",
    `the driver syslog-server cannot listen on ${host}: the package knows IPv4 only`,
    "Use the driver native for IPv6.",
  );
}

function refuseSecond(): void {
  if (!running) return;
  throw new TelltaleError(
    "CONFIG_INVALID",
    "the driver syslog-server listens already: the package allows one listener per process",
    "Use the driver native for more than one UDP address.",
  );
}

/** Binds and lets go: the port that was free, or why it was not. */
function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createSocket("udp4");
    probe.once("error", (cause) => {
      probe.close();
      reject(bindError(cause, listenUrl("udp", host, port)));
    });
    probe.bind({ address: host, port, exclusive: true }, () => {
      const free = probe.address().port;
      probe.close(() => resolve(free));
    });
  });
}

/** `start()` never settles when the port was taken meanwhile; only the error event tells. */
function startOrError(server: SyslogServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on("error", (cause) => {
      server.stop().then(undefined, () => {});
      reject(bindError(cause, listenUrl("udp", host, port)));
    });
    server
      .start({ address: host, port, exclusive: true })
      .then(resolve, (cause) => reject(bindError(cause, listenUrl("udp", host, port))));
  });
}
