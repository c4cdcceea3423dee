/** What the first bytes at one place of a TCP stream are: an octet count, the head of an IOS message, or neither. */

/** More bytes than these recognisers ever look at. */
export const LOOKAHEAD = 24;

/** An answer; "more" when the bytes so far allow both and the next ones decide. */
export type Answer = "yes" | "no" | "more";

/** The octet count at `at` (RFC 6587 section 3.4.1): `35 <189>…` is 35 octets; null when none is there; "more" when undecided. */
export function octetCount(
  bytes: Uint8Array,
  at: number,
  end: number,
): { count: number; header: number } | null | "more" {
  let count = 0;
  let i = at;
  for (; i < end && isDigit(bytes[i]!); i++) {
    // Ten digits are the most that are believed: 11 would pass 2^32 octets by far and is abuse, never a length.
    if (i - at === 10 || bytes[at] === ZERO) return null;
    count = count * 10 + (bytes[i]! - ZERO);
  }
  if (i === end) return "more";
  if (i === at || bytes[i] !== SPACE) return null;
  if (i + 1 === end) return "more";
  return bytes[i + 1] === LESS_THAN ? { count, header: i + 1 - at } : null;
}

/** Whether an IOS or IOS XR message begins at `at`: `<189>35: …`, `<189>: …`, `<189>RP/0/…`, `<187>*Mar  1 …`, `<165>1 2024-…`. */
export function iosMessage(bytes: Uint8Array, at: number, end: number): Answer {
  let i = at + 1;
  let pri = 0;
  for (; i < end && isDigit(bytes[i]!); i++) {
    pri = pri * 10 + (bytes[i]! - ZERO);
    if (pri > 191 || i - at > 3 || (i > at + 1 && bytes[at + 1] === ZERO)) return "no";
  }
  if (i === end) return "more";
  if (i === at + 1 || bytes[i] !== GREATER_THAN) return "no";
  return either(counter(bytes, i + 1, end), shape(bytes, i + 1, end));
}

/** `35: ` and `: `; a counter has at most ten digits. */
function counter(bytes: Uint8Array, at: number, end: number): Answer {
  let i = at;
  for (; i < end && isDigit(bytes[i]!); i++) if (i - at === 10) return "no";
  if (i === end) return "more";
  if (bytes[i] !== COLON) return "no";
  if (i + 1 === end) return "more";
  return bytes[i + 1] === SPACE ? "yes" : "no";
}

/** `RP/`, `LC/`, `*Mar `, `.Mar `, `Mar `, `1 2024-`. */
function shape(bytes: Uint8Array, at: number, end: number): Answer {
  const length = Math.min(end - at, 7);
  const text = String.fromCharCode(...bytes.subarray(at, at + length));
  const month = text.startsWith("*") || text.startsWith(".") ? text.slice(1) : text;
  if (/^(?:RP\/|LC\/|1 \d{4}-)/.test(text) || (month.length > 3 && MONTHS.has(month.slice(0, 3)) && month[3] === " "))
    return "yes";
  if (length === 7) return "no";
  const open =
    "RP/".startsWith(text) ||
    "LC/".startsWith(text) ||
    /^1(?: \d{0,4})?$/.test(text) ||
    (month.length < 4 && MONTH_NAMES.some((name) => name.startsWith(month)));
  return open ? "more" : "no";
}

function either(a: Answer, b: Answer): Answer {
  if (a === "yes" || b === "yes") return "yes";
  return a === "more" || b === "more" ? "more" : "no";
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const ZERO = 0x30;
const SPACE = 0x20;
const COLON = 0x3a;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
  (m) => `${m} `,
);
const MONTHS = new Set(MONTH_NAMES.map((name) => name.slice(0, 3)));
