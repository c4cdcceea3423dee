/** Syslog over UDP: one message, one datagram (RFC 5426). */
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import type { Millis } from "../model.ts";
import type { Reachable } from "./reachable.ts";
import type { SyslogTransport } from "./syslog.ts";

export interface UdpTransportOptions {
  host: string;
  port: number;
  reachable: Reachable;
  /** For looking up the name. */
  connectMillis: Millis;
}

/** A socket for each message: there are few, and the name may have come to mean another address. */
export function udpTransport(options: UdpTransportOptions): SyslogTransport {
  return {
    async send(message) {
      const address = await resolved(options);
      await sendTo(address, options.port, message);
    },
    close() {},
  };
}

function resolved({ host, reachable, connectMillis }: UdpTransportOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    if (isIP(host) !== 0) {
      reachable.check(host);
      return resolve(host);
    }
    const late = setTimeout(
      () => reject(new Error(`${host} is not found within ${connectMillis / 1_000} s`)),
      connectMillis,
    );
    reachable.lookup(host, {}, (error, address) => {
      clearTimeout(late);
      if (error === null) resolve(String(address));
      else reject(error);
    });
  });
}

function sendTo(address: string, port: number, message: Buffer): Promise<void> {
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  return new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.connect(port, address, () => {
      socket.send(message, (error) => {
        if (error !== null) return reject(error);
        // A connected socket learns of a port where nobody listens, when the answer is there by now.
        setImmediate(() => setImmediate(resolve));
      });
    });
  }).finally(() => socket.close());
}
