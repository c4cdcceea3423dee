/** The listeners that a configuration asks for, or that were handed over as open sockets. */
import { isIPv6 } from "node:net";
import { TelltaleError } from "../error.ts";
import { durationMillis } from "../rule/duration.ts";
import type { ClientPolicy } from "../source/client-certificate.ts";
import { Door, type DoorOptions } from "../source/door.ts";
import { type KeyPair, readKeyPair, type TlsFiles } from "../source/key-pair.ts";
import { type Limits, listenHosts, parseListenAddress, type Source } from "../source/source.ts";
import { tcpSource } from "../source/stream.ts";
import { syslogServerSource } from "../source/syslog-server.ts";
import { type TlsSource, tlsSource } from "../source/tls.ts";
import { udpSource } from "../source/udp.ts";
import { DEFAULT_PORTS } from "./config.ts";
import { clientsAsked, type ListenConfig } from "./listen-schema.ts";

/** A socket that whoever started this process has opened. */
export interface Inherited {
  transport: "udp" | "tcp" | "tls";
  fd: number;
}

export interface Opened {
  sources: Source[];
  tls: TlsSource[];
  /** What the TLS listeners show; null where there are none. */
  pair: KeyPair | null;
  /** Who may hold a connection. */
  door: Door;
}

/** Makes the listeners, not started. Sockets that were handed over take the place of all addresses. Throws as
 * `readKeyPair`, and CONFIG_INVALID. */
export function openSources(
  listen: ListenConfig,
  allows: (address: string) => boolean,
  inherited: readonly Inherited[],
): Opened {
  const door = new Door(doorOf(listen, allows));
  const stream = { door, ...limitsOf(listen) };
  const places = (transport: Inherited["transport"]) => placesOf(listen, transport, inherited);
  const secure = places("tls");
  const files = tlsFiles(listen);
  if (secure.length > 0 && files === null) {
    const hint = "Name the files in listen.tls.certificate and listen.tls.key.";
    throw new TelltaleError("CONFIG_INVALID", "a TLS socket was handed over, and there is no certificate", hint);
  }
  const pair = secure.length === 0 || files === null ? null : readKeyPair(files, new Date());
  const policy = policyOf(listen);
  const tls = pair === null ? [] : secure.map((place) => tlsSource({ ...place, ...stream, ...policy }, pair));
  return {
    sources: [
      ...datagrams(listen, places("udp")),
      ...places("tcp").map((place) => tcpSource({ ...place, ...stream })),
      ...tls,
    ],
    tls,
    pair,
    door,
  };
}

/** Who may connect, and how many. */
export function doorOf({ connections }: ListenConfig, allows: (address: string) => boolean): DoorOptions {
  return { allows, maxConnections: connections.max, maxConnectionsPerAddress: connections.perAddress };
}

/** What bounds each listener. */
export function limitsOf({ connections, maxMessage }: ListenConfig): Limits {
  return {
    maxBytes: maxMessage,
    handshakeTimeoutMs: durationMillis(connections.handshake),
    firstByteTimeoutMs: durationMillis(connections.firstByte),
    frameTimeoutMs: durationMillis(connections.message),
    idleTimeoutMs: durationMillis(connections.idle),
  };
}

/** Which clients may speak over TLS. */
export function policyOf({ tls }: ListenConfig): ClientPolicy {
  return { clients: clientsAsked(tls), pins: tls.clients };
}

/** The files of the TLS listeners; null where none are named. */
export function tlsFiles({ tls: { certificate, key, ca } }: ListenConfig): TlsFiles | null {
  return certificate === undefined || key === undefined ? null : { certificate, key, ca };
}

interface Place {
  host: string;
  port: number;
  fd?: number;
}

function placesOf(listen: ListenConfig, transport: Inherited["transport"], inherited: readonly Inherited[]): Place[] {
  if (inherited.length > 0)
    return inherited.filter((one) => one.transport === transport).map(({ fd }) => ({ host: "", port: 0, fd }));
  return listen[transport].addresses.flatMap((text) => {
    const { host, port } = parseListenAddress(text, DEFAULT_PORTS[transport]);
    return listenHosts(host).map((one) => ({ host: one, port }));
  });
}

function datagrams({ udp: { driver, receiveBuffer }, maxMessage: maxBytes }: ListenConfig, places: Place[]): Source[] {
  if (driver === "native")
    return places.map((place) => udpSource({ ...place, receiveBufferBytes: receiveBuffer, maxBytes }));
  // The package has one socket a process, and IPv4 only.
  return places
    .filter(({ host }, i, all) => !(isIPv6(host) && all.length > 1 && i > 0))
    .map((place) => syslogServerSource({ ...place, maxBytes }));
}
