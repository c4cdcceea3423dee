/** What is wrong with an advisory's exposure data: a bound that is no release would silently match nothing. */

import { exampleOf, isTrain, parseBound, parseRelease, SCHEME_OF } from "./release.ts";
import { BASE } from "./scheme.ts";
import type { ExposureRange, ExposureSpec } from "./types.ts";

/** One fault; `path` leads to it inside the `exposure` block. */
export interface ExposureProblem {
  path: readonly (string | number)[];
  problem: string;
}

/** Finds the faults that a schema cannot see; an empty list means that every range can match. */
export function checkExposure(spec: ExposureSpec): ExposureProblem[] {
  const problems: ExposureProblem[] = [];
  const scheme = SCHEME_OF[spec.os];
  if (spec.scheme !== scheme) {
    problems.push({ path: ["scheme"], problem: `releases of ${spec.os} are numbered by the scheme ${scheme}` });
    return problems;
  }
  const example = `, such as ${exampleOf(scheme)}`;
  const release = (path: (string | number)[], text: string | undefined): void => {
    if (text === undefined || parseBound(spec.scheme, text) !== null) return;
    problems.push({ path, problem: `"${text}" is no release of the scheme ${spec.scheme}${example}` });
  };
  spec["first-fixed"].forEach((text, i) => {
    release(["first-fixed", i], text);
  });
  spec.ranges.forEach((range, i) => {
    range.in?.forEach((text, j) => {
      if (parseRelease(spec.scheme, text) !== null) return;
      problems.push({
        path: ["ranges", i, "in", j],
        problem: `"${text}" is no full release of the scheme ${spec.scheme}${example}`,
      });
    });
    for (const key of ["lt", "lte", "gte", "first-fixed"] as const) release(["ranges", i, key], range[key]);
    if (range.train !== undefined && !isTrain(spec.scheme, range.train)) {
      problems.push({ path: ["ranges", i, "train"], problem: `"${range.train}" is no train of ${spec.scheme}` });
    }
    if (range.prefix !== undefined && !BASE.test(range.prefix)) {
      problems.push({ path: ["ranges", i, "prefix"], problem: `"${range.prefix}" is not of the form 15.1` });
    }
    const isAll = !CONDITIONS.some((key) => range[key] !== undefined);
    if (isAll && i < spec.ranges.length - 1) {
      problems.push({ path: ["ranges", i], problem: "a range without a condition is every release: it comes last" });
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
