/** Which system and release a version banner names, in `show version` or in the lines after %SYS-5-RESTART. */

import type { Dialect } from "../model.ts";

export interface Banner {
  os: Dialect;
  release: string;
  /** The image name in brackets (C2900-UNIVERSALK9-M); IOS and IOS XE only. */
  image: string | null;
}

/** Reads the banner of one device; null where no line names a system and its release. */
export function readBanner(text: string): Banner | null {
  const lines = text.replaceAll("\r", "").replace(WRAPPED, "$1");
  const xr = XR.exec(lines);
  if (xr !== null) return { os: "ios-xr", release: xr[1] ?? "", image: null };
  if (NX_OS.test(lines)) return readRelease("nx-os", NX_OS_RELEASE, lines);
  if (ASA.test(lines)) return readRelease("asa", ASA_RELEASE, lines);
  const ios = IOS.exec(lines);
  if (!IOS_XE.test(lines)) return ios === null ? null : { os: "ios", release: ios[2] ?? "", image: ios[1] ?? null };
  // IOS XE prints its own release beside that of the IOS inside it; its own is the better name.
  const release = IOS_XE_RELEASE.exec(lines)?.[1] ?? ios?.[2];
  return release === undefined ? null : { os: "ios-xe", release, image: ios?.[1] ?? null };
}

// Every pattern that takes a release starts at the line's start, so that "ROM: System Bootstrap, Version 15.1(4)M4"
// and "BOOTLDR: ..." are never taken for one.

// Cisco IOS Software, 2800 Software (C2800NM-ADVENTERPRISEK9-M), Version 15.1(4)M1        (80 columns)
// 0, RELEASE SOFTWARE (fc1)
const WRAPPED = /^(?=[ \t]*(?:Cisco[ \t]+)?IOS (?:\(tm\)|Software))([^\n]{80})\n/gm;

// Cisco IOS XR Software, Version 6.4.2[Default]
// Cisco IOS XR Software, Version 7.9.2 LNT
const XR = /^[ \t]*Cisco IOS XR Software,[ \t]+Version[ \t]+(\d{1,5}\.\d[\d.]{0,20}[A-Za-z]?)/m;

// Cisco Nexus Operating System (NX-OS) Software
//   kickstart: version 7.0(2)N1(1)        (all that is left of a capture whose banner was cut off)
const NX_OS = /Nexus Operating System|NX-OS|^[ \t]*kickstart:[ \t]+version/m;
//   NXOS: version 9.3(5)        system:    version 7.0(3)I7(8)
const NX_OS_RELEASE = /^[ \t]*(?:NXOS|system):[ \t]+version[ \t]+(\d[A-Za-z0-9.()]{0,40})/im;

// Cisco Adaptive Security Appliance Software Version 9.8(2)20
const ASA = /Adaptive Security Appliance Software Version|Cisco Firepower Threat|PIX Firewall Version/;
// Cisco Firepower Threat Defense for VMware (75) Version 6.2.3 (Build 83)
const ASA_RELEASE =
  /(?:Adaptive Security Appliance Software|Cisco Firepower Threat[^\n]{0,80}?|PIX Firewall)[ \t]+Version[ \t]+(\d[A-Za-z0-9.()]{0,40})/;

// Cisco IOS XE Software, Version 16.09.01
// Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.1(4)S2, RELEASE SOFTWARE (fc1)
// Cisco IOS Software [Fuji], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 16.9.1, RELEASE SOFTWARE (fc1)
const IOS_XE = /IOS[- ]XE Software|IOS-XE ROMMON|_IOSXE\b|LINUX_IOSD|^[ \t]*IOS XE Version:/m;
// IOS XE Version: 03.05.02.S
const IOS_XE_RELEASE =
  /^[ \t]*(?:IOS XE Version:|Cisco IOS XE Software,[ \t]+Version)[ \t]+(\d[A-Za-z0-9.()]{0,40}|V\d[A-Za-z0-9_]{0,40})/m;

// Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)
// IOS (tm) C2600 Software (C2600-I-M), Version 12.2(8)T1,  RELEASE SOFTWARE (fc2)
// \s before the release spans the line break of a terminal that wraps.
const IOS =
  /^[ \t]*(?:Cisco[ \t]+)?IOS (?:\(tm\)|Software)[^\n]*?\(([A-Za-z0-9_.-]{1,80})\),?\s{1,20}(?:Experimental )?Version\s{1,20}(\d[A-Za-z0-9.()]{0,40})/m;

function readRelease(os: Dialect, pattern: RegExp, text: string): Banner | null {
  const release = pattern.exec(text)?.[1];
  return release === undefined ? null : { os, release, image: null };
}
