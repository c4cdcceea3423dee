/** What is wrong with an advisory's exposure data: a bound that is no release would silently match nothing. */

import { parseBound, parseRelease } from "./release.ts";
import type { ExposureRange, ExposureSpec } from "./types.ts";

/** One fault; `path` leads to it inside the `exposure` block. */
export interface ExposureProblem {
  path: readonly (string | number)[];
  problem: string;
}

/** Finds the faults that a schema cannot see; an empty list means that every range can match. */
export function checkExposure(spec: ExposureSpec): ExposureProblem[] {
  const problems: ExposureProblem[] = [];
  const release = (path: (string | number)[], text: string | undefined): void => {
    if (text === undefined || parseBound(spec.scheme, text) !== null) return;
    problems.push({ path, problem: `"${text}" is no release of the scheme ${spec.scheme}` });
  };
  spec["first-fixed"].forEach((text, i) => {
    release(["first-fixed", i], text);
  });
  spec.ranges.forEach((range, i) => {
    range.in?.forEach((text, j) => {
      if (parseRelease(spec.scheme, text) !== null) return;
      problems.push({
        path: ["ranges", i, "in", j],
        problem: `"${text}" is no full release of the scheme ${spec.scheme}`,
      });
    });
    for (const key of ["lt", "lte", "gte", "first-fixed"] as const) release(["ranges", i, key], range[key]);
    if (range.train !== undefined && !TRAIN[spec.scheme].test(range.train)) {
      problems.push({ path: ["ranges", i, "train"], problem: `"${range.train}" is no train of ${spec.scheme}` });
    }
    if (range.prefix !== undefined && !TRAIN.dotted.test(range.prefix)) {
      problems.push({ path: ["ranges", i, "prefix"], problem: `"${range.prefix}" is not of the form 15.1` });
    }
    if (!CONDITIONS.some((key) => range[key] !== undefined)) {
      problems.push({ path: ["ranges", i], problem: "a range needs at least one condition" });
    }
  });
  return problems;
}

const CONDITIONS = [
  "in",
  "lt",
  "lte",
  "gte",
  "train",
  "prefix",
  "platform",
  "smu",
] as const satisfies readonly (keyof ExposureRange)[];

const TRAIN = {
  // 6.5
  dotted: /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})$/,
  // 15.1M
  "ios-train": /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})[A-Z]{0,8}$/,
} as const;
