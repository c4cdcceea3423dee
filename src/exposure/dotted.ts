/** Releases of IOS XR: 6.5.1, and 6.1.4.10I, an interim build on the way to 6.1.4. They all stand in one order. */

import { BASE, compareParts, compareText, readBase, type SchemeRules } from "./scheme.ts";

export interface DottedRelease {
  scheme: "dotted";
  /** Two where a bound stands before every release of a base, else three. */
  parts: readonly number[];
  interim: { build: number; letter: string } | null;
}

// 6.5.1   6.1.4.10I   6.4.2[Default]   7.9.2 LNT
const RELEASE = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?([A-Z]?)(?:\[\w{1,40}\])?(?: LNT)?$/;

export const dotted: SchemeRules<DottedRelease> = {
  example: "6.5.1",
  parse(text) {
    const found = RELEASE.exec(text.trim());
    if (found === null) return null;
    const parts = [Number(found[1]), Number(found[2]), Number(found[3])];
    const letter = found[5] ?? "";
    const interim = found[4] === undefined && letter === "" ? null : { build: Number(found[4] ?? 0), letter };
    return { scheme: "dotted", parts, interim };
  },
  parseShort(text) {
    const parts = readBase(text);
    return parts === null ? null : { scheme: "dotted", parts, interim: null };
  },
  format({ parts, interim }) {
    return parts.join(".") + (interim === null ? "" : `.${interim.build}${interim.letter}`);
  },
  compare(a, b) {
    const parts = compareParts(a.parts, b.parts);
    if (parts !== 0) return parts;
    if (a.interim === null || b.interim === null) return Number(a.interim === null) - Number(b.interim === null);
    return a.interim.build - b.interim.build || compareText(a.interim.letter, b.interim.letter);
  },
  isComparable: () => true,
  train: ({ parts }) => `${parts[0]}.${parts[1]}`,
  base: ({ parts }) => `${parts[0]}.${parts[1]}`,
  isTrain: (text) => BASE.test(text),
  isInterimOf: (release, of) => release.interim !== null && compareParts(release.parts, of.parts) === 0,
};

/** The second way to read a third number of two digits: 6.6.25 lies between 6.6.2 and 6.6.3. Null where there is none. */
export function inBetween(release: DottedRelease): DottedRelease | null {
  const [major, minor, third] = release.parts;
  if (major === undefined || minor === undefined || third === undefined || third < 10) return null;
  const digits = String(third);
  return { ...release, parts: [major, minor, Number(digits.slice(0, 1)), Number(digits.slice(1))] };
}
