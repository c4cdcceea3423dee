/** The truth table of CVE-2013-5553, judged with the shipped data. */

import { describe, expect, test } from "vitest";
import { judgeExposure } from "../../src/exposure/judge.ts";
import type { DeviceRelease } from "../../src/exposure/types.ts";
import type { ExposureState } from "../../src/model.ts";
import { exposureOf, SIP } from "./advisories.ts";

const spec = exposureOf(SIP);
const BOTH = ["CCSIP_UDP_SOCKET", "CCSIP_TCP_SOCKET"];
const RUNNING = { checked: BOTH, running: BOTH };
const NONE = { checked: BOTH, running: [] };
const M7 = "15.1(4)M7";

function judge(release: string | null, more: Partial<DeviceRelease> = {}) {
  return judgeExposure(spec, { os: "ios", release, ...more });
}

const TABLE: [release: string, state: ExposureState, firstFixed: string | null][] = [
  ["12.0(32)SY14", "not-affected", null],
  ["12.2(33)SXI4", "not-affected", null],
  ["12.2(2)XA1", "not-affected", null],
  ["12.3(26)", "not-affected", null],
  ["12.4(25e)JAO3a", "not-affected", null],
  ["12.4(24)T8", "not-affected", null],
  ["15.0(1)M1", "not-affected", null],
  ["15.1(1)T", "not-affected", null],
  ["15.1(4)T4", "not-affected", null],
  ["15.1(1)M4", "not-affected", null],
  ["15.1(4)M", "not-affected", null],
  ["15.1(4)M1", "not-affected", null],
  ["15.1(4)M3", "not-affected", null],
  ["15.1(4)M3a", "not-affected", null],
  ["15.1(4)M4", "vulnerable", M7],
  ["15.1(4)M5", "vulnerable", M7],
  ["15.1(4)M6", "vulnerable", M7],
  ["15.1(4)M6a", "vulnerable", M7],
  ["15.1(4)M7", "fixed", M7],
  ["15.1(4)M8", "fixed", M7],
  ["15.1(4)M10", "fixed", M7],
  ["15.1(4)M12a", "fixed", M7],
  ["15.1(4.0.55)M", "unknown", M7],
  ["15.1(2)GC", "not-affected", null],
  ["15.1(2)GC1", "not-affected", null],
  ["15.1(2)GC2", "unknown", M7],
  ["15.1(4)GC", "vulnerable", M7],
  ["15.1(4)GC1", "vulnerable", M7],
  ["15.1(4)GC2", "unknown", M7],
  ["15.1(2)EY4", "not-affected", null],
  ["15.1(3)MR", "not-affected", null],
  ["15.1(2)S", "not-affected", null],
  ["15.1(3)S0a", "not-affected", null],
  ["15.1(2)SG", "not-affected", null],
  ["15.1(2)SNG", "not-affected", null],
  ["15.1(2)SNH1", "not-affected", null],
  ["15.1(4)XB8", "unknown", null],
  ["15.1(4)XB8a", "unknown", null],
  ["15.1(1)SY3", "unknown", null],
  ["15.2(4)M4", "not-affected", null],
  ["15.2(4)GC3", "not-affected", null],
  ["15.2(4.0.55)E", "not-affected", null],
  ["15.3(3)M1", "not-affected", null],
  ["15.4(1)T", "unknown", null],
  ["15.8(3)M2", "unknown", null],
  ["11.3(11)T2", "unknown", null],
];

describe("CVE-2013-5553", () => {
  test.each(TABLE)("with SIP running, %s is %s", (release, state, firstFixed) => {
    expect(judge(release, { processes: RUNNING })).toMatchObject({ state, firstFixed, release });
  });

  test.each(TABLE)("without a process capture, %s is %s by its release alone", (release, state) => {
    expect(judge(release).state).toBe(state);
  });

  test.each(TABLE)("with neither SIP socket process, %s (%s) is at most not affected", (release, state) => {
    expect(judge(release, { processes: NONE }).state).toBe(state === "fixed" ? "fixed" : "not-affected");
  });

  test.each(["15.1", "15.1(4", "15.1(4)M5,", "15.1.4.M5", "15.1(4.)M5", "15.1(4)m5"])(
    "%s is no full release",
    (text) => {
      expect(judge(text, { processes: RUNNING })).toMatchObject({ state: "unknown", firstFixed: null });
    },
  );

  test("no release is unknown", () => {
    expect(judge(null).reason.en).toBe("The release is not known.");
  });

  test("other processes with SIP in their name do not make a router process SIP", () => {
    const processes = { checked: BOTH, running: ["CCSIP_EVENT_TRAC"] };
    expect(judge("15.1(4)M5", { processes }).state).toBe("not-affected");
  });

  test.each(["03.09.01.S", "15.1(4)M5", null])("IOS XE is not affected, with the release %s", (release) => {
    const judged = judgeExposure(spec, { os: "ios-xe", release, processes: RUNNING });
    expect(judged).toMatchObject({ state: "not-affected", firstFixed: null });
  });

  test.each(["ios-xr", "nx-os", "asa"] as const)("%s is not affected", (os) => {
    expect(judgeExposure(spec, { os, release: "15.1(4)M5" }).state).toBe("not-affected");
  });

  test("the reasons are plain sentences in both languages", () => {
    expect(judge("15.1(4)M5").reason).toEqual({
      en: "15.1(4)M5 is earlier than 15.1(4)M7, the first fixed release for its train; the process was not checked.",
      ja: "15.1(4)M5 は、このトレインに対する最初の修正済みリリース 15.1(4)M7 より前です。プロセスの動作は確認していません。",
    });
    expect(judge("15.1(4)GC1", { processes: RUNNING }).reason).toEqual({
      en:
        "15.1(4)GC1 is named as affected, and its train has no fix: the first fixed release is 15.1(4)M7; " +
        "CCSIP_UDP_SOCKET and CCSIP_TCP_SOCKET are running.",
      ja:
        "15.1(4)GC1 は影響を受けるリリースとして記載されており、このトレインに修正はありません。最初の修正済みリリースは 15.1(4)M7 です。" +
        "CCSIP_UDP_SOCKET と CCSIP_TCP_SOCKET が動作しています。",
    });
    expect(judge("15.1(2)GC2").reason.en).toMatch(/^The advisory contradicts itself on 15\.1\(2\)GC2/);
    expect(judge("15.1(4)M3").reason.en).toBe(
      "15.1(4)M3 is earlier than 15.1(4)M4, before which its train is not affected.",
    );
    expect(judge("12.2(33)SXI4").reason.en).toBe("12.2(33)SXI4 is not affected: no release of 12.2 is.");
    expect(judge("15.8(3)M2").reason.en).toBe("The advisory does not cover 15.8(3)M2; the process was not checked.");
    expect(judge("15.1(4)M6", { processes: NONE }).reason.en).toBe(
      "15.1(4)M6 is an affected release, but neither CCSIP_UDP_SOCKET nor CCSIP_TCP_SOCKET is running.",
    );
  });
});
