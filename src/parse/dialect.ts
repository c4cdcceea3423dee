/** Which system printed a message, judged by the shape of its header first and by its tag second. */

import type { Dialect, Tag } from "../model.ts";
import { continuationKind } from "./continuation.ts";
import type { Header } from "./header.ts";
import type { ReadTag } from "./tag.ts";

/** What gave a message's system away. */
export type DialectReason = keyof typeof DIALECT_OF;

/** Which system each reason speaks for. */
export const DIALECT_OF = {
  "asa-facility": "asa",
  "bare-tag-year-first": "nx-os",
  "bare-tag": "other",
  "program-after-relay": "other",
  node: "ios-xr",
  "numbered-process": "ios-xr",
  "prompt-with-node": "ios-xr",
  "year-first": "nx-os",
  "space-before-colon": "ios-xr",
  "xr-facility": "ios-xr",
  "nx-facility": "nx-os",
  "line-card": "ios-xe",
  "xe-facility": "ios-xe",
  "xe-prefix": "ios-xe",
  "ios-tag": "ios",
  "ios-clock": "ios",
  "other-syslog": "other",
  relayed: "other",
  nothing: "unknown",
} as const satisfies Record<string, Dialect>;

/** What tells the system of a message with a tag. */
export function taggedReason(
  header: Header,
  tag: Tag,
  style: Pick<ReadTag, "spaced" | "bare">,
  text: string,
): DialectReason {
  if (ASA.test(tag.facility)) return "asa-facility";
  if (style.bare) return header.yearFirst ? "bare-tag-year-first" : "bare-tag";
  if (header.program) return "program-after-relay";
  if (header.node !== null && !header.lineCard) return "node";
  if (header.numbered) return "numbered-process";
  if (header.yearFirst) return "year-first";
  if (!hasIosShape(header)) {
    if (style.spaced) return "space-before-colon";
    if (XR_FACILITY.test(tag.facility)) return "xr-facility";
    if (tag.mnemonic === "SYSTEM_MSG" || NX_FACILITY.test(tag.facility)) return "nx-facility";
  }
  if (header.lineCard) return "line-card";
  if (XE_FACILITY.test(tag.facility)) return "xe-facility";
  return XE_PREFIX.test(text) ? "xe-prefix" : "ios-tag";
}

/** What tells the system of a line without a tag: its header's shape, or that it is another system's syslog. */
export function untaggedReason(header: Header, text: string): DialectReason {
  if (header.node !== null) return header.lineCard ? "line-card" : "node";
  if (header.clock !== null || header.task) return header.yearFirst ? "year-first" : "ios-clock";
  if (header.process !== null || header.syslog !== null) return "other-syslog";
  // Numbers and the colon of a counter that is off are Cisco's, of whichever system: a continuation may look so.
  const silent = header.numbers.length > 0 || header.counterOff || continues(text);
  return header.relayed && !silent ? "relayed" : "nothing";
}

// %ASA-6-302013 | %FTD-vpn-3-713902
const ASA = /^(?:ASA|FTD|FWSM|PIX)(?:-|$)/;
const XR_FACILITY =
  /^(?:PKT_INFRA|OS|MGBL|ROUTING|SECURITY|PLATFORM|HA|INFRA|L2|IP|SNMP|FABRIC|INSTALL|LICENSE|ENVMON|FORWARDING|SYSDB|FIB|CEF|MPLS|MCAST|QOS|SERVICES|L2VPN|SMART_LIC)-[A-Z_]/;
const NX_FACILITY =
  /^(?:ETHPORT|MODULE|ETH_PORT_CHANNEL|AUTHPRIV|DAEMON|L2FM|VSHD|VPC|FEX|NOHMS|PFMA|USBHSD|ASCII-CFG|KERN)$/;
const XE_FACILITY = /^(?:IOSXE|IOSXE_\w+|IOSXE-\w+|FMANFP|FMANRP|PMAN|SESSION_MGR)$/;
// `R0/0: cpp_cp: …` | ` SIP0: fman_fp_image: …` | `Switch 1 R0/0: sessmgrd: …` | `Chassis 2 R0/0: wncd: …`
const XE_PREFIX = /^ {0,2}(?:(?:(?:Switch|Chassis) \d{1,2} )?[RFCB][PO0-9]?\d?\/\d{1,2}: |SIP\d{1,2}(?:\/\d{1,2})?: )/;

/** `CLOCK: `, `name: ` and `*task: ` are printed by IOS; a stamp of RFC 5424 or of a relay says nothing. */
function hasIosShape(header: Header): boolean {
  return header.clock !== null || header.origin !== null || header.task;
}

/** `kernel:   DMA zone` is a program's text: behind a name only the keywords count. */
function continues(text: string): boolean {
  const found = continuationKind(text);
  return found !== null && (found.kind !== "indented" || found.origin === null);
}
