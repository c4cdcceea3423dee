/** The nouns that travel between the stages. Leaf data: imports nothing, does nothing. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number;

export type Transport = "udp" | "tcp" | "tls" | "file";

/** What a source noticed about the bytes of one frame.
 * - `truncated`: longer than the frame limit; the tail was discarded.
 * - `split`: cut at `<PRI>` on a TCP stream that has no separators.
 * - `unwrapped`: put together again from lines that a terminal had wrapped. */
export type FrameFlag = "truncated" | "split" | "unwrapped";

/** How sure it is that a message is from the router in whose name it comes: `tls`, by its certificate; `address`, it came
 * from where the operator expects it, which can be forged over UDP; `none`. */
export type SourceAuth = "none" | "address" | "tls";

/** What a sender proved by a TLS client certificate. */
export interface Certificate {
  /** DNS names and addresses of the subject; its common name where it has no DNS name. The first names the sender. */
  names: readonly string[];
  /** SHA-256 of the certificate: 64 hexadecimal digits in lower case. */
  fingerprint: string;
}

/** One message as it arrived: bytes, who sent them, and when. */
export interface Frame {
  /** The bytes without framing (no LF, no octet count); never decoded by a source. */
  raw: Uint8Array;
  /** Socket address (`192.0.2.7`, `2001:db8::7`) or the file's name as given (`-` for stdin). */
  from: string;
  transport: Transport;
  /** Receive time; null for a file, whose lines carry their own time. */
  at: Millis | null;
  flags: readonly FrameFlag[];
  /** 1-based line number in a file, else 0. */
  line: number;
  /** Of the sender, where it came over TLS and one was shown and accepted. */
  certificate?: Certificate;
}

export type Dialect = "ios" | "ios-xe" | "ios-xr" | "nx-os" | "asa" | "other" | "unknown";
export type Envelope = "rfc5424" | "rfc3164" | "bare";

/** A Cisco message tag: `%FACILITY-SEVERITY-MNEMONIC`. */
export interface Tag {
  facility: string;
  /** 0 (emergency) to 7 (debug), from the tag and never from PRI. */
  severity: number;
  mnemonic: string;
}

/** A device's own time stamp as printed. */
export interface Clock {
  text: string;
  /** `*` = the clock was never set, `.` = it lost its NTP source. */
  mark: "*" | "." | null;
  /** ISO 8601 UTC, where the stamp has a date (the year may be inferred); null for an uptime or a time without a date. */
  iso: string | null;
  /** True for an uptime stamp such as `2y10w` or `00:01:01`. */
  uptime: boolean;
}

export type EventFlag =
  | FrameFlag
  | "joined"
  | "untrusted-tag"
  | "embedded-header"
  | "continuation"
  | "ambiguous-continuation"
  | "no-time"
  | "clock-unset"
  | "clock-unsynced"
  | "clock-back"
  | "clock-jump"
  | "bad-pri"
  | "duplicate";

export type TimeSource = "received" | "relay" | "device" | "order";

/** One understood message, continuation lines joined. */
export interface Event {
  at: Millis;
  atSource: TimeSource;
  from: string;
  sourceAuth: SourceAuth;
  transport: Transport;
  /** The message's bytes; joined lines are separated by LF. */
  raw: Uint8Array;
  dialect: Dialect;
  envelope: Envelope;
  pri: { facility: number; severity: number } | null;
  /** The router's name as logged (never folded); see `deviceKey` for comparing. */
  device: string;
  /** Whether the message itself named the device; false where an address or a file's name stands in. */
  named: boolean;
  /** The relay's host field nearest to the device, or null. */
  relay: string | null;
  /** The message counter IOS and XR put after PRI. */
  counter: number | null;
  /** IOS `service sequence-numbers`. */
  sequence: number | null;
  clock: Clock | null;
  node: string | null;
  process: { name: string; id: number | null } | null;
  tag: Tag | null;
  /** What follows the header; joined lines are separated by LF. */
  text: string;
  flags: EventFlag[];
}

/** Where each frame ends, the first that fits (semantics: every frame has exactly one). */
export const OUTCOMES = [
  "denied",
  "shed",
  "empty",
  "unparsed",
  "duplicate",
  "foreign",
  "joined",
  "untagged",
  "parsed",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export type Level = (typeof LEVELS)[number];
export const CONFIDENCES = ["low", "medium", "high"] as const;
export type Confidence = (typeof CONFIDENCES)[number];
export const STATUSES = ["open", "recovering", "resolved", "recurring", "closed"] as const;
export type Status = (typeof STATUSES)[number];

/** A text in English, with a Japanese twin where the rule has one. */
export interface Text {
  en: string;
  ja?: string | undefined;
}

export type ExposureState = "vulnerable" | "fixed" | "not-affected" | "unknown";
export interface Exposure {
  state: ExposureState;
  release: string | null;
  reason: Text;
}

/** Whether captures show a device to be affected by an advisory. */
export interface Assessment extends Exposure {
  device: string;
  advisory: string;
  os: Dialect;
  /** The release that first has the fix for this one; null where none is known or needed. */
  firstFixed: string | null;
  /** The files that say so. */
  source: string;
}

export interface Evidence {
  at: Millis;
  raw: Uint8Array;
}

export interface RunbookItem {
  id: string;
  /** A command to type on the router (`run`) or an act that is none (`do`); exactly one is set. */
  run: string | null;
  do: Text | null;
  why: Text;
  expect: Text | null;
  source: "advisory" | "telltale";
  /** `node`: where the router says it was done, when that is not the alert's node; then it is still to do. */
  done: { at: Millis; by: string; line: string | null; node?: string } | null;
}
export const RUNBOOK_PARTS = ["recover", "mitigate", "verify", "fix"] as const;
export type RunbookPart = (typeof RUNBOOK_PARTS)[number];
export type Runbook = Record<RunbookPart, RunbookItem[]>;

export type Detail = string | number | boolean | null;

/** One episode of one rule on one device (and node), however many messages it took. */
export interface Alert {
  /** First 26 characters of base32(sha256(rule, group key, episode start)). */
  id: string;
  rule: string;
  advisory: string;
  title: Text;
  level: Level;
  confidence: Confidence;
  verdict: string;
  device: string;
  node: string | null;
  address: string | null;
  status: Status;
  /** Reports (blocks, joined messages), not datagrams. */
  count: number;
  firstSeen: Millis;
  lastSeen: Millis;
  exposure: Exposure;
  details: Record<string, Detail>;
  caveats: Text[];
  evidence: Evidence[];
  runbook: Runbook;
  /** Part of the runbook to read first. */
  lead: RunbookPart;
  falsepositives: Text[];
  references: string[];
  /** Ids of alerts of the same trouble: of the fleet for one router's alert, of the routers for the fleet's. */
  related: string[];
  sourceAuth: SourceAuth;
  acknowledged: { at: Millis; by: string } | null;
  disposition: "confirmed" | "false-alarm" | null;
  notes: { at: Millis; by: string; text: string }[];
}

/** What happened to an alert in one step; `reminded`: a recovery that was begun is still not finished. */
export type AlertChange = "opened" | "raised" | "updated" | "status" | "reminded";

/** What people are told of an alert: a change of its status by the status that it came to. */
export const NEWS = ["opened", "raised", "reminded", "recovering", "resolved", "recurring", "closed"] as const;
export type News = (typeof NEWS)[number];

/** A change that is told, by its name. */
export function newsOf(change: AlertChange, status: Status): News {
  if (change === "raised" || change === "reminded") return change;
  return change === "opened" || status === "open" ? "opened" : status;
}

/** An operator's act on an alert, from the command line. */
export interface Act {
  at: Millis;
  by: string;
  alert: string;
  kind: "ack" | "done" | "close" | "note";
  step: string | null;
  disposition: "confirmed" | "false-alarm" | null;
  note: string | null;
}

/** What is known of one router. */
export interface DeviceFacts {
  name: string;
  address: string | null;
  aliases: string[];
  dialect: Dialect;
  os: Dialect;
  release: string | null;
  firstSeen: Millis;
  lastSeen: Millis;
  /** Messages by tag severity 0..7. */
  severities: number[];
  messages: number;
  /** Messages missing by the message counter, and how often it started again. */
  lost: number;
  duplicates: number;
  resets: number;
  /** Messages that the router says it held back or lost by itself. */
  rateLimited: number;
  clock: "ok" | "unset" | "unsynced" | "uptime" | "none";
  clockBack: number;
}

/** What an operator says of a device, or a capture of it shows; it outranks what the log teaches. */
export interface DeviceSettings {
  /** The device's name as shown. */
  name: string;
  /** Other names under which it logs. */
  aliases: string[];
  /** Addresses or networks (CIDR) that the device sends from; empty: any. */
  addresses: string[];
  /** Certificates that prove a sender to be this device: names of the subject, or `sha256:` and the fingerprint's 64
   * hexadecimal digits; none: one that bears its name or an alias. */
  certificates: string[];
  os: Dialect | null;
  release: string | null;
  platform: string | null;
  /** Bug ids of the software maintenance upgrades installed. */
  smus: string[];
  /** Process names that a capture would have listed (`checked`) and those it lists (`running`); null: no such capture. */
  processes: { checked: string[]; running: string[] } | null;
  /** Where os, release and what follows come from: "operator" or the capture's file name. */
  source: string;
  at: Millis;
  by: string;
}

/** Fields of a device's settings to be replaced; the others stay. */
export type SettingsPatch = Partial<Omit<DeviceSettings, "name" | "at" | "by">>;

/** Every counter of a run; sum(outcomes) = sum(received). */
export interface Counters {
  received: Record<Transport, number>;
  bytes: Record<Transport, number>;
  outcomes: Record<Outcome, number>;
  kernelDrops: number;
  shed: Record<string, number>;
  /** Reports that raised nothing, by rule and reason: below a threshold, or too many groups of one device. */
  ignored: Record<string, number>;
  devices: number;
  alerts: Record<Level, number>;
  /** Alerts that opened, by rule and level: `sip-process-anomaly high`. */
  opened: Record<string, number>;
  /** Rows that retention removed, by kind. */
  pruned: Record<string, number>;
  deliveries: Record<string, number>;
}

/** Whether a runbook item is done where it had to be. */
export function isTicked(item: RunbookItem): boolean {
  return item.done !== null && item.done.node === undefined;
}

/** Names compare ASCII-case-folded, whatever the locale. */
export function deviceKey(name: string): string {
  return name.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
}

/** Nodes compare without their kind: operator lines say `0/5/CPU0` where headers say `LC/0/5/CPU0`. */
export function nodeKey(node: string | null): string | null {
  return node === null ? null : node.replace(/^(?:RP|LC|DRP|SP|SC)\//, "");
}
