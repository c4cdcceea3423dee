/** Captures of real routers, from another project's tests: each is read and judged as its expectations say. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assemble } from "../../src/exposure/assemble.ts";
import { readSections } from "../../src/exposure/capture.ts";
import { judgeExposure } from "../../src/exposure/judge.ts";
import type { ExposureState } from "../../src/model.ts";
import { exposureOf, IPSEC, SIP } from "./advisories.ts";

const corpus = new URL("../../../shared/corpus/show-captures-ntc.jsonl", import.meta.url);

interface Capture {
  source: string;
  command: string;
  text: string;
  os: string;
  release: string | null;
  expect?: { hostname?: string };
  oracle?: Record<string, unknown>;
}

const captures = (existsSync(corpus) ? readFileSync(corpus, "utf8").trim().split("\n") : []).map(
  (line) => JSON.parse(line) as Capture,
);
const PROCESSES = [IPSEC, SIP].flatMap((advisory) => exposureOf(advisory)["none-running"]!.processes);

/** The corpus holds the output of one command without its prompt. */
function readDevice({ text }: Capture) {
  const lines = text.split(/\r?\n/).map((line) => ({ text: line, afterPager: false }));
  return assemble([{ source: "capture.txt", stem: "capture", sections: readSections(lines) }], PROCESSES)[0]!;
}

/** `iosxe` of the corpus is `ios-xe` here. A table of processes does not tell IOS from IOS XE, which the corpus takes from its folder. */
function expectedOs({ os, command }: Capture): string[] {
  const name = { iosxe: "ios-xe", iosxr: "ios-xr", nxos: "nx-os", other: "unknown" }[os] ?? os;
  return command.startsWith("show processes") && name === "ios" ? ["unknown"] : [name];
}

/** The corpus writes IOS XR 7 with the mark of its Linux base, and IOS XE by either of its two releases. */
function sameRelease(ours: string | null, theirs: string | null, os: string): boolean {
  if (os === "iosxe") return ours !== null;
  if (os === "other") return ours === null;
  return ours === (theirs?.replace(" LNT", "") ?? null);
}

/**
 * What an oracle says of a release, as our states. None of these captures lists the processes beside the release, so the release decides.
 * - `CVE-2020-3190_release_in_range: true` (it lies in the ranges, upgrades not considered): vulnerable; `false`: fixed.
 * - `CVE-2013-5553: not affected …` (the advisory names IOS XE): not-affected.
 * - `CVE-2013-5553_release_listed: false` (the release is in no list of affected ones): not vulnerable, that is
 *   not-affected where the advisory clears the train, and unknown where it does not speak of it (15.8).
 */
function statesOf(oracle: Record<string, unknown>): { advisory: string; states: ExposureState[] } | null {
  if (oracle["CVE-2020-3190_release_in_range"] !== undefined) {
    return { advisory: IPSEC, states: [oracle["CVE-2020-3190_release_in_range"] === true ? "vulnerable" : "fixed"] };
  }
  if (String(oracle["CVE-2013-5553"]).startsWith("not affected")) return { advisory: SIP, states: ["not-affected"] };
  if (oracle["CVE-2013-5553_release_listed"] === false) return { advisory: SIP, states: ["not-affected", "unknown"] };
  return null;
}

describe.skipIf(!existsSync(corpus))("captures of real routers", () => {
  test("are there, most of them with an oracle", () => {
    expect(captures.length).toBeGreaterThan(30);
    expect(captures.filter((capture) => capture.oracle !== undefined).length).toBeGreaterThan(12);
  });

  test.each(captures)("$source", (capture) => {
    const device = readDevice(capture);
    expect(expectedOs(capture)).toContain(device.os);
    expect(sameRelease(device.release, capture.release, capture.os), `${device.release} is ${capture.release}`).toBe(
      true,
    );
    // Cisco's switches for small business and NFVIS are none of our systems.
    expect(device.readable).toBe(capture.os !== "other");
    const host = capture.expect?.hostname;
    if (host !== undefined && host !== "") expect(device.name).toBe(host);
    if (capture.oracle === undefined) return;
    const { advisory, states } = statesOf(capture.oracle)!;
    expect(states).toContain(judgeExposure(exposureOf(advisory), device).state);
  });

  test("a table of processes leaves the release unknown, and shows which of ours run", () => {
    const tables = captures.filter((capture) => capture.command.startsWith("show processes"));
    const found = tables.map((capture) => {
      const { release, processes } = readDevice(capture);
      return { os: capture.os, release, running: processes.running, checked: processes.checked.length };
    });
    expect(found).toContainEqual({ os: "iosxr", release: null, running: ["ipsec_mp", "ipsec_pp"], checked: 4 });
    expect(found.filter((one) => one.os === "ios")).toEqual(
      Array(2).fill({ os: "ios", release: null, running: [], checked: 4 }),
    );
    for (const capture of tables) {
      for (const advisory of [IPSEC, SIP]) {
        expect(judgeExposure(exposureOf(advisory), readDevice(capture)).state).not.toMatch(/^(?:vulnerable|fixed)$/);
      }
    }
  });

  test("15.8(3)M2, which the advisory does not cover, is the one unknown", () => {
    const unknown = captures.filter(
      (capture) =>
        capture.oracle !== undefined &&
        judgeExposure(exposureOf(statesOf(capture.oracle)!.advisory), readDevice(capture)).state === "unknown",
    );
    expect(unknown.map((capture) => capture.release)).toEqual(["15.8(3)M2"]);
  });
});
