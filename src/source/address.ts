/** How socket addresses are shown, and what a failed bind means to the operator. */
import { isIPv6 } from "node:net";
import { type ErrorCode, TelltaleError } from "../error.ts";

/** A sender's address in its one form: `::ffff:192.0.2.7` becomes `192.0.2.7`, a zone (`%eth0`) is dropped. */
export function senderAddress(text: string): string {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address;
}

/** `udp://192.0.2.1:5514`, `tcp://[2001:db8::1]:5514`. */
export function listenUrl(scheme: string, host: string, port: number): string {
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The error for a listener that could not bind; `url` says where. */
export function bindError(cause: unknown, url: string): TelltaleError {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? "";
  const reason = REASONS[code] ?? OTHER;
  return new TelltaleError(
    reason.code,
    `cannot listen on ${url}: ${reason.what} (${code || String(cause)})`,
    reason.hint,
    cause,
  );
}

interface Reason {
  code: ErrorCode;
  what: string;
  hint: string;
}

const NOT_PERMITTED: Reason = {
  code: "NO_PERMISSION",
  what: "permission denied",
  hint: "Ports below 1024 need a right: choose a port such as 5514, or grant CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE; else: setcap cap_net_bind_service=+ep on the node binary).",
};
const NOT_HERE: Reason = {
  code: "ADDRESS_UNAVAILABLE",
  what: "this machine does not have that address",
  hint: "Use an address that `ip address` lists, or a port alone to listen on all of them.",
};
const OTHER: Reason = {
  code: "ADDRESS_UNAVAILABLE",
  what: "the system refused",
  hint: "Check the address and the limits of this process (ulimit -n).",
};
const REASONS: Readonly<Record<string, Reason | undefined>> = {
  EADDRINUSE: {
    code: "ADDRESS_IN_USE",
    what: "the port is in use",
    hint: "Stop the other listener (`ss -lnptu` names it; often rsyslog or syslog-ng) or choose another port.",
  },
  EACCES: NOT_PERMITTED,
  EPERM: NOT_PERMITTED,
  EADDRNOTAVAIL: NOT_HERE,
  ENOTFOUND: { ...NOT_HERE, what: "the name has no address" },
  EAI_AGAIN: { ...NOT_HERE, what: "the name could not be looked up" },
  EAFNOSUPPORT: { ...NOT_HERE, what: "this machine does not speak that address family" },
};
