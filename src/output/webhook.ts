/** A webhook as an output, after Standard Webhooks: a signed POST of the alert for each change of it. */
import { Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { isIP } from "node:net";
import { type Millis, newsOf } from "../model.ts";
import { alertJson } from "./alert-json.ts";
import { jsonLine } from "./json-line.ts";
import { closedError, type Delivery, deliveryId, type Output, OutputError } from "./output.ts";
import { type Answer, post } from "./post.ts";
import type { Reachable } from "./reachable.ts";
import { signedHeaders } from "./signature.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface WebhookOptions {
  name: string;
  url: URL;
  /** Whether the path of the URL is itself a secret: then no answer is quoted, since it may repeat it. */
  secretUrl: boolean;
  /** The keys in use, newest first; asked at each attempt. Throws a TelltaleError. */
  keys(): readonly Buffer[];
  now(): Millis;
  reachable: Reachable;
  connectMillis: Millis;
  totalMillis: Millis;
  tls: TlsFiles;
}

/** The webhook; one request at a time, on a connection that is kept. */
export function webhookOutput(options: WebhookOptions): Output {
  const { name, url, reachable, tls } = options;
  const kept = { keepAlive: true, maxSockets: 1, lookup: reachable.lookup };
  const agent =
    url.protocol === "https:" ? new SecureAgent({ ...kept, ...tls, rejectUnauthorized: true }) : new PlainAgent(kept);
  let closed = false;
  return {
    name,
    async deliver(entry) {
      if (closed) throw closedError(name);
      const body = Buffer.from(webhookBody(entry));
      const headers = {
        "content-type": "application/json",
        "user-agent": "telltale",
        ...signedHeaders(options.keys(), deliveryId(entry), options.now(), body),
      };
      const answer = await send(options, { agent, headers, body });
      if (answer.status < 200 || answer.status > 299) throw refusal(answer, options);
    },
    async close() {
      closed = true;
      agent.destroy();
    },
  };
}

/** The JSON that is posted: what happened, when, and the alert as it was then. */
export function webhookBody({ change, at, alert }: Delivery): string {
  const type = `alert.${newsOf(change, alert.status)}`;
  return jsonLine({ type, timestamp: new Date(at).toISOString(), data: alertJson(alert, change) });
}

async function send(
  { url, reachable, connectMillis, totalMillis }: WebhookOptions,
  request: { agent: PlainAgent; headers: Record<string, string>; body: Buffer },
): Promise<Answer> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  try {
    // An address is connected to without being looked up.
    if (isIP(host) !== 0) reachable.check(host);
    return await post({ url, connectMillis, totalMillis, ...request });
  } catch (cause) {
    if (cause instanceof OutputError) throw new OutputError(`${url.origin}: ${cause.message}`, cause.hint, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OutputError(`${url.origin}: ${why}`, "Check the URL and that its server runs and can be reached.", {
      cause,
    });
  }
}

/** Statuses that speak of the entry and not of the receiver: it would be answered the same for ever. */
const OF_THE_ENTRY = new Set([400, 411, 413, 414, 415, 422, 431]);

function refusal({ status, headers, text }: Answer, { url, secretUrl, now }: WebhookOptions): OutputError {
  const quoted = text.trim() === "" || secretUrl ? "" : `: ${hidden(text.trim(), url)}`;
  if (status >= 300 && status < 400) {
    const hint = "Name the place that it redirects to as the URL, if that is meant; redirects are not followed.";
    return new OutputError(`${url.origin} answered with a redirect (${status})`, hint);
  }
  const retryAfter = status === 429 || status === 503 ? askedWait(headers["retry-after"], now()) : null;
  const hint = "Look at what the receiver logged about this request.";
  const refused = OF_THE_ENTRY.has(status);
  return new OutputError(`${url.origin} answered ${status}${quoted}`, hint, { refused, retryAfter });
}

/** A path may be as good as a password, and servers like to repeat it. */
function hidden(text: string, url: URL): string {
  const parts = [url.pathname + url.search, url.search, ...url.pathname.split("/")].filter((part) => part.length > 3);
  const all = parts.flatMap((part) => [part, decoded(part)]);
  return all.reduce((rest, part) => rest.replaceAll(part, "…"), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An hour at most: no receiver may silence the alerts for longer. */
const LONGEST_ASKED = 3_600_000;

/** Seconds or a date, as RFC 9110 has it. */
function askedWait(value: string | undefined, now: Millis): Millis | null {
  if (value === undefined) return null;
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.min(LONGEST_ASKED, Math.max(0, wait));
}
