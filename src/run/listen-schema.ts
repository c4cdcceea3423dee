/** The part `listen` of the configuration: addresses, certificates, limits. */
import { z } from "zod";
import { duration } from "../rule/schema-values.ts";

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const where = (port: string) =>
  `A port, or \`ADDRESS:PORT\` such as \`192.0.2.10:${port}\` or \`[2001:db8::10]:${port}\`; one or a list, \`[]\` for none. A port alone listens on all addresses.`;

const udp = z
  .strictObject({
    addresses: addresses.prefault(["5514"]).describe(where("514")),
    driver: z
      .enum(["native", "syslog-server"])
      .default("native")
      .describe("`native`, or `syslog-server`: the npm package, IPv4 only and not exact to the byte."),
    receiveBuffer: z
      .number()
      .int()
      .min(0)
      .default(8_388_608)
      .describe("Bytes of receive buffer to ask the system for; on Linux `net.core.rmem_max` must allow it."),
  })
  .prefault({})
  .describe("Syslog over UDP.");

const tls = z
  .strictObject({
    addresses: addresses.prefault([]).describe(where("6514")),
    certificate: z
      .string()
      .optional()
      .describe("PEM file: the listener's certificate, behind it those that lead to its authority."),
    key: z
      .string()
      .optional()
      .describe("PEM file: the certificate's private key. It is refused when others may read it (`chmod 0600`)."),
    ca: z.string().optional().describe("PEM file: the authorities whose client certificates are believed."),
    clientCertificates: z
      .enum(["none", "optional", "required"])
      .optional()
      .describe(
        "Whether routers are asked for a certificate, and must have one. When left out: `required` where `ca` or `clients` is set, else `none`.",
      ),
    clients: z
      .array(z.string())
      .default([])
      .describe(
        "Certificates that may connect, each by a name that it bears or as `sha256:` and its fingerprint; empty: any that an authority of `ca` signed. One that is named by its fingerprint needs no authority.",
      ),
  })
  .prefault({})
  .describe("Syslog over TLS (RFC 5425), version 1.2 or later. Changed files are taken in without a restart.");

const connections = z
  .strictObject({
    max: z.number().int().min(1).max(1_000_000).default(10_000).describe("TCP and TLS connections at once."),
    perAddress: z.number().int().min(1).max(1_000_000).default(256).describe("Of these, from one address."),
    handshake: duration.default("10s").describe("Time for a TLS handshake, from the first to the last byte."),
    firstByte: duration.default("30s").describe("Time for the first byte to come."),
    message: duration.default("30s").describe("Time for a begun message to become complete, however it drips."),
    idle: duration.default("1h").describe("A connection that is silent for so long is closed."),
  })
  .prefault({})
  .describe("Limits of TCP and TLS connections.");

const rate = z
  .strictObject({
    perAddress: z
      .number()
      .int()
      .min(0)
      .max(10_000_000)
      .default(0)
      .describe("Messages a second from one address, in the long run; 0: as many as can be judged."),
    burst: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(10_000)
      .describe("Messages that an address which was silent may send at once."),
  })
  .prefault({})
  .describe("How much one sender may send; what is more is counted as shed.");

export const listenSchema = z
  .strictObject({
    udp,
    tcp: z
      .strictObject({ addresses: addresses.prefault(["5514"]).describe(where("514")) })
      .prefault({})
      .describe("Syslog over TCP: octet counting (RFC 6587), lines, or Cisco's stream without separators."),
    tls,
    connections,
    rate,
    maxMessage: z
      .number()
      .int()
      .min(480)
      .max(65_507)
      .default(8_192)
      .describe("Bytes of the longest message; what is longer is cut and flagged."),
    allow: z
      .array(z.string())
      .default([])
      .describe("Networks that may send, such as `192.0.2.0/24` or `2001:db8::/32`; empty: anyone may."),
  })
  .prefault({})
  .describe("Where messages come in.");

export type ListenConfig = z.infer<typeof listenSchema>;

/** Whether clients are asked for certificates, where the configuration leaves it open. */
export function clientsAsked({
  clientCertificates,
  ca,
  clients,
}: ListenConfig["tls"]): "none" | "optional" | "required" {
  return clientCertificates ?? (ca !== undefined || clients.length > 0 ? "required" : "none");
}

/** What is wrong with values that are each sound, or null. */
export function listenFault({ tls }: ListenConfig): string | null {
  const asked = clientsAsked(tls) !== "none";
  if (tls.addresses.length > 0 && (tls.certificate === undefined || tls.key === undefined))
    return "listen.tls: certificate and key are needed to listen with TLS";
  if (asked && tls.ca === undefined && !tls.clients.some((pin) => /^sha-?256[:=]/i.test(pin)))
    return "listen.tls: ca is needed to ask for client certificates, or fingerprints in clients";
  return null;
}
