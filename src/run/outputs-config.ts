/** Where alerts go: the part `outputs` of the configuration. */
import { z } from "zod";
import { LEVELS, NEWS } from "../model.ts";
import { FACILITIES, type Facility } from "../output/syslog-message.ts";
import { duration } from "../rule/schema-values.ts";
import { isOwnAddress } from "./own-address.ts";

const list = z.array(z.string().min(1)).default([]);

/** What every output has. */
const common = {
  minLevel: z.enum(LEVELS).default("informational").describe("The lowest level of alerts that it is told of."),
  advisories: list.describe("Only alerts of these advisories; empty: of any."),
  rules: list.describe("Only alerts of these rules; empty: of any."),
  changes: z.array(z.enum(NEWS)).default([]).describe("Only these changes of an alert; empty: any."),
  giveUpAfter: duration
    .default("7d")
    .describe("How long an alert is tried again; then it is dead until `telltale outputs retry`."),
  maxPending: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(100_000)
    .describe("How many alerts may wait for it; above that the oldest of the lowest level are given up."),
};

const secret = z
  .union([
    z.strictObject({ file: z.string().min(1).describe("A file that holds it, which not everybody may read.") }),
    z.strictObject({ env: z.string().min(1).describe("An environment variable that holds it.") }),
  ])
  .meta({
    id: "Secret",
    title: "Secret",
    description: "A secret that does not stand in this file: `{ file: PATH }` or `{ env: NAME }`.",
  });
export type SecretPlace = z.infer<typeof secret>;

const tls = {
  ca: z.string().optional().describe("File of the authorities to trust (PEM); left out: those of the system."),
  cert: z.string().optional().describe("File of the certificate to show (PEM), with `key`."),
  key: z.string().optional().describe("File of its private key (PEM), which not everybody may read."),
};
export type TlsConfig = { ca?: string | undefined; cert?: string | undefined; key?: string | undefined };

const networked = {
  networks: list.describe(
    "The only networks that it may connect to, such as `192.0.2.0/24`; empty: any but link-local, cloud metadata, multicast and reserved ones.",
  ),
  connectTimeout: duration.default("5s").describe("How long a connection may take, with looking up the name."),
  timeout: duration.default("10s").describe("How long one attempt may take in all."),
};

const consoleOutput = z
  .strictObject({ type: z.literal("console").describe("What kind of output it is."), ...common })
  .meta({
    id: "ConsoleOutput",
    title: "Console output",
    description: "What `telltale listen` prints; its name is `console`.",
  });

const fileOutput = z
  .strictObject({
    type: z.literal("file").describe("What kind of output it is."),
    path: z.string().min(1).describe("The file: one alert a line, as JSON."),
    maxSize: z.number().int().min(65_536).default(104_857_600).describe("Bytes at which a new file is begun."),
    keep: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(10)
      .describe("How many full files are kept: `path.1` is the newest."),
    ...common,
  })
  .meta({ id: "FileOutput", title: "File output", description: "A file of JSON lines." });

const webhookOutput = z
  .strictObject({
    type: z.literal("webhook").describe("What kind of output it is."),
    url: z
      .union([z.string(), secret])
      .refine((url) => typeof url !== "string" || isHttpUrl(url), "a URL such as https://noc.example.net/hook")
      .describe("Where to; or, where the path is itself a secret, the place that holds it."),
    allowHttp: z
      .boolean()
      .default(false)
      .describe("Whether the URL may be `http:`, which anybody on the way can read."),
    secrets: z
      .array(secret)
      .max(2)
      .default([])
      .describe("Keys that sign each request; two while a receiver changes over to a new one, which stands first."),
    ...networked,
    ...tls,
    ...common,
  })
  .meta({ id: "WebhookOutput", title: "Webhook output", description: "A signed HTTP request (Standard Webhooks)." });

const syslogOutput = z
  .strictObject({
    type: z.literal("syslog").describe("What kind of output it is."),
    to: z
      .string()
      .refine(isSyslogUrl, "udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT")
      .describe("Where to: `udp://HOST:PORT`, `tcp://HOST:PORT` or `tls://HOST:PORT`."),
    facility: z
      .enum(Object.keys(FACILITIES) as [Facility, ...Facility[]])
      .default("local0")
      .describe("The facility of its messages."),
    serverName: z.string().optional().describe("The name in the server's certificate; left out: the host."),
    ...networked,
    ...tls,
    ...common,
  })
  .meta({ id: "SyslogOutput", title: "Syslog output", description: "Messages of RFC 5424." });

/** One output. */
export const outputSchema = z.discriminatedUnion("type", [consoleOutput, fileOutput, webhookOutput, syslogOutput]);
export type OutputConfig = z.infer<typeof outputSchema>;

/** The part `outputs` of the configuration. */
export const outputsSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "a lower-case name such as noc"), outputSchema)
  .default({})
  .describe("Where alerts go besides the console, by name.");
export type OutputsConfig = z.infer<typeof outputsSchema>;

/** What is wrong with outputs of which each field is sound, or null; `listens` are the addresses that Telltale listens
 * on, by transport. */
export function outputsContradiction(
  outputs: OutputsConfig,
  listens: Record<string, readonly string[] | undefined>,
): string | null {
  for (const [name, output] of Object.entries(outputs)) {
    const what = fault(name, output) ?? loop(output, listens);
    if (what !== null) return `outputs.${name}: ${what}`;
  }
  return null;
}

function fault(name: string, output: OutputConfig): string | null {
  if ((name === "console") !== (output.type === "console")) return "the name console is that of the type console";
  if ("cert" in output && (output.cert === undefined) !== (output.key === undefined)) return "cert and key go together";
  if (
    output.type === "webhook" &&
    typeof output.url === "string" &&
    !output.allowHttp &&
    output.url.startsWith("http:")
  )
    return "the URL is http: write https, or allowHttp: true";
  if (output.type !== "syslog" || output.to.startsWith("tls:")) return null;
  const secure = [output.ca, output.cert, output.serverName].some((one) => one !== undefined);
  return secure ? "ca, cert, key and serverName are for tls://" : null;
}

function loop(output: OutputConfig, listens: Record<string, readonly string[] | undefined>): string | null {
  if (output.type !== "syslog") return null;
  const url = new URL(output.to);
  const own = isOwnAddress(url, listens[url.protocol.slice(0, -1)] ?? []);
  return own ? `${output.to} is where Telltale itself listens` : null;
}

function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

function isSyslogUrl(text: string): boolean {
  const url = /^(?:udp|tcp|tls):\/\/[^\s/@?#]+$/.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.hostname !== "" && Number(url.port) > 0;
}
