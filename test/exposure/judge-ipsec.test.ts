/** The truth table of CVE-2020-3190, judged with the shipped data. */

import { describe, expect, test } from "vitest";
import { judgeExposure } from "../../src/exposure/judge.ts";
import type { DeviceRelease } from "../../src/exposure/types.ts";
import type { ExposureState } from "../../src/model.ts";
import { exposureOf, IPSEC } from "./advisories.ts";

const spec = exposureOf(IPSEC);
const BOTH = ["ipsec_mp", "ipsec_pp"];
const RUNNING = { checked: BOTH, running: BOTH };
const NONE = { checked: BOTH, running: [] };

function judge(release: string | null, more: Partial<DeviceRelease> = {}) {
  return judgeExposure(spec, { os: "ios-xr", release, ...more });
}

const TABLE: [release: string, state: ExposureState, firstFixed: string | null][] = [
  ["3.9.1", "vulnerable", "6.4.3"],
  ["4.3.4", "vulnerable", "6.4.3"],
  ["5.3.2", "vulnerable", "6.4.3"],
  ["6.1.4", "vulnerable", "6.4.3"],
  ["6.1.4.10I", "vulnerable", "6.4.3"],
  ["6.1.21.15I", "vulnerable", "6.4.3"],
  ["6.3.15", "vulnerable", "6.4.3"],
  ["6.4.1", "vulnerable", "6.4.3"],
  ["6.4.2", "vulnerable", "6.4.3"],
  ["6.4.2[Default]", "vulnerable", "6.4.3"],
  ["6.4.2.10I", "vulnerable", "6.4.3"],
  ["6.4.3", "fixed", "6.4.3"],
  ["6.4.4", "fixed", "6.4.3"],
  ["6.4.25", "unknown", "6.4.3"],
  ["6.4.31", "fixed", "6.4.3"],
  ["6.4.3.10I", "unknown", "6.4.3"],
  ["6.5.1", "vulnerable", "6.6.3"],
  ["6.5.2", "vulnerable", "6.6.3"],
  ["6.5.3", "vulnerable", "6.6.3"],
  ["6.5.25", "vulnerable", "6.6.3"],
  ["6.5.92", "vulnerable", "6.6.3"],
  ["6.6.1", "vulnerable", "6.6.3"],
  ["6.6.2", "vulnerable", "6.6.3"],
  ["6.6.12", "unknown", "6.6.3"],
  ["6.6.25", "unknown", "6.6.3"],
  ["6.6.3", "fixed", "6.6.3"],
  ["6.6.3.15I", "unknown", "6.6.3"],
  ["6.6.4", "fixed", "6.6.3"],
  ["6.7.1", "unknown", "7.0.2"],
  ["6.8.1", "unknown", "7.0.2"],
  ["6.9.2", "unknown", "7.0.2"],
  ["7.0.0", "vulnerable", "7.0.2"],
  ["7.0.1", "vulnerable", "7.0.2"],
  ["7.0.2", "fixed", "7.0.2"],
  ["7.0.11", "unknown", "7.0.2"],
  ["7.0.12", "unknown", "7.0.2"],
  ["7.0.14", "unknown", "7.0.2"],
  ["7.0.90", "fixed", "7.0.2"],
  ["7.1.0", "vulnerable", "7.1.1"],
  ["7.1.1", "fixed", "7.1.1"],
  ["7.1.1.35I", "unknown", "7.1.1"],
  ["7.1.2", "fixed", "7.1.1"],
  ["7.1.15", "fixed", "7.1.1"],
  ["7.2.1", "fixed", "7.1.1"],
  ["7.2.12", "fixed", "7.1.1"],
  ["7.9.2 LNT", "fixed", "7.1.1"],
  ["7.10.2", "fixed", "7.1.1"],
  ["24.1.1", "fixed", "7.1.1"],
];

describe("CVE-2020-3190", () => {
  test.each(TABLE)("with the processes running, %s is %s", (release, state, firstFixed) => {
    expect(judge(release, { processes: RUNNING })).toMatchObject({ state, firstFixed, release });
  });

  test.each(TABLE)("without a process capture, %s is %s by its release alone", (release, state) => {
    expect(judge(release).state).toBe(state);
  });

  test.each(TABLE)("with no IPsec process running, %s (%s) is at most not affected", (release, state) => {
    expect(judge(release, { processes: NONE }).state).toBe(state === "fixed" ? "fixed" : "not-affected");
  });

  test.each(["6.4", "6.x", "6.4.", "6.4.3.1.1", "v6.4.3", "6.4.three"])("%s is no full release", (release) => {
    const judged = judge(release, { processes: RUNNING });
    expect(judged).toMatchObject({ state: "unknown", firstFixed: null });
    expect(judge(release).reason.en).toBe(`"${release}" is not a full release number.`);
  });

  test.each([null, "", "  "])("a release of %j is not known", (release) => {
    expect(judge(release)).toMatchObject({
      state: "unknown",
      reason: { en: "The release is not known.", ja: "リリースが不明です。" },
    });
  });

  test("a router without the processes is not affected even when its release is not known", () => {
    expect(judge(null, { processes: NONE })).toMatchObject({
      state: "not-affected",
      reason: { en: "The release is not known, but neither ipsec_mp nor ipsec_pp is running." },
    });
  });

  test("one of the two processes is enough", () => {
    const judged = judge("6.5.1", { processes: { checked: BOTH, running: ["ipsec_pp"] } });
    expect(judged.state).toBe("vulnerable");
    expect(judged.reason.en).toMatch(/; ipsec_pp is running\.$/);
  });

  test("another process does not count as one of the two", () => {
    expect(judge("6.5.1", { processes: { checked: BOTH, running: ["ipsec_ppx"] } }).state).toBe("not-affected");
  });

  test("a capture that did not look for the processes changes nothing", () => {
    expect(judge("6.5.1", { processes: { checked: [], running: [] } }).state).toBe("vulnerable");
  });

  describe("the maintenance upgrade", () => {
    const smus = ["CSCvq00001", "CSCvr75998"];

    test.each(["6.4.2", "6.5.3"])("fixes %s on asr9k-px", (release) => {
      const judged = judge(release, { platform: "asr9k-px", smus, processes: RUNNING });
      expect(judged.state).toBe("fixed");
      expect(judged.reason.en).toBe(`The SMU for CSCvr75998 is installed and fixes ${release} (asr9k-px).`);
    });

    test.each([
      ["6.4.1", "asr9k-px", smus],
      ["6.5.2", "asr9k-px", smus],
      ["6.4.2.10I", "asr9k-px", smus],
      ["6.5.30", "asr9k-px", smus],
      ["6.5.3", "asr9k-x64", smus],
      ["6.5.3", null, smus],
      ["6.5.3", "asr9k-px", ["CSCvq00001"]],
      ["6.5.3", "asr9k-px", []],
    ])("does not fix %s on %s with %j", (release, platform, installed) => {
      expect(judge(release, { platform, smus: installed }).state).toBe("vulnerable");
    });
  });

  test.each(["ios", "ios-xe", "nx-os", "asa"] as const)("%s is not affected, whatever its release", (os) => {
    expect(judgeExposure(spec, { os, release: "6.5.1" })).toMatchObject({ state: "not-affected", firstFixed: null });
    expect(judgeExposure(spec, { os, release: null }).state).toBe("not-affected");
  });

  test.each(["unknown", "other"] as const)("%s as a system leaves the exposure unknown", (os) => {
    expect(judgeExposure(spec, { os, release: "6.5.1", processes: NONE }).state).toBe("unknown");
  });

  test("the reasons are plain sentences in both languages", () => {
    expect(judge("6.5.1").reason).toEqual({
      en: "6.5.1 is earlier than 6.6.3, the first fixed release for its train; the process was not checked.",
      ja: "6.5.1 は、このトレインに対する最初の修正済みリリース 6.6.3 より前です。プロセスの動作は確認していません。",
    });
    expect(judge("6.5.1", { processes: { checked: ["ipsec_pp"], running: [] } })).toMatchObject({
      state: "vulnerable",
      reason: {
        en: "6.5.1 is earlier than 6.6.3, the first fixed release for its train; ipsec_pp is not running, ipsec_mp was not checked.",
        ja: "6.5.1 は、このトレインに対する最初の修正済みリリース 6.6.3 より前です。ipsec_pp は動作していませんが、ipsec_mp は確認していません。",
      },
    });
    expect(judge("6.5.1", { processes: NONE }).reason).toEqual({
      en: "6.5.1 is an affected release, but neither ipsec_mp nor ipsec_pp is running.",
      ja: "6.5.1 は影響を受けるリリースですが、ipsec_mp、ipsec_pp はいずれも動作していません。",
    });
    expect(judge("6.5.1", { processes: RUNNING }).reason.en).toMatch(/; ipsec_mp and ipsec_pp are running\.$/);
    expect(judge("6.6.3").reason.en).toBe("6.6.3 is a first fixed release.");
    expect(judge("7.10.2").reason.en).toBe("7.10.2 is later than 7.1.1, which has the fix.");
    expect(judge("7.0.12", { processes: RUNNING }).reason.en).toBe(
      "7.0.12 may be later than 7.0.2, the first fixed release, or an in-between release before it; " +
        "ipsec_mp and ipsec_pp are running.",
    );
    expect(judge("6.4.3.10I").reason.en).toMatch(/^6\.4\.3\.10I is an interim build for 6\.4\.3 and may be older/);
    expect(judge("6.7.1").reason.en).toMatch(/^6\.7\.1 is of a train that the advisory does not name/);
    expect(judgeExposure(spec, { os: "ios-xe", release: null }).reason.en).toBe(
      "The device runs Cisco IOS XE; the advisory affects Cisco IOS XR only.",
    );
  });
});
