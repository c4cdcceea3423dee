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
  ] as const)("finds the fault in %j", (conditions: Partial<ExposureRange>, path) => {
    const spec: ExposureSpec = { ...dotted, ranges: [{ ...conditions, state: "vulnerable" }] };
    expect(checkExposure(spec).map((problem) => problem.path)).toEqual([path]);
  });

  test("every release is a range too, but only as the last", () => {
    const all = { state: "unknown" } as const;
    const some = { train: "6.5", state: "fixed" } as const;
    expect(checkExposure({ ...dotted, ranges: [some, all] })).toEqual([]);
    expect(checkExposure({ ...dotted, ranges: [all, some] }).map((one) => one.path)).toEqual([["ranges", 0]]);
  });

  test("finds a scheme that is not the system's", () => {
    expect(checkExposure({ ...dotted, os: "ios-xe" })).toEqual([
      { path: ["scheme"], problem: "releases of ios-xe are numbered by the scheme ios-xe" },
    ]);
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

  test("an advisory whose releases are not known says unknown of each", () => {
    const reason = { en: "The advisory names no release; {release} may be affected" };
    const spec: ExposureSpec = { ...dotted, "first-fixed": [], ranges: [{ state: "unknown", reason }] };
    expect(judgeExposure(spec, { os: "ios-xr", release: "6.6.25" })).toMatchObject({
      state: "unknown",
      reason: { en: "The advisory names no release; 6.6.25 may be affected." },
      firstFixed: null,
    });
  });

  test("what must be configured leaves an affected release unknown, and no other", () => {
    const spec: ExposureSpec = {
      os: "ios-xe",
      scheme: "ios-xe",
      feature: { en: "the web UI", ja: "Web UI" },
      "not-affected-os": ["ios-xr"],
      "first-fixed": ["16.12.10a", "17.9.4a"],
      ranges: [
        { lt: "16.0", state: "not-affected" },
        { lt: "16.12.10a", state: "vulnerable" },
        { lt: "17.0", state: "fixed" },
        { lt: "17.9.4a", state: "vulnerable" },
        { gte: "17.9.4a", state: "fixed" },
      ],
    };
    const judged = (release: string) => judgeExposure(spec, { os: "ios-xe", release });
    expect(judged("17.09.04")).toEqual({
      state: "unknown",
      release: "17.09.04",
      firstFixed: "17.9.4a",
      reason: {
        en: "17.9.4 is earlier than 17.9.4a, the first fixed release for its train. It is exposed only with the web UI, which is not known.",
        ja: "17.9.4 は、このトレインに対する最初の修正済みリリース 17.9.4a より前です。影響を受けるのは Web UI を使用している場合に限られますが、使用の有無は不明です。",
      },
    });
    expect(judged("17.09.04a").state).toBe("fixed");
    expect(judged("16.12.04").state).toBe("unknown");
    expect(judged("16.12.10a").state).toBe("fixed");
    expect(judged("03.06.05E").state).toBe("not-affected");
    expect(judged("V169_5_SR689355441_2")).toMatchObject({ state: "unknown", firstFixed: null });
    expect(judgeExposure(spec, { os: "ios-xr", release: null }).state).toBe("not-affected");
  });

  test("a range for some platforms holds on these, and leaves the state open where the platform is not known", () => {
    const spec: ExposureSpec = {
      os: "nx-os",
      scheme: "nx-os",
      "first-fixed": ["9.3(9)", "10.2(2)"],
      ranges: [
        { platform: ["nexus3000", "nexus9000"], lt: "9.3(9)", state: "vulnerable" },
        { platform: ["nexus3000", "nexus9000"], prefix: "10.1", state: "vulnerable", "first-fixed": "10.2(2)" },
        { state: "not-affected" },
      ],
    };
    const judged = (release: string, platform: string | null) => {
      const { state, firstFixed } = judgeExposure(spec, { os: "nx-os", release, platform });
      return [state, firstFixed];
    };
    expect(judged("7.0(3)I7(8)", "nexus9000-c9372px")).toEqual(["vulnerable", "9.3(9)"]);
    expect(judged("9.3(5)", "Nexus3000-C3232C")).toEqual(["vulnerable", "9.3(9)"]);
    expect(judged("9.3(5)", "nexus90000")).toEqual(["not-affected", null]);
    expect(judged("9.3(5)", "nexus7000-c7010")).toEqual(["not-affected", null]);
    expect(judged("9.3(9)", "nexus9000-c9372px")).toEqual(["not-affected", null]);
    expect(judged("10.1(2t)", "nexus9000")).toEqual(["vulnerable", "10.2(2)"]);
    expect(judged("9.3(5)", null)).toEqual(["unknown", "9.3(9)"]);
    expect(judged("9.3(9)", null)).toEqual(["not-affected", null]);
    expect(judgeExposure(spec, { os: "nx-os", release: "9.3(5)" }).reason.en).toBe(
      "9.3(5) is affected on nexus3000, nexus9000, and the platform is not known.",
    );
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
