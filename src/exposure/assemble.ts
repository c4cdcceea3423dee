/** What the captures of several routers say of each: one record a router, however many captures and files it is in. */

import { type Dialect, deviceKey } from "../model.ts";
import { readBanner } from "./banner.ts";
import type { Section } from "./capture.ts";
import { readPackages, type Smu, showsPackages } from "./packages.ts";
import { isProcessTable, readProcesses, systemOfTable } from "./processes.ts";
import type { ProcessCheck } from "./types.ts";

/** A file of captures. */
export interface CaptureFile {
  /** As given on the command line. */
  source: string;
  /** Names the router where nothing in the file does. */
  stem: string;
  sections: Section[];
}

/** One router as its captures show it. */
export interface CapturedDevice {
  name: string;
  os: Dialect;
  release: string | null;
  /** Releases of earlier captures that differ from it, the oldest first. */
  earlier: string[];
  platform: string | null;
  /** Bug ids of the active upgrades that are made for this release; null where no capture lists packages. */
  smus: string[] | null;
  processes: ProcessCheck;
  /** Files that say something of it, in the order given; all files that name it where none does. */
  sources: string[];
  /** Some capture could be read; otherwise only a name is known. */
  readable: boolean;
  /** A command that tells the release was typed at its prompt, whatever came of it. */
  asked: boolean;
}

/** Joins captures by router, in the order given: what is captured later outranks. `processes`: names to look for. */
export function assemble(files: readonly CaptureFile[], processes: readonly string[]): CapturedDevice[] {
  const parts = new Map<string, { name: string; sections: { source: string; section: Section }[] }>();
  for (const file of files) {
    for (const { name, section } of nameSections(file)) {
      const key = deviceKey(name);
      let part = parts.get(key);
      if (part === undefined) {
        part = { name, sections: [] };
        parts.set(key, part);
      }
      part.sections.push({ source: file.source, section });
    }
  }
  return [...parts.values()].map(({ name, sections }) => readDevice(name, sections, processes));
}

function readDevice(
  name: string,
  found: readonly { source: string; section: Section }[],
  names: readonly string[],
): CapturedDevice {
  const device: CapturedDevice = {
    name,
    os: "unknown",
    release: null,
    earlier: [],
    platform: null,
    smus: null,
    processes: readProcesses(
      found.map(({ section }) => section),
      names,
    ),
    sources: [],
    readable: false,
    asked: found.some(({ section: { command } }) => command !== null && showsPackages(command)),
  };
  let smus: Smu[] = [];
  // What stands before the first prompt may be anything, a login banner too: a `show version` outranks it.
  const hasVersion = found.some(({ section }) => section.command !== null && versionOf(section) !== null);
  for (const { source, section } of found) {
    const banner = section.command === null && hasVersion ? null : versionOf(section);
    const table = isProcessTable(section) || readProcesses([section], names).running.length > 0;
    const packages = showsPackages(section.command) ? readPackages(section) : null;
    if (banner !== null) {
      if (device.release !== null && device.release !== banner.release) {
        device.earlier.push(device.release);
        smus = [];
        device.smus = null;
      }
      device.os = banner.os;
      device.release = banner.release;
    } else if (device.os === "unknown") device.os = section.xr ? "ios-xr" : (systemOfTable(section) ?? "unknown");
    if (packages !== null) {
      device.platform = moreExact(device.platform, packages.platform);
      if (packages.isList) smus = [];
      smus = [...smus.filter((one) => packages.smus.every((other) => other.bug !== one.bug)), ...packages.smus];
      if (packages.isList || packages.smus.length > 0) device.smus = [];
    }
    if (banner === null && !table && !packages?.isList && packages?.platform == null) continue;
    device.readable = true;
    if (!device.sources.includes(source)) device.sources.push(source);
  }
  const fits = ({ release }: Smu): boolean => release === null || device.release === null || release === device.release;
  if (device.smus !== null) device.smus = smus.filter(fits).map(({ bug }) => bug);
  if (!device.readable) device.sources = [...new Set(found.map(({ source }) => source))];
  device.earlier = device.earlier.filter((one, i, all) => one !== device.release && all.indexOf(one) === i);
  return device;
}

/** Package names tell 32-bit from 64-bit, which the model's name does not: `asr9k-px` beside `asr9k`. */
function moreExact(before: string | null, now: string | null): string | null {
  if (now === null || before?.startsWith(`${now}-`)) return before;
  return now;
}

/** Only `show version` states the release; a log that tells of some boot does not. */
function versionOf(section: Section): ReturnType<typeof readBanner> {
  if (section.command !== null && !VERSION.test(section.command)) return null;
  return readBanner(section.lines.join("\n"));
}

// show version     sh ver | include Version     do show version brief
const VERSION = /^(?:do[ \t]+|admin[ \t]+)?sho?w?[ \t]+ver[a-z]*(?:[ \t]|\||$)/i;

interface NamedSection {
  name: string;
  section: Section;
}

/** The router of each section: by its prompt; before the first prompt and for a vendor's default name by `show version`; else the file's stem. */
function nameSections({ stem, sections }: CaptureFile): NamedSection[] {
  const named: NamedSection[] = [];
  const byDefaultName = new Map<string, string>();
  let last: string | null = null;
  const parts = sections.flatMap((section) => (section.command === null ? splitAtBanners(section) : [section]));
  for (const [i, section] of parts.entries()) {
    const own = uptimeHost(section);
    let name: string;
    if (section.host !== null && isName(section.host)) name = section.host;
    else if (section.host !== null) {
      const key = deviceKey(section.host);
      name = byDefaultName.get(key) ?? own ?? stem;
      byDefaultName.set(key, name);
    } else if (section.command !== null) name = own ?? last ?? nextHost(parts, i) ?? stem;
    else name = own ?? nextHost(parts, i) ?? stem;
    last = name;
    named.push({ name, section });
  }
  return named;
}

function nextHost(parts: readonly Section[], i: number): string | null {
  const next = parts.slice(i + 1).find((section) => section.host !== null)?.host ?? null;
  return next !== null && isName(next) ? next : null;
}

/** Outputs pasted without prompts: each banner but the first begins the next router's, with the stamp before it. */
function splitAtBanners(section: Section): Section[] {
  const pieces: string[][] = [[]];
  let last = -BANNER_HEIGHT;
  let isNamed = false;
  for (const [i, line] of section.lines.entries()) {
    if (BANNER_START.test(line)) {
      if (last >= 0 && (isNamed || i - last > BANNER_HEIGHT)) pieces.push([]);
      last = i;
      isNamed = false;
    } else isNamed ||= UPTIME.test(line);
    pieces.at(-1)!.push(line);
  }
  return pieces.map((lines, i) => ({ ...section, lines, cut: section.cut && i === pieces.length - 1 }));
}

// Cisco IOS XE prints two such lines, an old IOS "Cisco Internetwork Operating System Software" above "IOS (tm) ..."
const BANNER_START =
  /^[ \t]*(?:Cisco IOS XR Software, |Cisco IOS XE Software, |Cisco IOS Software|Cisco Internetwork Operating|Cisco Nexus Operating|Cisco Adaptive Security Appliance Software)/;
const BANNER_HEIGHT = 3;

/** Names that routers carry before anyone names them: they identify nobody. */
const DEFAULT_NAMES = new Set(["ios", "router", "switch", "localhost"]);

function isName(host: string): boolean {
  return !DEFAULT_NAMES.has(deviceKey(host));
}

/** The router's name in its own `show version`. */
function uptimeHost(section: Section): string | null {
  if (section.command !== null && !VERSION.test(section.command)) return null;
  for (const line of section.lines) {
    const host = (UPTIME.exec(line) ?? NEXUS_NAME.exec(line))?.[1];
    if (host !== undefined && !NOT_HOSTS.has(deviceKey(host)) && isName(host)) return host;
  }
  return null;
}

// xr1 uptime is 4 weeks, 6 days     fw002 up 114 days 18 hours
const UPTIME = /^([A-Za-z0-9_][\w.-]{0,62})(?: uptime is|[ ]up(?= \d+ (?:year|week|day|hour|min|sec)))/;
//   Device name: N9K1
const NEXUS_NAME = /^[ \t]*Device name:[ \t]+([A-Za-z0-9_][\w.-]{0,62})[ \t]*$/;
const NOT_HOSTS = new Set(["system", "kernel", "cluster"]);
