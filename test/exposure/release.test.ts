/** Laws of release numbers: a total order, and printing that reads back. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DottedRelease } from "../../src/exposure/dotted.ts";
import type { IosRelease } from "../../src/exposure/ios-train.ts";
import type { XeRelease } from "../../src/exposure/ios-xe.ts";
import type { NxRelease } from "../../src/exposure/nx-os.ts";
import {
  compareReleases,
  formatRelease,
  inBetweenReading,
  isComparable,
  isInterimOf,
  isTrain,
  parseBound,
  parseRelease,
  type Release,
  trainOf,
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

const iosXe: fc.Arbitrary<XeRelease> = fc.record({
  scheme: fc.constant("ios-xe" as const),
  parts: fc.tuple(small, small, small),
  letter: fc.constantFrom<string>("", "a", "b", "prd"),
  line: fc.constantFrom<string>("", "E", "S", "SG"),
});

const nxOs: fc.Arbitrary<NxRelease> = fc.record({
  scheme: fc.constant("nx-os" as const),
  parts: fc.tuple(small, small, small),
  letter,
  train: fc.option(
    fc.record({ letters: fc.constantFrom<string>("I", "N", "ZN"), number: small, build: small, letter }),
    { nil: null },
  ),
});

function parsed(scheme: Release["scheme"], text: string): Release {
  const release = parseRelease(scheme, text);
  if (release === null) throw new Error(`not a release: ${text}`);
  return release;
}

describe.each([
  ["dotted", dotted],
  ["ios-train", iosTrain],
  ["ios-xe", iosXe],
  ["nx-os", nxOs],
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

  test("name a train that the scheme knows, and compare within it", () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        expect(isTrain(scheme, trainOf(a))).toBe(true);
        expect(isComparable(a, b)).toBe(isComparable(b, a));
        if (trainOf(a) === trainOf(b)) expect(isComparable(a, b)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("never fail on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.()MaISE [] ") }), (text) => {
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
    [
      "ios-xe",
      [
        "3.6.4E",
        "3.6.5E",
        "3.6.5aE",
        "3.6.1S",
        "3.16.1aS",
        "16.9.8",
        "16.12.4",
        "17.3.8a",
        "17.9.4",
        "17.9.4a",
        "17.9.5",
        "17.10.1",
      ],
    ],
    [
      "nx-os",
      [
        "6.0(2)A8(11b)",
        "6.1(2)I3(1)",
        "7.0(3)I4(3)",
        "7.0(3)I4(10)",
        "7.0(3)I7(8)",
        "7.1(4)N1(1)",
        "7.1(5)N1(1)",
        "9.2(4)",
      ].concat(["9.3(2)", "9.3(5)", "9.3(10)", "10.3(4)", "10.3(4a)", "10.4(5)"]),
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

  test.each([
    ["ios-xe", "17.09.04a", "17.9.4a"],
    ["ios-xe", "16.12.04", "16.12.4"],
    ["ios-xe", "03.06.05E", "3.6.5E"],
    ["ios-xe", "03.09.01.S", "3.9.1S"],
    ["ios-xe", "03.16.01a.S", "3.16.1aS"],
    ["dotted", "7.9.2 LNT", "7.9.2"],
    ["dotted", "6.4.2[Default]", "6.4.2"],
    ["nx-os", "14.0(1h)", "14.0(1h)"],
  ] as const)("%s %s is %s", (scheme, printed, canonical) => {
    expect(formatRelease(parsed(scheme, printed))).toBe(canonical);
    expect(compareReleases(parsed(scheme, printed), parsed(scheme, canonical))).toBe(0);
  });

  test.each([
    ["ios-xe", "V169_5_SR689355441_2"],
    ["ios-xe", "15.3(2)S1"],
    ["ios-xe", "17.9"],
    ["ios-xe", "17.9.4."],
    ["nx-os", "9.3"],
    ["nx-os", "9.3(5"],
    ["nx-os", "7.0(3)I7"],
    ["nx-os", "5.2(1)SV3(4.1)"],
    ["nx-os", "9.3(5) [Maintenance Release]"],
  ] as const)("%s %s is no full release", (scheme, text) => {
    expect(parseRelease(scheme, text)).toBeNull();
  });

  test.each([
    ["ios-xe", "3.6.5E", "3.6.5S", false],
    ["ios-xe", "3.6.5E", "16.1.1", true],
    ["ios-xe", "16.12.10a", "17.9.4a", true],
    ["ios-xe", "17.11.99SW", "17.9.4a", false],
    ["nx-os", "7.0(3)I7(8)", "9.3(5)", true],
    ["nx-os", "7.0(3)I7(8)", "7.0(3)I4(3)", true],
    ["nx-os", "7.0(3)I7(8)", "7.1(4)N1(1)", false],
    ["ios-train", "15.1(4)M4", "15.1(4)GC", false],
  ] as const)("%s: whether %s and %s follow one another is %s", (scheme, a, b, comparable) => {
    expect(isComparable(parsed(scheme, a), parsed(scheme, b))).toBe(comparable);
  });

  test.each([
    ["ios-xe", "17.9", "17.9.0", "17.8.9z"],
    ["nx-os", "9.3", "9.3(0)", "9.2(99)"],
    ["dotted", "7.0", "7.0.0", "6.9.9"],
  ] as const)("%s: the bound %s stands before %s and after %s", (scheme, bound, first, last) => {
    const at = parseBound(scheme, bound)!;
    expect(compareReleases(at, parsed(scheme, first))).toBeLessThan(0);
    expect(compareReleases(at, parsed(scheme, last))).toBeGreaterThan(0);
  });

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
