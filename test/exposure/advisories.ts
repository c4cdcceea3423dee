/** Reads the exposure data of the shipped advisories, so that the tests judge what users get. */

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ExposureSpec } from "../../src/exposure/types.ts";

export function exposureOf(advisory: string): ExposureSpec {
  const file = new URL(`../../rules/${advisory}/advisory.yaml`, import.meta.url);
  return (parse(readFileSync(file, "utf8")) as { exposure: ExposureSpec }).exposure;
}

export const IPSEC = "cisco-sa-iosxr-ipsec-dos-q8UPX6m";
export const SIP = "cisco-sa-20131106-sip";
