/** Whether a release of a device lies in a range of an advisory, and which first fixed release concerns it. */

import { baseOf, compareReleases, isComparable, parseBound, type Release, trainOf } from "./release.ts";
import type { DeviceRelease, ExposureRange, ExposureSpec } from "./types.ts";

/** Where a release lies. */
export interface Found {
  /** The first range whose conditions all hold, or null. */
  range: ExposureRange | null;
  /** A range before it that makes the release vulnerable on a platform, where the device's own is not known. */
  undecided: ExposureRange | null;
}

/** Finds the range of a release on a device. Without a platform, a range that would only clear it does not hold. */
export function findRange(spec: ExposureSpec, release: Release, device: DeviceRelease): Found {
  let undecided: ExposureRange | null = null;
  for (const range of spec.ranges) {
    if (!isIn(range, release, device)) continue;
    if (range.platform === undefined) return { range, undecided };
    if (device.platform == null) undecided ??= range.state === "vulnerable" ? range : null;
    else if (isOn([range.platform].flat(), device.platform)) return { range, undecided };
  }
  return { range: null, undecided };
}

/** The first fixed release for a release: the next one from here on, else the last one before; null where none compares. */
export function firstFixedFor(spec: ExposureSpec, release: Release): Release | null {
  const comparable = spec["first-fixed"]
    .map((text) => parseBound(spec.scheme, text))
    .filter((fixed) => fixed !== null)
    .filter((fixed) => isComparable(fixed, release))
    .sort(compareReleases);
  const sameTrain = comparable.filter((fixed) => trainOf(fixed) === trainOf(release));
  const later = comparable.find((fixed) => compareReleases(fixed, release) >= 0);
  return sameTrain.at(-1) ?? later ?? comparable.at(-1) ?? null;
}

function isIn(range: ExposureRange, release: Release, device: DeviceRelease): boolean {
  if (range.in !== undefined && !range.in.some((text) => orderTo(text, release) === 0)) return false;
  if (range.lt !== undefined && !holds(orderTo(range.lt, release), (order) => order < 0)) return false;
  if (range.lte !== undefined && !holds(orderTo(range.lte, release), (order) => order <= 0)) return false;
  if (range.gte !== undefined && !holds(orderTo(range.gte, release), (order) => order >= 0)) return false;
  if (range.train !== undefined && trainOf(release) !== range.train) return false;
  if (range.prefix !== undefined && baseOf(release) !== range.prefix) return false;
  return range.smu === undefined || (device.smus ?? []).includes(range.smu);
}

/** `asr9k` stands for `asr9k-px` and `asr9k-x64` too. */
function isOn(platforms: readonly string[], platform: string): boolean {
  const own = platform.toLowerCase();
  return platforms.some((name) => own === name.toLowerCase() || own.startsWith(`${name.toLowerCase()}-`));
}

/** Negative where the release is before the bound; null where the two do not compare. */
function orderTo(text: string, release: Release): number | null {
  const bound = parseBound(release.scheme, text);
  return bound === null || !isComparable(release, bound) ? null : compareReleases(release, bound);
}

function holds(order: number | null, test: (order: number) => boolean): boolean {
  return order !== null && test(order);
}
