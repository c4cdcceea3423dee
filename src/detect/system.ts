/** Which system and release a router has, as its log tells: by the shape of its messages, and by its boot banner. */
import { readBanner } from "../exposure/banner.ts";
import type { Dialect, Event } from "../model.ts";
import { laneOf } from "./claim.ts";
import type { DeviceEvent } from "./device.ts";
import type { DeviceState } from "./state.ts";

/** Messages in a row that must be of another system before a device is: one may be forged. */
const AGREEING = 4;

/** What the messages say; IOS XE prints like IOS most of the time. True when the system changed. */
export function enterDialect(device: DeviceState, dialect: Dialect): boolean {
  if (!isSettled(dialect)) return false;
  const { facts } = device;
  if (!isSettled(facts.dialect)) facts.dialect = dialect;
  else if (dialect !== facts.dialect && !(facts.dialect === "ios-xe" && dialect === "ios")) {
    const { otherOs } = device;
    device.otherOs = { os: dialect, count: otherOs?.os === dialect ? otherOs.count + 1 : 1 };
    if (device.otherOs.count < AGREEING) return false;
    facts.dialect = dialect;
    device.otherOs = null;
  } else if (device.otherOs?.os !== "ios-xe") device.otherOs = null;
  if (device.osFrom === "banner" || facts.os === facts.dialect) return false;
  facts.os = facts.dialect;
  device.osFrom = "header";
  device.exposures = {};
  return true;
}

function isSettled(dialect: Dialect): boolean {
  return dialect !== "unknown" && dialect !== "other";
}

/** Learns from a boot: `Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, …` after %SYS-5-RESTART. */
export function learnRelease(device: DeviceState, event: Event): DeviceEvent | null {
  const banner = readBanner(event.text);
  if (banner === null) return null;
  const { facts } = device;
  const told = `${banner.os} ${banner.release}`;
  // A banner that the messages around it belie, or that came from another address than they, teaches nothing.
  if (isBelied(facts.dialect, banner.os) || laneOf(device, event) !== null) {
    return { device: device.key, at: event.at, kind: "conflict", line: event.raw, note: `not believed: ${told}` };
  }
  device.osFrom = "banner";
  if (facts.release === banner.release && facts.os === banner.os) return null;
  facts.os = banner.os;
  facts.release = banner.release;
  device.exposures = {};
  return { device: device.key, at: event.at, kind: "release", line: event.raw, note: told };
}

function isBelied(dialect: Dialect, os: Dialect): boolean {
  const family = (one: Dialect) => (one === "ios-xe" ? "ios" : one);
  return isSettled(dialect) && family(dialect) !== family(os);
}
