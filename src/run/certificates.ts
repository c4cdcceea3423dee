/** The certificate that the TLS listeners show, taken in again when its files change: a bad new pair leaves the old one in force. */
import { stat } from "node:fs/promises";
import { TelltaleError } from "../error.ts";
import type { ClientPolicy } from "../source/client-certificate.ts";
import { type KeyPair, readKeyPair, type TlsFiles } from "../source/key-pair.ts";
import type { TlsSource } from "../source/tls.ts";

/** How often the files are looked at; a pair is read when they have stayed the same for one look. */
const LOOK_MILLIS = 2_000;
/** How often it is said that a certificate ends soon. */
const REMIND_MILLIS = 86_400_000;

/** What the operator is told. */
export type Tell = (kind: "notice" | "warning", text: string) => void;

export class Certificates {
  #files: TlsFiles;
  readonly #listeners: readonly TlsSource[];
  readonly #tell: Tell;
  readonly #timer: NodeJS.Timeout;
  /** The files as they were read, and as they looked last. */
  #read: string | null = null;
  #last: string | null = null;
  #reminded = performance.now();

  constructor(files: TlsFiles, listeners: readonly TlsSource[], tell: Tell, lookMillis = LOOK_MILLIS) {
    this.#files = files;
    this.#listeners = listeners;
    this.#tell = tell;
    this.#timer = setInterval(() => void this.#look(), lookMillis);
    this.#timer.unref();
    void this.#look();
  }

  /** Puts a pair that was read from these files in force, with the clients that may connect from now on. */
  use(files: TlsFiles, pair: KeyPair, policy?: ClientPolicy): void {
    this.#files = files;
    for (const listener of this.#listeners) listener.use(pair, policy);
    this.#tell("notice", `TLS certificate reloaded: valid until ${pair.validTo.toISOString()}.`);
    if (pair.hint !== null) this.#tell("warning", pair.hint);
  }

  #reload(): void {
    try {
      this.use(this.#files, readValid(this.#files));
    } catch (error) {
      const why = error instanceof TelltaleError ? `${error.message}\n${error.hint}` : String(error);
      this.#tell("warning", `The TLS certificate cannot be reloaded; the one before stays in force:\n${why}`);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const now = await this.#fingerprint();
    const settled = now === this.#last;
    this.#last = now;
    this.#read ??= now;
    if (settled && now !== this.#read) {
      this.#read = now;
      this.#reload();
    }
    this.#remind();
  }

  #remind(): void {
    if (performance.now() - this.#reminded < REMIND_MILLIS) return;
    this.#reminded = performance.now();
    try {
      const { hint } = readKeyPair(this.#files, new Date());
      if (hint !== null) this.#tell("warning", hint);
    } catch {
      // It was told when the files changed.
    }
  }

  /** By what the files are told apart from their next versions; a link leads to the file itself. */
  async #fingerprint(): Promise<string> {
    const { certificate, key, ca } = this.#files;
    const each = [certificate, key, ca].flatMap((file) => (file === undefined ? [] : [state(file)]));
    return (await Promise.all(each)).join(" ");
  }
}

/** The pair in these files; throws as `readKeyPair`, and CONFIG_INVALID for a certificate that has expired. */
export function readValid(files: TlsFiles): KeyPair {
  const pair = readKeyPair(files, new Date());
  if (pair.validTo.getTime() >= Date.now()) return pair;
  throw new TelltaleError("CONFIG_INVALID", pair.hint!, "Give a certificate that is valid now.");
}

async function state(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "gone";
  }
}
