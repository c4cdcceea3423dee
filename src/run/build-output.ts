/** Outputs from their configuration: with their secrets read, and their names, routes and targets for the database. */
import { hostname } from "node:os";
import { resolve } from "node:path";
import { TelltaleError } from "../error.ts";
import { fileOutput } from "../output/file.ts";
import type { Output } from "../output/output.ts";
import { reachable } from "../output/reachable.ts";
import { secretKey } from "../output/signature.ts";
import { syslogOutput } from "../output/syslog.ts";
import { streamTransport } from "../output/syslog-stream.ts";
import { udpTransport } from "../output/syslog-udp.ts";
import type { TlsFiles } from "../output/tls-files.ts";
import { webhookOutput } from "../output/webhook.ts";
import { durationMillis } from "../rule/duration.ts";
import type { KnownOutput } from "../store/outputs.ts";
import type { Clock } from "./clock.ts";
import { type OutputConfig, type OutputsConfig, outputSchema, type TlsConfig } from "./outputs-config.ts";
import { readPrivate, readPublic, readSecret } from "./secret.ts";

/** The configured outputs by name; the console is one of them in any case. */
export function allOutputs(outputs: OutputsConfig): Map<string, OutputConfig> {
  return new Map([["console", outputSchema.parse({ type: "console" })], ...Object.entries(outputs)]);
}

/** An output as the database knows it: no secret is read for this, and none is in it. */
export function knownOutput(name: string, config: OutputConfig): KnownOutput {
  const { minLevel, advisories, rules, changes, maxPending } = config;
  return {
    name,
    type: config.type,
    target: targetOf(config),
    route: { minLevel, advisories, rules, changes },
    maxPending,
  };
}

/** Makes an output other than the console. Throws CONFIG_INVALID, NO_PERMISSION for a secret or a file that it needs. */
export function buildOutput(name: string, config: Exclude<OutputConfig, { type: "console" }>, clock: Clock): Output {
  const place = `outputs.${name}`;
  if (config.type === "file") return fileOutput({ name, ...config, path: resolve(config.path) });
  const reach = {
    reachable: reachable(config.networks, `${place}.networks`),
    connectMillis: durationMillis(config.connectTimeout),
    totalMillis: durationMillis(config.timeout),
  };
  if (config.type === "webhook") return buildWebhook(name, config, { ...reach, now: () => clock.now() }, place);
  const url = new URL(config.to);
  const to = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port), ...reach };
  const { serverName } = config;
  const tls = { ...readTls(config, place), ...(serverName === undefined ? {} : { servername: serverName }) };
  const transport =
    url.protocol === "udp:" ? udpTransport(to) : streamTransport(url.protocol === "tls:" ? { ...to, tls } : to);
  return syslogOutput({ name, target: config.to, host: hostname(), facility: config.facility, transport });
}

function buildWebhook(
  name: string,
  config: Extract<OutputConfig, { type: "webhook" }>,
  reach: Pick<Parameters<typeof webhookOutput>[0], "reachable" | "connectMillis" | "totalMillis" | "now">,
  place: string,
): Output {
  const secretUrl = typeof config.url !== "string";
  const url =
    typeof config.url === "string"
      ? new URL(config.url)
      : hiddenUrl(readSecret(config.url, `${place}.url`), config.allowHttp, place);
  // Read at each attempt, so that a key can be changed while Telltale runs.
  const keys = () =>
    config.secrets.map((secret, i) => longEnough(secretKey(readSecret(secret, place)), `${place}.secrets.${i}`));
  keys();
  return webhookOutput({ name, url, secretUrl, keys, tls: readTls(config, place), ...reach });
}

/** Bytes of the shortest key, after Standard Webhooks. */
const SHORTEST_KEY = 24;

function longEnough(key: Buffer, place: string): Buffer {
  if (key.length >= SHORTEST_KEY) return key;
  const hint = "Make one: echo whsec_$(openssl rand -base64 32)";
  throw new TelltaleError("CONFIG_INVALID", `${place}: the key is shorter than ${SHORTEST_KEY} bytes`, hint);
}

function hiddenUrl(text: string, allowHttp: boolean, place: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const schemes = allowHttp ? ["http:", "https:"] : ["https:"];
  if (url !== null && schemes.includes(url.protocol) && url.username === "" && url.password === "") return url;
  // What it holds may be the secret of something else: it is not quoted.
  const hint = `It takes a URL that begins with ${schemes.join("// or ")}//.`;
  throw new TelltaleError("CONFIG_INVALID", `${place}.url: what was read is no such URL`, hint);
}

function readTls({ ca, cert, key }: TlsConfig, place: string): TlsFiles {
  return {
    ...(ca === undefined ? {} : { ca: readPublic(ca, `${place}.ca`) }),
    ...(cert === undefined ? {} : { cert: readPublic(cert, `${place}.cert`) }),
    ...(key === undefined ? {} : { key: readPrivate(key, `${place}.key`) }),
  };
}

/** Of a URL only what is no secret: tokens like to stand in paths. */
function targetOf(config: OutputConfig): string {
  if (config.type === "console") return "stdout";
  if (config.type === "file") return resolve(config.path);
  if (config.type === "syslog") return config.to;
  if (typeof config.url === "string") return new URL(config.url).origin;
  return "file" in config.url ? `URL in ${config.url.file}` : `URL in $${config.url.env}`;
}
