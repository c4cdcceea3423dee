/** What a TLS client proves by its certificate (RFC 5425 section 5), and whether that is enough to be heard. */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Certificate } from "../model.ts";
import type { Refusal } from "./door.ts";
import { plainFingerprint, readPin } from "./pin.ts";

export interface ClientPolicy {
  /** Whether clients are asked for a certificate, and must have one. */
  clients: "none" | "optional" | "required";
  /** Names or fingerprints (`sha256:…`) of which a client must show one; empty: any that an authority signed. */
  pins: readonly string[];
}

/** Judges the client of a finished handshake: its certificate, null for one that shows none, or why it is refused. */
export function clientJudge(
  { clients, pins }: ClientPolicy,
  place: string,
): (socket: TLSSocket) => Certificate | null | Refusal {
  const known = new Set(pins.map((pin) => readPin(pin, place)));
  const names = [...known].filter((pin) => !pin.startsWith("sha256:"));
  return (socket) => {
    if (clients === "none") return null;
    const shown = socket.getPeerX509Certificate();
    if (shown === undefined) return clients === "required" ? "no-certificate" : null;
    const fingerprint = plainFingerprint(shown.fingerprint256);
    const pinned = known.has(`sha256:${fingerprint}`);
    if (!socket.authorized && !(pinned && isOnlyUnsigned(socket))) return "bad-certificate";
    if (known.size > 0 && !pinned && !names.some((name) => bears(shown, name))) return "unknown-certificate";
    return { names: namesOf(shown), fingerprint };
  };
}

/** Whether a client that was let in by another policy would be by this one. */
export function mayStay({ clients, pins }: ClientPolicy, certificate: Certificate | null): boolean {
  if (clients === "none") return true;
  if (certificate === null) return clients === "optional";
  const known = pins.map((pin) => readPin(pin, "listen.tls.clients").toLowerCase());
  const shown = [`sha256:${certificate.fingerprint}`, ...certificate.names.map((name) => name.toLowerCase())];
  return known.length === 0 || shown.some((one) => known.includes(one));
}

/** The names that a certificate proves; those with a wildcard prove nobody. */
export function namesOf(certificate: X509Certificate): string[] {
  const entries = (certificate.subjectAltName ?? "").split(", ");
  // Node puts a name with a comma or a quotation mark in quotes, so that none can pass for another entry.
  const proved = entries.flatMap((entry) => /^(?:DNS|IP Address):([\w.:-]{1,253})$/.exec(entry)?.[1] ?? []);
  if (entries.some((entry) => entry.startsWith("DNS:"))) return [...new Set(proved)];
  const common = certificate.toLegacyObject().subject?.CN as string | string[] | undefined;
  const isName = typeof common === "string" && /^[\w.-]{1,253}$/.test(common);
  return [...new Set(isName ? [common, ...proved] : proved)];
}

/** Whether the certificate is for exactly this name or address. */
function bears(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { wildcards: false }) !== undefined;
}

/** A pinned certificate needs no authority; that it has expired is what OpenSSL finds last, and tells. */
function isOnlyUnsigned(socket: TLSSocket): boolean {
  return UNSIGNED.has(String(socket.authorizationError));
}

const UNSIGNED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
