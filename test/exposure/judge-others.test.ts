/** Exposure to the other shipped advisories: releases of four schemes, judged with the shipped data. */

import { describe, expect, test } from "vitest";
import { judgeExposure } from "../../src/exposure/judge.ts";
import type { Dialect, ExposureState } from "../../src/model.ts";
import { exposureOf } from "./advisories.ts";

const DVMRP = "cisco-sa-iosxr-dvmrp-memexh-dSmpdvfz";
const SLOW_PATH = "cisco-sa-xr-cp-dos-ej8VB9QY";
const WEB_UI = "cisco-sa-iosxe-webui-privesc-j22SaA4z";
const DIAGNOSTICS = "cisco-sa-n3kn9k-healthdos-eOqSWK4g";

const TABLE: [advisory: string, os: Dialect, release: string, state: ExposureState][] = [
  [DVMRP, "ios-xr", "6.5.3", "unknown"],
  [DVMRP, "ios-xr", "7.10.2", "unknown"],
  [DVMRP, "ios-xe", "17.3.4", "not-affected"],
  [SLOW_PATH, "ios-xr", "6.5.3", "vulnerable"],
  [SLOW_PATH, "ios-xr", "6.7.1", "vulnerable"],
  [SLOW_PATH, "ios-xr", "6.7.2", "unknown"],
  [SLOW_PATH, "ios-xr", "6.8.1", "unknown"],
  [SLOW_PATH, "ios-xr", "7.1.1", "vulnerable"],
  [SLOW_PATH, "ios-xr", "7.1.2", "unknown"],
  [SLOW_PATH, "ios-xr", "7.1.15", "unknown"],
  [WEB_UI, "ios-xe", "16.9.3", "vulnerable"],
  [WEB_UI, "ios-xe", "16.12.10", "vulnerable"],
  [WEB_UI, "ios-xe", "16.12.10a", "fixed"],
  [WEB_UI, "ios-xe", "17.03.08", "vulnerable"],
  [WEB_UI, "ios-xe", "17.03.08a", "fixed"],
  [WEB_UI, "ios-xe", "17.6.6a", "fixed"],
  [WEB_UI, "ios-xe", "17.9.4", "vulnerable"],
  [WEB_UI, "ios-xe", "17.9.5", "fixed"],
  [WEB_UI, "ios-xe", "17.12.1", "unknown"],
  [WEB_UI, "ios-xe", "03.06.05E", "unknown"],
  [WEB_UI, "ios-xe", "V169_5_SR689355441_2", "unknown"],
  [WEB_UI, "ios-xr", "7.1.1", "not-affected"],
  // IOS XE prints like IOS: what a header alone says does not rule it out.
  [WEB_UI, "ios", "15.2(4)M4", "unknown"],
  [DIAGNOSTICS, "nx-os", "9.3(5)", "vulnerable"],
  [DIAGNOSTICS, "nx-os", "9.3(15)", "unknown"],
  [DIAGNOSTICS, "nx-os", "10.3(4a)", "vulnerable"],
  [DIAGNOSTICS, "nx-os", "10.4(5)", "unknown"],
  [DIAGNOSTICS, "ios-xr", "7.1.1", "not-affected"],
];

describe("the other advisories", () => {
  test.each(TABLE)("%s, %s %s: %s", (advisory, os, release, state) => {
    expect(judgeExposure(exposureOf(advisory), { os, release })).toMatchObject({ state, release });
  });
});
