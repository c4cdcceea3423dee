/** An alert as one message of syslog (RFC 5424): fields for programs in structured data, one line for people. */
import { type Level, newsOf } from "../model.ts";
import { escapeText } from "./escape.ts";
import { type Delivery, deliveryId } from "./output.ts";

/** Numbers of facilities, RFC 5424 section 6.2.1. */
export const FACILITIES = {
  user: 1,
  daemon: 3,
  auth: 4,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;
export type Facility = keyof typeof FACILITIES;

/** The number that RFC 5612 leaves for examples: Telltale has none of its own. */
const SD_ID = "telltale@32473";
/** Bytes of one value and of the line: with them a message stays below 8 KiB, whatever the alert holds. */
const VALUE_BYTES = 255;
const LINE_BYTES = 2_048;

const SEVERITIES: Record<Level, number> = { critical: 2, high: 3, medium: 4, low: 5, informational: 6 };

/** The message without any framing; `host` is the name of this machine. */
export function syslogMessage(entry: Delivery, host: string, facility: Facility): Buffer {
  const { alert, change, at } = entry;
  const news = newsOf(change, alert.status);
  const fields: [string, string | number | null][] = [
    ["id", alert.id],
    ["delivery", deliveryId(entry)],
    ["change", news],
    ["status", alert.status],
    ["level", alert.level],
    ["confidence", alert.confidence],
    ["rule", alert.rule],
    ["advisory", alert.advisory],
    ["verdict", alert.verdict],
    ["device", alert.device],
    ["node", alert.node],
    ["address", alert.address],
    ["count", alert.count],
    ["sourceAuth", alert.sourceAuth],
  ];
  const data = fields.filter(([, value]) => value !== null).map(([name, value]) => ` ${name}="${paramValue(value!)}"`);
  const head = `<${FACILITIES[facility] * 8 + SEVERITIES[alert.level]}>1 ${new Date(at).toISOString()}`;
  const name = host.replace(/[^!-~]/g, "").slice(0, 255) || "-";
  return Buffer.from(`${head} ${name} telltale - ${news} [${SD_ID}${data.join("")}] \ufeff${line(entry)}`);
}

function line({ alert, change }: Delivery): string {
  const place = alert.node === null ? alert.device : `${alert.device} ${alert.node}`;
  const reports = alert.count === 1 ? "1 report" : `${alert.count} reports`;
  const text = `${alert.level.toUpperCase()} ${place}: ${alert.title.en} (${alert.verdict}, ${alert.confidence} confidence). ${newsOf(change, alert.status)}, ${reports}; telltale alerts show ${alert.id}`;
  return cut(escapeText(text), LINE_BYTES);
}

/** Escapes of RFC 5424 section 6.3.3, over those that make every character visible. */
function paramValue(value: string | number): string {
  const visible = escapeText(String(value)).replace(/["\\\]]/g, (character) => `\\${character}`);
  const short = cut(visible, VALUE_BYTES);
  // A cut must not leave half an escape, which would swallow the closing quote.
  return /(?<!\\)(?:\\\\)*\\$/.test(short) ? short.slice(0, -1) : short;
}

/** The longest beginning of a text that has so many bytes of UTF-8, in whole characters. */
function cut(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  let end = bytes;
  while ((whole[end]! & 0xc0) === 0x80) end--;
  return whole.toString("utf8", 0, end);
}
