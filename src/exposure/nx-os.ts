/**
 * Releases of NX-OS: 9.3(5), 10.3(4a), and 7.0(3)I7(8), the eighth build of the train I7 on 7.0(3).
 *
 * Releases without letters stand in one line, 9.2 before 9.3 before 10.1. The letters name lines of a platform: I for
 * Nexus 9000 and 3000, N for 5000 and 6000, D for 7000. Within one major number they compare within the same letters
 * only: I4 before I7. A release of another major number is before or after them all, as 7.0(3)I7(8) is before 9.3(5);
 * whether both run on the same platform is for the advisory to say.
 */

import { compareParts, compareText, readBase, type SchemeRules } from "./scheme.ts";

export interface NxRelease {
  scheme: "nx-os";
  /** Major, minor, maintenance; two where a bound stands before every release of a base. */
  parts: readonly number[];
  /** `a` of 10.3(4a). */
  letter: string;
  /** `I7(8)`; null where there is none. */
  train: { letters: string; number: number; build: number; letter: string } | null;
}

// 9.3(5)   10.3(4a)   7.0(3)I7(8)   7.1(4)N1(1)   14.0(1h)   6.0(2)A8(11b)
const RELEASE = /^(\d{1,5})\.(\d{1,5})\((\d{1,5})([a-z]{0,2})\)(?:([A-Z]{1,4})(\d{1,5})\((\d{1,5})([a-z]{0,2})\))?$/;
// 9.3   7.0(3)I7
const TRAIN =
  /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})(?:\((?:0|[1-9]\d{0,4})[a-z]{0,2}\)[A-Z]{1,4}(?:0|[1-9]\d{0,4}))?$/;

export const nxOs: SchemeRules<NxRelease> = {
  example: "9.3(5)",
  parse(text) {
    const found = RELEASE.exec(text.trim());
    if (found === null) return null;
    const [, major, minor, maintenance, letter = "", letters, number, build, buildLetter = ""] = found;
    return {
      scheme: "nx-os",
      parts: [Number(major), Number(minor), Number(maintenance)],
      letter,
      train:
        letters === undefined ? null : { letters, number: Number(number), build: Number(build), letter: buildLetter },
    };
  },
  parseShort(text) {
    const parts = readBase(text);
    return parts === null ? null : { scheme: "nx-os", parts, letter: "", train: null };
  },
  format(release) {
    const { train } = release;
    if (train === null) return `${nxOs.base(release)}(${release.parts[2] ?? 0}${release.letter})`;
    return `${nxOs.train(release)}(${train.build}${train.letter})`;
  },
  compare(a, b) {
    return (
      compareParts(a.parts.slice(0, 2), b.parts.slice(0, 2)) ||
      compareText(a.train?.letters ?? "", b.train?.letters ?? "") ||
      compareParts(a.parts, b.parts) ||
      compareText(a.letter, b.letter) ||
      (a.train?.number ?? 0) - (b.train?.number ?? 0) ||
      (a.train?.build ?? 0) - (b.train?.build ?? 0) ||
      compareText(a.train?.letter ?? "", b.train?.letter ?? "")
    );
  },
  isComparable: (a, b) => (a.train?.letters ?? "") === (b.train?.letters ?? "") || a.parts[0] !== b.parts[0],
  train(release) {
    const { train, parts, letter } = release;
    return train === null
      ? nxOs.base(release)
      : `${nxOs.base(release)}(${parts[2]}${letter})${train.letters}${train.number}`;
  },
  base: ({ parts }) => `${parts[0]}.${parts[1]}`,
  isTrain: (text) => TRAIN.test(text),
  isInterimOf: () => false,
};
