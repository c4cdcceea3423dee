/** What every source of messages offers, and how a listen address is written. */
import { isIP, isIPv6 } from "node:net";
import { TelltaleError } from "../error.ts";
import type { Frame } from "../model.ts";
import type { Refusal } from "./door.ts";

/** Totals of one source since it was made. */
export interface SourceStats {
  /** Frames delivered. */
  received: number;
  /** Bytes as they arrived: before truncation, framing included; for a compressed file, after inflation. */
  bytes: number;
  /** Frames that were longer than the limit and lost their tail. */
  truncated: number;
  /** Connections open now. */
  connections?: number;
  /** Connections turned away or cut, in all and by reason. */
  rejected?: number;
  refused?: Partial<Record<Refusal, number>>;
  /** Socket errors that did not stop the source. */
  errors?: number;
}

/** Where messages come from: a listener or a file. */
export interface Source {
  /** `udp://[::1]:5514`, `tcp://127.0.0.1:5514`, or a file name; ports are the real ones once started. */
  readonly address: string;
  /** Resolves when bound or opened; rejects with a TelltaleError that says what, where, and what to do. */
  start(deliver: (frame: Frame) => void): Promise<void>;
  /** Resolves when there is nothing more to come: a file's end (rejects when it cannot be read on), a listener's `stop`. */
  readonly finished: Promise<void>;
  /** Stops reading where the sender can wait (TCP, files); UDP goes on, its caller counts what it sheds. */
  pause(): void;
  /** Reads on after `pause`. */
  resume(): void;
  /** Ends the source and frees its port; no frame comes after it resolves. Calling it again changes nothing. */
  stop(): Promise<void>;
  stats(): SourceStats;
  /** Other limits, for what comes from now on; a connection of an address that may not connect any more is closed. */
  limit?(limits: Limits): void;
}

/** What bounds a listener; times in ms. */
export interface Limits {
  /** Longest message kept, in bytes. */
  maxBytes?: number | undefined;
  /** Silence after which a connection is closed (1 h). */
  idleTimeoutMs?: number | undefined;
  /** Time for the first byte to come (30 s). */
  firstByteTimeoutMs?: number | undefined;
  /** Time for a begun message to become complete, however it drips (30 s). */
  frameTimeoutMs?: number | undefined;
  /** Time for a TLS handshake (10 s). */
  handshakeTimeoutMs?: number | undefined;
}

/** The longest message kept by default, in bytes. */
export const DEFAULT_MAX_BYTES = 8192;

/** Host and port of `5514`, `:5514`, `*:5514`, `192.0.2.1:5514`, `[2001:db8::1]:5514`, `::1`; host is "" where none is named (all addresses). TelltaleError USAGE otherwise. */
export function parseListenAddress(text: string, defaultPort: number): { host: string; port: number } {
  const parts = splitAddress(text);
  const port = parts?.port === undefined ? defaultPort : Number(parts.port);
  if (parts === null || port > 65535 || !isHost(parts.host)) {
    throw new TelltaleError(
      "USAGE",
      `cannot listen on ${JSON.stringify(text.slice(0, 100))}: not an address`,
      "Write a port (5514), an address with a port (192.0.2.1:5514, [2001:db8::1]:5514) or an address alone.",
    );
  }
  return { host: parts.host === "*" ? "" : parts.host, port };
}

/** The addresses to bind for a host as `parseListenAddress` returns it: both families when none is named. */
export function listenHosts(host: string): string[] {
  return host === "" ? ["0.0.0.0", "::"] : [host];
}

function splitAddress(text: string): { host: string; port: string | undefined } | null {
  if (/^\d{1,5}$/.test(text)) return { host: "", port: text };
  if (isIPv6(text)) return { host: text, port: undefined };
  const bracketed = /^\[([^\]]{2,64})\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed !== null) return isIPv6(bracketed[1]!) ? { host: bracketed[1]!, port: bracketed[2] } : null;
  const plain = /^([^:[\]]{0,253})(?::(\d{1,5}))?$/.exec(text);
  return plain === null || text === "" ? null : { host: plain[1]!, port: plain[2] };
}

function isHost(host: string): boolean {
  if (host === "" || host === "*" || isIP(host) !== 0) return true;
  // A name of digits and dots alone is a mistyped IPv4 address.
  return /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) && !/^[\d.]+$/.test(host);
}
