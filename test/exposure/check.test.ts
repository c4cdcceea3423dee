/** Exposure data: the shipped advisories are sound, and each kind of fault is found. */

import { describe, expect, test } from "vitest";
import { checkExposure } from "../../src/exposure/check.ts";
import { judgeExposure } from "../../src/exposure/judge.ts";
import type { ExposureRange, ExposureSpec } from "../../src/exposure/types.ts";
import { exposureOf, IPSEC, SIP } from "./advisories.ts";

const dotted: ExposureSpec = { os: "ios-xr", scheme: "dotted", "first-fixed": ["6.6.3"], ranges: [] };

describe("checkExposure", () => {
  test.each([IPSEC, SIP])("finds nothing wrong with %s", (advisory) => {
    expect(checkExposure(exposureOf(advisory))).toEqual([]);
  });

  test.each([
    [{ lt: "6.6.x" }, ["ranges", 0, "lt"]],
    [{ in: ["6.5.3", "6.5"] }, ["ranges", 0, "in", 1]],
    [{ gte: "15.1(4)M7" }, ["ranges", 0, "gte"]],
    [{ train: "6.5.1" }, ["ranges", 0, "train"]],
    [{ train: "06.5" }, ["ranges", 0, "train"]],
    [{ prefix: "6" }, ["ranges", 0, "prefix"]],
    [{ train: "6.5", "first-fixed": "soon" }, ["ranges", 0, "first-fixed"]],
    [{}, ["ranges", 0]],
  ] as const)("finds the fault in %j", (conditions: Partial<ExposureRange>, path) => {
    const spec: ExposureSpec = { ...dotted, ranges: [{ ...conditions, state: "vulnerable" }] };
    expect(checkExposure(spec).map((problem) => problem.path)).toEqual([path]);
  });

  test("finds a first fixed release of the wrong scheme", () => {
    expect(checkExposure({ ...dotted, "first-fixed": ["15.1(4)M7"] })).toHaveLength(1);
  });
});

describe("data that leaves things out", () => {
  test("a spec without processes says nothing of processes", () => {
    const spec: ExposureSpec = { ...dotted, ranges: [{ lte: "6.6.2", state: "vulnerable" }] };
    const none = { checked: ["ipsec_pp"], running: [] };
    const judged = judgeExposure(spec, { os: "ios-xr", release: "6.6.2", processes: none });
    expect(judged.state).toBe("vulnerable");
    expect(judged.reason.en).toBe("6.6.2 is earlier than 6.6.3, the first fixed release for its train.");
  });

  test("without the two-digit rule a release is read as printed", () => {
    const spec: ExposureSpec = {
      ...dotted,
      ranges: [
        { lt: "6.6.3", state: "vulnerable" },
        { gte: "6.6.3", state: "fixed" },
      ],
    };
    expect(judgeExposure(spec, { os: "ios-xr", release: "6.6.25" }).state).toBe("fixed");
    expect(
      judgeExposure({ ...spec, "two-digit-rebuild": "both-readings" }, { os: "ios-xr", release: "6.6.25" }).state,
    ).toBe("unknown");
  });

  test("without the interim rule an interim build is before its release", () => {
    const spec: ExposureSpec = { ...dotted, ranges: [{ lt: "6.6.3", state: "vulnerable" }] };
    expect(judgeExposure(spec, { os: "ios-xr", release: "6.6.3.10I" }).state).toBe("vulnerable");
  });

  test("bounds of one IOS train say nothing of another", () => {
    const spec: ExposureSpec = {
      os: "ios",
      scheme: "ios-train",
      "first-fixed": [],
      ranges: [
        { lt: "15.1(4)M4", state: "not-affected" },
        { gte: "15.1(4)M4", state: "vulnerable" },
      ],
    };
    const state = (release: string) => judgeExposure(spec, { os: "ios", release }).state;
    expect([state("15.1(4)M3"), state("15.1(4)M4"), state("15.1(1)MR"), state("15.2(4)M4")]).toEqual([
      "not-affected",
      "vulnerable",
      "unknown",
      "unknown",
    ]);
  });
});
