/** Certificates as operators name them: by a name of the subject, or by the fingerprint. */
import { isIP } from "node:net";
import { TelltaleError } from "../error.ts";

/** A name or address as written, or `sha256:` and 64 hexadecimal digits in lower case. Throws CONFIG_INVALID; `place` says where it stood. */
export function readPin(pin: string, place: string): string {
  const digits = /^sha-?256[:=]((?:[0-9a-f]{2}:?){32})$/i.exec(pin)?.[1];
  if (digits !== undefined) return `sha256:${plainFingerprint(digits)}`;
  if (isIP(pin) !== 0 || /^[\w-]+(?:\.[\w-]+)*$/.test(pin)) return pin;
  const hint =
    "Write a name that the certificate bears, without wildcards, or sha256: and the fingerprint that `openssl x509 -noout -fingerprint -sha256 -in FILE` prints.";
  throw new TelltaleError("CONFIG_INVALID", `${place}: ${JSON.stringify(pin)} is no name and no fingerprint`, hint);
}

/** `AB:CD:…` as `abcd…`. */
export function plainFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}
