/** Which platform a capture is from and which maintenance upgrades are active on it, by IOS XR package names. */

import { readSections } from "./capture.ts";

export interface Packages {
  /** `asr9k-px`: the platform with its 32-bit (px) packages; null where no package says so. */
  platform: string | null;
  /** Bug ids of the active upgrades, each once, in the order of the capture. */
  smus: string[];
}

/** Reads `show version` and `show install active summary`; packages that are only committed or inactive do not count. */
export function readPackages(text: string): Packages {
  let platform: string | null = null;
  const smus = new Set<string>();
  for (const line of activeLines(text)) {
    const smu = SMU.exec(line) ?? XR7_FIX.exec(line);
    if (smu?.[1] !== undefined) smus.add(smu[1]);
    const name = PX_PACKAGE.exec(line)?.[1] ?? PX_IMAGE.exec(line)?.[1];
    if (name !== undefined) platform ??= `${name}-px`;
  }
  return { platform, smus: [...smus] };
}

// disk0:asr9k-px-6.4.2.CSCvr75998-1.0.0
const SMU = /-\d[\d.]{0,20}\.(CSC[a-z]{2}\d{5})\b/;
//   CSCvr75998: ipsec
const XR7_FIX = /^[ \t]+(CSC[a-z]{2}\d{5}):/;
// disk0:asr9k-mini-px-6.4.2
const PX_PACKAGE = /\b([a-z][a-z0-9]{1,15})-(?:[a-z0-9-]{1,40}-)?px-\d/;
// System image file is "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm"
const PX_IMAGE = /\/mbi([a-z0-9]{1,15})-/;

// Active Packages:     Inactive Packages:     Active Fixes (count: 6):
const HEADING = /^[ \t]*(Active|Inactive|Committed) (?:Packages|Fixes)/i;
const OTHER_LIST = /^show? ins[a-z]*[ \t]+(?:inactive|committed|log|repo|superseded|available)/;

function activeLines(text: string): string[] {
  return readSections(text).flatMap(({ command, lines }) => {
    let isActive = command === null || !OTHER_LIST.test(command);
    return lines.filter((line) => {
      const heading = HEADING.exec(line)?.[1];
      if (heading !== undefined) isActive = /^active$/i.test(heading);
      return isActive;
    });
  });
}
