/** The Cisco message tag `%FACILITY-SEVERITY-MNEMONIC`: where it may stand, and what only looks like one. */

import type { Tag } from "../model.ts";
import { matchAt } from "./scan.ts";

/** A tag as read at the end of a header. */
export interface ReadTag {
  tag: Tag;
  /** Where the text begins. */
  end: number;
  /** `%MNEMONIC : text`, the way IOS XR prints it. */
  spaced: boolean;
  /** No colon at all, as APIC prints it; believed only after a relay's header. */
  bare: boolean;
  /** The tag was quoted, and so is the end of its text. */
  quoted: boolean;
}

/** Read a tag at `at`, after at most two spaces, an NX-OS `%$ VDC-1 %$` and, at the start of a line, a quotation mark. */
export function readTag(line: string, at: number): ReadTag | null {
  const lead = matchAt(at === 0 ? QUOTED_LEAD : LEAD, line, at);
  if (lead === null) return null;
  const start = at + lead[0].length;
  const tag = parts(line, start);
  if (tag === null) return null;
  const after = start + tag.length;
  const quoted = lead[0].startsWith('"');
  const colon = matchAt(COLON, line, after);
  if (colon !== null) {
    return { tag: tag.tag, end: after + colon[0].length, spaced: colon[1] !== "", bare: false, quoted };
  }
  if (line[after] !== " ") return null;
  return { tag: tag.tag, end: after + 1, spaced: false, bare: true, quoted };
}

/** Read an IOS XR tag that lacks its `%`, as processes of the licensing client print it after `name[jid]: `. */
export function readUnmarkedTag(line: string, at: number): ReadTag | null {
  const tag = parts(line, at);
  if (tag === null || !UNMARKED.test(line.slice(at, at + tag.length))) return null;
  const colon = matchAt(COLON, line, at + tag.length);
  if (colon === null) return null;
  const end = at + tag.length + colon[0].length;
  return { tag: tag.tag, end, spaced: colon[1] !== "", bare: false, quoted: false };
}

/** Read a whole field, such as an RFC 5424 MSGID, as a tag with or without its `%`. */
export function tagOfField(field: string): Tag | null {
  const start = field.startsWith("%") ? 1 : 0;
  const tag = parts(field, start);
  return tag !== null && start + tag.length === field.length ? tag.tag : null;
}

/** True when something in the text is shaped like a tag, wherever it stands. */
export function looksTagged(text: string): boolean {
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", at + 1)) {
    const tag = parts(text, at + 1);
    if (tag !== null && tag.tag.mnemonic.length > 1) return true;
  }
  return false;
}

// "%SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1234) -> 192.0.2.2(80), 1 packet"
const QUOTED_LEAD = /(?:"| {0,2})(?:%\$ ?[\w.-]{1,32} ?%\$ )?%/y;
// %$ VDC-1 %$ %MODULE-2-MOD_FAIL: Module 3 failed
const LEAD = / {0,2}(?:%\$ ?[\w.-]{1,32} ?%\$ )?%/y;
// `%PKT_INFRA-LINK-3-UPDOWN : Interface` | `%SYS-5-CONFIG_I: Configured` | CatOS `%SYS-5-CONFIG_I:Configured`
const COLON = /( ?):[ \t]?/y;
const RUN = /[A-Za-z][A-Za-z0-9_]{0,63}(?:-[A-Za-z0-9_]{1,64}){2,7}(?![A-Za-z0-9_-])/y;
// SMART_LIC-6-AGENT_READY:Smart Agent for Licensing is initialized
const UNMARKED = /^[A-Z0-9_-]{1,512}$/;
const DIGIT = /^[0-7]$/;
/** Severities of small-business switches, `%HAL_config_poe-A-POEFailDetected`: alert, critical, error, warning, notice … */
const LETTERS: Readonly<Record<string, number>> = { A: 1, C: 2, E: 3, W: 4, N: 5, I: 6, D: 7 };

/** The facility may have hyphens itself (`SYS-SP-STDBY`), so the severity is the last part that can be one. */
function parts(line: string, at: number): { tag: Tag; length: number } | null {
  const run = matchAt(RUN, line, at);
  if (run === null) return null;
  const words = run[0].split("-");
  for (let i = words.length - 2; i > 0; i--) {
    const word = words[i]!;
    const severity = DIGIT.test(word) ? Number(word) : i === words.length - 2 ? LETTERS[word] : undefined;
    if (severity === undefined) continue;
    const tag = { facility: words.slice(0, i).join("-"), severity, mnemonic: words.slice(i + 1).join("-") };
    return { tag, length: run[0].length };
  }
  return null;
}
