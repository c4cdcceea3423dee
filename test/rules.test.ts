/** Every shipped rule loads and does what its own cases say. */
import { describe, expect, test } from "vitest";
import { loadRules } from "../src/rule/load.ts";
import { rehearse } from "../src/run/rehearse.ts";

describe.each(loadRules().map((rule) => [rule.id, rule] as const))("the shipped rule %s", (_, rule) => {
  test.each(rehearse(rule).map((one) => [one.name, one] as const))("passes its case: %s", (_name, one) => {
    expect(one.problems).toEqual([]);
  });

  test("has a case that fires and one that stays quiet", () => {
    expect(rule.tests.some((one) => one.expect.length > 0)).toBe(true);
    expect(rule.tests.some((one) => one.expect.length === 0)).toBe(true);
  });
});

test("four rules for two advisories ship", () => {
  expect(
    loadRules()
      .map((rule) => `${rule.advisory.id}/${rule.id}`)
      .sort(),
  ).toEqual([
    "cisco-sa-20131106-sip/sip-listener-disabled",
    "cisco-sa-20131106-sip/sip-process-anomaly",
    "cisco-sa-20131106-sip/unexplained-restart",
    "cisco-sa-iosxr-ipsec-dos-q8UPX6m/packet-memory-exhausted",
  ]);
});
