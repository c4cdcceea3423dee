/** Which system printed a message, judged by the shape of its header first and by its tag second. */

import type { Dialect, Tag } from "../model.ts";
import { continuationKind } from "./continuation.ts";
import type { Header } from "./header.ts";
import type { ReadTag } from "./tag.ts";

/** The dialect of a message with a tag. */
export function taggedDialect(
  header: Header,
  tag: Tag,
  style: Pick<ReadTag, "spaced" | "bare">,
  text: string,
): Dialect {
  if (ASA.test(tag.facility)) return "asa";
  if (style.bare) return header.yearFirst ? "nx-os" : "other";
  if (header.program) return "other";
  if (header.node !== null && !header.lineCard) return "ios-xr";
  if (header.numbered) return "ios-xr";
  if (header.yearFirst) return "nx-os";
  if (!hasIosShape(header)) {
    if (style.spaced || XR_FACILITY.test(tag.facility)) return "ios-xr";
    if (tag.mnemonic === "SYSTEM_MSG" || NX_FACILITY.test(tag.facility)) return "nx-os";
  }
  return header.lineCard || XE_FACILITY.test(tag.facility) || XE_PREFIX.test(text) ? "ios-xe" : "ios";
}

/** The dialect of a line without a tag: of its header's shape, `other` for another system's syslog, else `unknown`. */
export function untaggedDialect(header: Header, text: string): Dialect {
  if (header.node !== null) return header.lineCard ? "ios-xe" : "ios-xr";
  if (header.clock !== null || header.task) return header.yearFirst ? "nx-os" : "ios";
  if (header.process !== null || header.syslog !== null) return "other";
  // Numbers and the colon of a counter that is off are Cisco's, of whichever system: a continuation may look so.
  const silent = header.numbers.length > 0 || header.counterOff || continues(text);
  return header.relayed && !silent ? "other" : "unknown";
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
