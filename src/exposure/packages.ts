/** Which platform a capture is from and which maintenance upgrades are active on it. */

import type { Section } from "./capture.ts";

export interface Packages {
  /** `asr9k-px` (the platform with its 32-bit packages), `asr9k-x64`, or the model as `show version` names it: `ncs-5500`; null where nothing says so. */
  platform: string | null;
  /** Active upgrades, each once, in the order of the capture. */
  smus: Smu[];
  /** A whole list of what is active: an upgrade that it does not name is not installed. */
  isList: boolean;
}

/** A software maintenance upgrade. */
export interface Smu {
  bug: string;
  /** The release that it is made for; null where its name does not say. */
  release: string | null;
}

/** Reads `show version` and `show install active [summary]`; packages that are only committed or inactive do not count. */
export function readPackages(section: Section): Packages {
  const smus = new Map<string, Smu>();
  let packaged: string | null = null;
  let model: string | null = null;
  let isList = false;
  for (const line of activeLines(section)) {
    const smu = SMU.exec(line);
    const bug = smu?.[2] ?? XR7_FIX.exec(line)?.[1];
    if (bug !== undefined) smus.set(bug, { bug, release: smu?.[1] ?? null });
    packaged ??= packagePlatform(line);
    model ??= modelOf(line);
    isList ||= smu !== null || PACKAGE.test(line);
  }
  return {
    platform: packaged ?? model,
    smus: [...smus.values()],
    isList: isList && !FILTERED.test(section.command ?? ""),
  };
}

/** Whether the command shows packages or the version, or nobody knows which command it was. */
export function showsPackages(command: string | null): boolean {
  return command === null || SHOWS.test(command);
}

// disk0:asr9k-px-6.4.2.CSCvr75998-1.0.0
const SMU = /-(\d{1,3}\.\d{1,3}\.\d[\d.A-Z]{0,20})\.(CSC[a-z]{2}\d{5})\b/;
//   CSCvr75998: ipsec
const XR7_FIX = /^[ \t]+(CSC[a-z]{2}\d{5}):/;
// disk0:asr9k-mini-px-6.4.2     asr9k-px-6.4.2.CSCvr75998     asr9k-mini-x64-6.5.3
const PACKAGE = /(?:^|[ \t:/])([a-z][a-z0-9]{1,15})-(?:[a-z0-9-]{1,40}-)?(px|x64)-\d/;
// System image file is "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm"
const PX_IMAGE = /\/mbi([a-z0-9]{1,15})-/;
// cisco ASR9K Series (Intel 686 F6M14S4) processor     cisco NCS-5500 () processor     Cisco 1801 (MPC8500) processor
const MODEL = /^[Cc]isco ([A-Za-z0-9][\w./ -]{1,40}?)(?: Series)? \([^\n]{0,80}?\) processor\b/;
//   cisco Nexus9000 C93180YC-FX3 Chassis
const NEXUS = /^[ \t]+cisco (Nexus[\w -]{1,40}?) Chassis\b/i;

const SHOWS = /^(?:do[ \t]+|admin[ \t]+)?sho?w?[ \t]+(?:ver[a-z]*|ins[a-z]*[ \t]+act[a-z]*)(?:[ \t]|\||$)/i;
const FILTERED = /\|/;

function packagePlatform(line: string): string | null {
  const found = PACKAGE.exec(line);
  if (found !== null) return `${found[1]}-${found[2]}`;
  const image = PX_IMAGE.exec(line)?.[1];
  return image === undefined ? null : `${image}-px`;
}

function modelOf(line: string): string | null {
  const name = (MODEL.exec(line) ?? NEXUS.exec(line))?.[1];
  return name === undefined ? null : name.toLowerCase().replace(/ +/g, "-");
}

// Active Packages:     Inactive Packages:     Active Fixes (count: 6):
const HEADING = /^[ \t]*(Active|Inactive|Committed) (?:Packages|Fixes)/i;
// RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: instdir[255]: %INSTALL-...-4-...: a message that fell into the list
const MESSAGE = /%[A-Za-z]\w*(?:-\w+)*-[0-7]-[A-Z0-9_]+ ?:/;

function activeLines(section: Section): string[] {
  let isActive = true;
  return section.lines.filter((line) => {
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) isActive = /^active$/i.test(heading);
    return isActive && !MESSAGE.test(line);
  });
}
