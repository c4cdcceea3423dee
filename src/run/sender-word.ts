/** A sender as one word, its address and what it proved: what batches carry with each frame, and senders are found by. */
import type { Certificate, Frame } from "../model.ts";

/** Names of a certificate that are passed on. */
const MAX_NAMES = 16;

/** A sender that a word stands for. */
export interface SenderName {
  from: string;
  certificate: Certificate | null;
}

/** `192.0.2.7`, or with a certificate `192.0.2.7 <fingerprint> edge1.example.net edge1`; ASCII without blanks in its parts. */
export function senderWord({ from, certificate }: Pick<Frame, "from" | "certificate">): string {
  if (certificate === undefined) return from;
  return [from, certificate.fingerprint, ...certificate.names.slice(0, MAX_NAMES)].join(" ");
}

export function readSenderWord(word: string): SenderName {
  const [from = "", fingerprint, ...names] = word.split(" ");
  return { from, certificate: fingerprint === undefined ? null : { names, fingerprint } };
}
