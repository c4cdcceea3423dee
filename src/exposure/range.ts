/** Whether a release of a device lies in a range of an advisory, and which first fixed release concerns it. */

import { baseOf, compareReleases, isComparable, parseBound, type Release, trainOf } from "./release.ts";
import type { DeviceRelease, ExposureRange, ExposureSpec } from "./types.ts";

/** The first range whose conditions all hold, or null. */
export function findRange(spec: ExposureSpec, release: Release, device: DeviceRelease): ExposureRange | null {
  return spec.ranges.find((range) => isIn(range, release, device)) ?? null;
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
  if (range.platform !== undefined && device.platform !== range.platform) return false;
  return range.smu === undefined || (device.smus ?? []).includes(range.smu);
}

/** Negative where the release is before the bound; null where the two do not compare. */
function orderTo(text: string, release: Release): number | null {
  const bound = parseBound(release.scheme, text);
  return bound === null || !isComparable(release, bound) ? null : compareReleases(release, bound);
}

function holds(order: number | null, test: (order: number) => boolean): boolean {
  return order !== null && test(order);
}
