/** Certificates and keys from files: checked together before they are used, so that a bad pair never replaces a good one. */
import { constants, X509Certificate } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { TelltaleError } from "../error.ts";

/** Names of PEM files. */
export interface TlsFiles {
  /** The listener's certificate, and behind it those that lead to its authority. */
  certificate: string;
  key: string;
  /** Authorities whose client certificates are believed. */
  ca?: string | undefined;
}

/** What a TLS server needs, and what the operator must know of it. */
export interface KeyPair {
  context: SecureContextOptions;
  /** When the certificate ends. */
  validTo: Date;
  hint: string | null;
}

/** A certificate that ends sooner is worth a word. */
const SOON = 14 * 86_400_000;

/**
 * Reads the files and tries them. `now` is the time that the certificate must be valid at to put it in the place of another.
 * Throws NO_INPUT, NO_PERMISSION (also for a key that others may read) and CONFIG_INVALID.
 */
export function readKeyPair(files: TlsFiles, now: Date): KeyPair {
  const cert = readPem(files.certificate, "certificate");
  const key = readKey(files.key);
  const ca = files.ca === undefined ? undefined : readPem(files.ca, "list of certificates");
  const context: SecureContextOptions = {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    minVersion: "TLSv1.2",
    // Each connection proves itself anew, and only once.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  };
  attempt(files, () => createSecureContext(context));
  const { validTo } = attempt(files, () => new X509Certificate(cert));
  const left = new Date(validTo).getTime() - now.getTime();
  return { context, validTo: new Date(validTo), hint: left < SOON ? endsSoon(files.certificate, validTo, left) : null };
}

function endsSoon(file: string, validTo: string, left: number): string {
  if (left < 0) return `${file} has expired (${validTo}): routers will refuse it.`;
  const days = Math.floor(left / 86_400_000);
  return `${file} expires in ${days} ${days === 1 ? "day" : "days"} (${validTo}).`;
}

function readPem(path: string, what: string): string {
  const text = read(path);
  if (text.includes("-----BEGIN ")) return text;
  throw invalid(`${path} is no PEM file`, `Give a ${what} in PEM form: it begins with -----BEGIN CERTIFICATE-----.`);
}

/** Others must not read the key: whoever has it can pose as this listener. */
function readKey(path: string): string {
  const { mode } = stats(path);
  if ((mode & 0o027) !== 0) {
    const rights = (mode & 0o777).toString(8).padStart(4, "0");
    const hint = `chmod 0600 ${path}, or 0640 with a group that only Telltale is in.`;
    throw new TelltaleError("NO_PERMISSION", `${path}: others may use this key (mode ${rights})`, hint);
  }
  const text = readPem(path, "private key");
  if (!/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) return text;
  throw invalid(`${path} is encrypted`, `Write it without a passphrase: openssl pkey -in ${path} -out server.key`);
}

function stats(path: string) {
  const file = open(path);
  try {
    return fstatSync(file);
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  return withPath(path, () => openSync(path, "r"));
}

function read(path: string): string {
  return withPath(path, () => readFileSync(path, "utf8"));
}

function withPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const permission = code === "EACCES" || code === "EPERM";
    const hint = permission
      ? "Let the user that Telltale runs as read it."
      : "Check listen.tls.certificate, listen.tls.key and listen.tls.ca.";
    throw new TelltaleError(
      permission ? "NO_PERMISSION" : "NO_INPUT",
      `${path}: cannot be read (${code})`,
      hint,
      cause,
    );
  }
}

function attempt<T>(files: TlsFiles, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = (cause as { reason?: string }).reason ?? (cause as Error).message;
    const all = [files.certificate, files.key, files.ca].filter((file) => file !== undefined).join(", ");
    const hint =
      reason === "key values mismatch"
        ? "The key is not that of the certificate: the first certificate of the file must be the listener's own."
        : "`openssl x509 -noout -text -in FILE` and `openssl pkey -noout -text -in FILE` show what they hold.";
    throw invalid(`${all}: cannot be used for TLS: ${reason}`, hint, cause);
  }
}

function invalid(what: string, hint: string, cause?: unknown): TelltaleError {
  return new TelltaleError("CONFIG_INVALID", what, hint, cause);
}
