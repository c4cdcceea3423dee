/** Releases of classic IOS: 15.1(4)M6a is major 15, minor 1, maintenance 4, train M, rebuild 6, rebuild letter a. Trains run side by side. */

import { compareParts, compareText, type SchemeRules } from "./scheme.ts";

export interface IosRelease {
  scheme: "ios-train";
  major: number;
  minor: number;
  maintenance: number;
  /** The `e` of 12.4(25e)JA. */
  letter: string;
  /** The 0.55 of 15.2(4.0.55)E, a build between 15.2(4)E and 15.2(5)E. */
  interim: readonly number[];
  train: string;
  /** 0 where no number follows the train. */
  rebuild: number;
  rebuildLetter: string;
}

// 15.1(4)M6a   12.3(26)   12.4(25e)JAO3a   15.2(4.0.55)E
const RELEASE = /^(\d{1,5})\.(\d{1,5})\((\d{1,5})([a-z]?)(\.[.\d]{1,24})?\)([A-Z]{0,8})(\d{0,5})([a-z]?)$/;
// 15.1M
const TRAIN = /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})[A-Z]{0,8}$/;

export const iosTrain: SchemeRules<IosRelease> = {
  example: "15.1(4)M5",
  parse(text) {
    const found = RELEASE.exec(text.trim());
    const interim = found?.[5]?.slice(1).split(".") ?? [];
    if (found === null || interim.includes("")) return null;
    return {
      scheme: "ios-train",
      major: Number(found[1]),
      minor: Number(found[2]),
      maintenance: Number(found[3]),
      letter: found[4] ?? "",
      interim: interim.map(Number),
      train: found[6] ?? "",
      rebuild: Number(found[7] ?? ""),
      rebuildLetter: found[8] ?? "",
    };
  },
  // Without a train there is nothing that a bound could compare with.
  parseShort: () => null,
  format({ major, minor, maintenance, letter, interim, train, rebuild, rebuildLetter }) {
    const build = interim.map((part) => `.${part}`).join("");
    const number = rebuild === 0 && rebuildLetter === "" ? "" : String(rebuild);
    return `${major}.${minor}(${maintenance}${letter}${build})${train}${number}${rebuildLetter}`;
  },
  compare(a, b) {
    return (
      a.major - b.major ||
      a.minor - b.minor ||
      compareText(a.train, b.train) ||
      a.maintenance - b.maintenance ||
      compareText(a.letter, b.letter) ||
      compareParts(a.interim, b.interim) ||
      a.rebuild - b.rebuild ||
      compareText(a.rebuildLetter, b.rebuildLetter)
    );
  },
  isComparable: (a, b) => iosTrain.train(a) === iosTrain.train(b),
  train: ({ major, minor, train }) => `${major}.${minor}${train}`,
  base: ({ major, minor }) => `${major}.${minor}`,
  isTrain: (text) => TRAIN.test(text),
  isInterimOf: (release, of) =>
    release.interim.length > 0 &&
    iosTrain.train(release) === iosTrain.train(of) &&
    release.maintenance === of.maintenance,
};
