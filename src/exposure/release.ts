/** Release numbers of the two schemes: reading, printing, and comparing them as integers. */

import type { Scheme } from "./types.ts";

/** IOS XR: 6.5.1, or 6.1.4.10I, an interim build on the way to 6.1.4. */
export interface DottedRelease {
  scheme: "dotted";
  parts: readonly number[];
  interim: { build: number; letter: string } | null;
}

/** Classic IOS: 15.1(4)M6a is major 15, minor 1, maintenance 4, train M, rebuild 6, rebuild letter a. */
export interface IosRelease {
  scheme: "ios-train";
  major: number;
  minor: number;
  maintenance: number;
  /** The `e` of 12.4(25e)JA. */
  letter: string;
  /** The 0.55 of 15.2(4.0.55)E, a build between 15.2(4)E and 15.2(5)E. */
  interim: readonly number[];
  train: string;
  /** 0 where no number follows the train. */
  rebuild: number;
  rebuildLetter: string;
}

export type Release = DottedRelease | IosRelease;

/** Reads a full release number; null for anything else, such as 6.4 or 6.x. */
export function parseRelease(scheme: Scheme, text: string): Release | null {
  return scheme === "dotted" ? parseDotted(text) : parseIos(text);
}

/** Reads the bound of a range: a full release, or 7.0 for everything from 7.0.0 on. */
export function parseBound(scheme: Scheme, text: string): Release | null {
  const short = scheme === "dotted" ? SHORT.exec(text) : null;
  if (short !== null) return { scheme: "dotted", parts: [Number(short[1]), Number(short[2])], interim: null };
  return parseRelease(scheme, text);
}

/** Prints a release as the vendor writes it; `parseRelease` reads it back. */
export function formatRelease(release: Release): string {
  if (release.scheme === "dotted") {
    const { parts, interim } = release;
    return parts.join(".") + (interim === null ? "" : `.${interim.build}${interim.letter}`);
  }
  const { major, minor, maintenance, letter, interim, train, rebuild, rebuildLetter } = release;
  const build = interim.map((part) => `.${part}`).join("");
  const number = rebuild === 0 && rebuildLetter === "" ? "" : String(rebuild);
  return `${major}.${minor}(${maintenance}${letter}${build})${train}${number}${rebuildLetter}`;
}

/** Orders releases, the earlier one first; a total order, in which IOS trains stand one after another. */
export function compareReleases(a: Release, b: Release): number {
  if (a.scheme === "dotted") return b.scheme === "dotted" ? compareDotted(a, b) : -1;
  return b.scheme === "dotted" ? 1 : compareIos(a, b);
}

/** Whether before and after mean anything between two releases: IOS trains run side by side. */
export function isComparable(a: Release, b: Release): boolean {
  if (a.scheme === "dotted" || b.scheme === "dotted") return a.scheme === b.scheme;
  return trainOf(a) === trainOf(b);
}

/** The train of a release: 6.5 of 6.5.1, 15.1M of 15.1(4)M5. */
export function trainOf(release: Release): string {
  if (release.scheme === "dotted") return `${release.parts[0]}.${release.parts[1]}`;
  return `${release.major}.${release.minor}${release.train}`;
}

/** What all trains of a release are based on: 6.5 of 6.5.1, 15.1 of 15.1(4)M5. */
export function baseOf(release: Release): string {
  return release.scheme === "dotted" ? trainOf(release) : `${release.major}.${release.minor}`;
}

/** Whether `release` is an unreleased build of `of`, which may lack what `of` has. */
export function isInterimOf(release: Release, of: Release): boolean {
  if (release.scheme === "dotted") {
    return of.scheme === "dotted" && release.interim !== null && compareParts(release.parts, of.parts) === 0;
  }
  if (of.scheme === "dotted" || release.interim.length === 0) return false;
  return trainOf(release) === trainOf(of) && release.maintenance === of.maintenance;
}

/** The second way to read a third number of two digits: 6.6.25 lies between 6.6.2 and 6.6.3. Null where there is none. */
export function inBetweenReading(release: Release): Release | null {
  if (release.scheme !== "dotted") return null;
  const [major, minor, third] = release.parts;
  if (major === undefined || minor === undefined || third === undefined || third < 10) return null;
  const digits = String(third);
  return { ...release, parts: [major, minor, Number(digits.slice(0, 1)), Number(digits.slice(1))] };
}

const SHORT = /^(\d{1,5})\.(\d{1,5})$/;

// 6.5.1   6.1.4.10I   6.4.2[Default]   7.9.2 LNT
const DOTTED = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?([A-Z]?)(?:\[\w{1,40}\])?(?: LNT)?$/;

function parseDotted(text: string): DottedRelease | null {
  const found = DOTTED.exec(text.trim());
  if (found === null) return null;
  const parts = [Number(found[1]), Number(found[2]), Number(found[3])];
  const letter = found[5] ?? "";
  const interim = found[4] === undefined && letter === "" ? null : { build: Number(found[4] ?? 0), letter };
  return { scheme: "dotted", parts, interim };
}

// 15.1(4)M6a   12.3(26)   12.4(25e)JAO3a   15.2(4.0.55)E
const IOS = /^(\d{1,5})\.(\d{1,5})\((\d{1,5})([a-z]?)(\.[.\d]{1,24})?\)([A-Z]{0,8})(\d{0,5})([a-z]?)$/;

function parseIos(text: string): IosRelease | null {
  const found = IOS.exec(text.trim());
  const interim = found?.[5]?.slice(1).split(".") ?? [];
  if (found === null || interim.includes("")) return null;
  return {
    scheme: "ios-train",
    major: Number(found[1]),
    minor: Number(found[2]),
    maintenance: Number(found[3]),
    letter: found[4] ?? "",
    interim: interim.map(Number),
    train: found[6] ?? "",
    rebuild: Number(found[7] ?? ""),
    rebuildLetter: found[8] ?? "",
  };
}

function compareDotted(a: DottedRelease, b: DottedRelease): number {
  const parts = compareParts(a.parts, b.parts);
  if (parts !== 0) return parts;
  if (a.interim === null || b.interim === null) return Number(a.interim === null) - Number(b.interim === null);
  return a.interim.build - b.interim.build || compareText(a.interim.letter, b.interim.letter);
}

function compareIos(a: IosRelease, b: IosRelease): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    compareText(a.train, b.train) ||
    a.maintenance - b.maintenance ||
    compareText(a.letter, b.letter) ||
    compareParts(a.interim, b.interim) ||
    a.rebuild - b.rebuild ||
    compareText(a.rebuildLetter, b.rebuildLetter)
  );
}

/** A missing part comes first: 7.0 is before 7.0.0, and (4) before (4.0). */
function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
