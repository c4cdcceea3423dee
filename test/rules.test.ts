/** Every shipped rule loads and does what its own cases say. */
import { describe, expect, test } from "vitest";
import { loadRules } from "../src/rule/load.ts";
import { rehearse } from "../src/run/rehearse.ts";

describe.each(loadRules().map((rule) => [rule.id, rule] as const))("the shipped rule %s", (_, rule) => {
  test.each(rehearse(rule).map((one) => [one.name, one] as const))("passes its case: %s", (_name, one) => {
    expect(one.problems).toEqual([]);
  });

  test("has a case that fires and one that stays quiet", () => {
    expect(rule.tests.some((one) => (one.expect ?? []).length > 0)).toBe(true);
    expect(rule.tests.some((one) => one.expect?.length === 0)).toBe(true);
  });
});

test("these advisories ship, and no rule is without one", () => {
  expect([...new Set(loadRules().map((rule) => rule.advisory.id))].sort()).toEqual([
    "cisco-sa-20131106-sip",
    "cisco-sa-iosxe-webui-privesc-j22SaA4z",
    "cisco-sa-iosxr-dvmrp-memexh-dSmpdvfz",
    "cisco-sa-iosxr-ipsec-dos-q8UPX6m",
    "cisco-sa-n3kn9k-healthdos-eOqSWK4g",
    "cisco-sa-xr-cp-dos-ej8VB9QY",
    "operations",
  ]);
});
