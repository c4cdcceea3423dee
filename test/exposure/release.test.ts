/** Laws of release numbers: a total order, and printing that reads back. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareReleases,
  type DottedRelease,
  formatRelease,
  type IosRelease,
  inBetweenReading,
  isInterimOf,
  parseRelease,
  type Release,
} from "../../src/exposure/release.ts";

const small = fc.oneof(fc.nat(3), fc.nat(40));
const letter = fc.constantFrom<string>("", "a", "b");

const dotted: fc.Arbitrary<DottedRelease> = fc.record({
  scheme: fc.constant("dotted" as const),
  parts: fc.tuple(small, small, small),
  interim: fc.option(fc.record({ build: small, letter: fc.constantFrom<string>("", "I", "B") }), { nil: null }),
});

const iosTrain: fc.Arbitrary<IosRelease> = fc.record({
  scheme: fc.constant("ios-train" as const),
  major: small,
  minor: small,
  maintenance: small,
  letter,
  interim: fc.oneof(fc.constant<number[]>([]), fc.array(small, { maxLength: 2 })),
  train: fc.constantFrom<string>("", "M", "MR", "GC", "T", "SXI"),
  rebuild: small,
  rebuildLetter: letter,
});

function parsed(scheme: Release["scheme"], text: string): Release {
  const release = parseRelease(scheme, text);
  if (release === null) throw new Error(`not a release: ${text}`);
  return release;
}

describe.each([
  ["dotted", dotted],
  ["ios-train", iosTrain],
] as const)("releases of the scheme %s", (scheme, arbitrary) => {
  test("read back what was printed", () => {
    fc.assert(
      fc.property(arbitrary, (release) => {
        expect(parseRelease(scheme, formatRelease(release))).toEqual(release);
      }),
    );
  });

  test("are in exactly one order, the same from both sides", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        expect(Math.sign(compareReleases(a, b)) + Math.sign(compareReleases(b, a))).toBe(0);
        expect(compareReleases(a, b) === 0).toBe(formatRelease(a) === formatRelease(b));
      }),
      { numRuns: 1000 },
    );
  });

  test("keep their order over a third one", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
        fc.pre(compareReleases(a, b) <= 0 && compareReleases(b, c) <= 0);
        expect(compareReleases(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("never fail on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.()MaI [] ") }), (text) => {
        const release = parseRelease(scheme, text);
        if (release !== null) expect(parseRelease(scheme, formatRelease(release))).toEqual(release);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("order of releases", () => {
  test.each([
    ["dotted", ["3.9.1", "6.4.2", "6.4.3.2I", "6.4.3.10I", "6.4.3", "6.4.25", "6.10.1", "7.1.1", "7.10.2"]],
    [
      "ios-train",
      ["12.3(26)", "12.3(4)T", "15.1(4)GC1", "15.1(3)M9", "15.1(4)M", "15.1(4)M1", "15.1(4)M6", "15.1(4)M6a"].concat([
        "15.1(4)M7",
        "15.1(4)M10",
        "15.1(4.0.55)M",
        "15.1(5)M",
        "15.1(3)MR",
        "15.10(1)M",
      ]),
    ],
  ] as const)("%s releases stand from the earliest to the latest", (scheme, texts) => {
    const shuffled = [...texts].reverse().map((text) => parsed(scheme, text));
    expect(shuffled.sort(compareReleases).map(formatRelease)).toEqual(texts);
  });

  test.each(["15.1(3)S0a", "15.1(4)M", "12.4(25e)JAO3a", "15.2(4.0.55)E", "12.3(26)"])(
    "%s is printed as it was",
    (text) => {
      expect(formatRelease(parsed("ios-train", text))).toBe(text);
    },
  );

  test("a third number of two digits can be read as in between", () => {
    const between = inBetweenReading(parsed("dotted", "6.6.25"));
    expect(between).toMatchObject({ parts: [6, 6, 2, 5] });
    expect(inBetweenReading(parsed("dotted", "6.6.3"))).toBeNull();
    expect(inBetweenReading(parsed("ios-train", "15.1(44)M"))).toBeNull();
  });

  test("an interim build belongs to its own release only", () => {
    const interim = parsed("dotted", "6.4.3.10I");
    expect(isInterimOf(interim, parsed("dotted", "6.4.3"))).toBe(true);
    expect(isInterimOf(interim, parsed("dotted", "6.4.4"))).toBe(false);
    expect(isInterimOf(parsed("dotted", "6.4.3"), parsed("dotted", "6.4.3"))).toBe(false);
    expect(isInterimOf(parsed("ios-train", "15.1(4.3)M"), parsed("ios-train", "15.1(4)M7"))).toBe(true);
    expect(isInterimOf(parsed("ios-train", "15.1(4.3)T"), parsed("ios-train", "15.1(4)M7"))).toBe(false);
  });
});
