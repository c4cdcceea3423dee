/** The part `http` of the configuration: loopback, or a token and TLS. */
import { createSecureContext } from "node:tls";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { parseListenAddress } from "../source/source.ts";
import type { WebOptions } from "../web/server.ts";
import { readPrivate, readPublic, readSecret } from "./secret.ts";

/** The port where none is named. */
const DEFAULT_PORT = 9514;

/** The part `http` of the configuration. */
export const httpSchema = z
  .strictObject({
    address: z
      .string()
      .nullable()
      .default(null)
      .describe(
        "Where `/healthz`, `/readyz` and `/metrics` are answered: a port, which listens on 127.0.0.1 only, or `ADDRESS:PORT`; `null`: nowhere. An address that is not loopback needs a token and TLS.",
      ),
    tokenFile: z
      .string()
      .nullable()
      .default(null)
      .describe(
        "A file with the token that a client must show, as `Authorization: Bearer TOKEN`; not readable for all.",
      ),
    tls: z
      .strictObject({
        cert: z.string().describe("The certificate and its chain, a PEM file."),
        key: z.string().describe("Its private key, a PEM file that not everybody may read."),
      })
      .nullable()
      .default(null)
      .describe("Answers over HTTPS."),
  })
  .prefault({})
  .describe("Health and metrics over HTTP.");
export type HttpConfig = z.infer<typeof httpSchema>;

/** How the server is to be run; null where none is wanted. Throws USAGE for an address that is none, and CONFIG_INVALID
 * for one that others reach without a token and TLS. */
export function webOptions({ address, tokenFile, tls }: HttpConfig): WebOptions | null {
  if (address === null) return null;
  const { host, port } = parseListenAddress(address, DEFAULT_PORT);
  const options: WebOptions = {
    // A port alone is for this machine; all addresses have to be asked for.
    host: host === "" ? (address.startsWith("*") ? "::" : "127.0.0.1") : host,
    port,
    token: tokenFile === null ? null : readSecret({ file: tokenFile }, "http.tokenFile").trim(),
    tls: tls === null ? null : readPair(tls),
  };
  if (isLoopback(options.host) || (options.token !== null && options.tls !== null)) return options;
  const hint = "Set http.tokenFile and http.tls, or listen on 127.0.0.1 and let a proxy answer for it.";
  throw new TelltaleError("CONFIG_INVALID", `http.address: ${address} would tell everybody who reaches it`, hint);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d+){3}$/.test(host);
}

function readPair(files: { cert: string; key: string }): { cert: string; key: string } {
  const cert = readPublic(files.cert, "http.tls.cert").toString("utf8");
  const key = readPrivate(files.key, "http.tls.key").toString("utf8");
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TelltaleError("CONFIG_INVALID", `http.tls: ${why}`, "Name a certificate and its key in PEM form.", error);
  }
  return { cert, key };
}
