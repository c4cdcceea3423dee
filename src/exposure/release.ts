/** Release numbers of every scheme: reading, printing, and comparing them as integers. */

import { type DottedRelease, dotted, inBetween } from "./dotted.ts";
import { type IosRelease, iosTrain } from "./ios-train.ts";
import { iosXe, type XeRelease } from "./ios-xe.ts";
import { type NxRelease, nxOs } from "./nx-os.ts";
import type { SchemeRules } from "./scheme.ts";
import type { ExposureSpec, Scheme } from "./types.ts";

export type Release = DottedRelease | IosRelease | XeRelease | NxRelease;

const RULES: { [S in Scheme]: SchemeRules<Extract<Release, { scheme: S }>> } = {
  dotted,
  "ios-train": iosTrain,
  "ios-xe": iosXe,
  "nx-os": nxOs,
};

/** The scheme of each system that has one. */
export const SCHEME_OF: Record<ExposureSpec["os"], Scheme> = {
  "ios-xr": "dotted",
  ios: "ios-train",
  "ios-xe": "ios-xe",
  "nx-os": "nx-os",
};

/** Reads a full release number; null for anything else, such as 6.4 or 6.x. */
export function parseRelease(scheme: Scheme, text: string): Release | null {
  return RULES[scheme].parse(text);
}

/** Reads the bound of a range: a full release, or 7.0 for everything from 7.0.0 on. */
export function parseBound(scheme: Scheme, text: string): Release | null {
  return RULES[scheme].parseShort(text) ?? RULES[scheme].parse(text);
}

/** Prints a release as the vendor writes it; `parseRelease` reads it back. */
export function formatRelease(release: Release): string {
  return rulesOf(release).format(release);
}

/** Orders releases, the earlier one first; a total order, in which trains that run side by side stand one after another. */
export function compareReleases(a: Release, b: Release): number {
  return a.scheme === b.scheme ? rulesOf(a).compare(a, b) : a.scheme < b.scheme ? -1 : 1;
}

/** Whether before and after mean anything between two releases: IOS trains run side by side. */
export function isComparable(a: Release, b: Release): boolean {
  return a.scheme === b.scheme && rulesOf(a).isComparable(a, b);
}

/** The train of a release: 6.5 of 6.5.1, 15.1M of 15.1(4)M5. */
export function trainOf(release: Release): string {
  return rulesOf(release).train(release);
}

/** What all trains of a release are based on: 6.5 of 6.5.1, 15.1 of 15.1(4)M5. */
export function baseOf(release: Release): string {
  return rulesOf(release).base(release);
}

/** Whether a text names a train of the scheme. */
export function isTrain(scheme: Scheme, text: string): boolean {
  return RULES[scheme].isTrain(text);
}

/** A release of the scheme, for messages. */
export function exampleOf(scheme: Scheme): string {
  return RULES[scheme].example;
}

/** Whether `release` is an unreleased build of `of`, which may lack what `of` has. */
export function isInterimOf(release: Release, of: Release): boolean {
  return release.scheme === of.scheme && rulesOf(release).isInterimOf(release, of);
}

/** The second way to read a third number of two digits: 6.6.25 lies between 6.6.2 and 6.6.3. Null where there is none. */
export function inBetweenReading(release: Release): Release | null {
  return release.scheme === "dotted" ? inBetween(release) : null;
}

/** The rules of a release's own scheme, and so for releases of that scheme alone. */
function rulesOf(release: Release): SchemeRules<Release> {
  return RULES[release.scheme];
}
