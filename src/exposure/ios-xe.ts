/**
 * Releases of IOS XE: 17.9.4a, and 3.6.5E of the trains before 16. Filling zeros mean nothing: 17.09.04a is 17.9.4a,
 * 03.06.05E and 03.06.05.E are 3.6.5E.
 *
 * From 16 on there is one line, 16.12 before 17.3 before 17.9. Before that the letters name lines that run side by side,
 * E for switches and S for routers: within one major number they compare within the same letters only. A release of
 * another major number is before or after them all. Special builds (V169_5_SR1_2) are no release numbers.
 */

import { BASE, compareParts, compareText, readBase, type SchemeRules } from "./scheme.ts";

export interface XeRelease {
  scheme: "ios-xe";
  /** Two where a bound stands before every release of a base, else three. */
  parts: readonly number[];
  /** The rebuild: `a` of 17.9.4a, after 17.9.4 and before 17.9.5. */
  letter: string;
  /** `E` of 3.6.5E; "" from 16 on. */
  line: string;
}

// 17.09.04a   16.12.4   03.06.05E   3.16.1aS   03.09.01.S   03.16.01a.S
const RELEASE = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})([a-z]{0,4})\.?([A-Z]{0,4})$/;
// 17.9   3.6E
const TRAIN = /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})[A-Z]{0,4}$/;

export const iosXe: SchemeRules<XeRelease> = {
  example: "17.9.4a",
  parse(text) {
    const found = RELEASE.exec(text.trim());
    if (found === null || text.trim().endsWith(".")) return null;
    const parts = [Number(found[1]), Number(found[2]), Number(found[3])];
    return { scheme: "ios-xe", parts, letter: found[4] ?? "", line: found[5] ?? "" };
  },
  parseShort(text) {
    const parts = readBase(text);
    return parts === null ? null : { scheme: "ios-xe", parts, letter: "", line: "" };
  },
  format: ({ parts, letter, line }) => `${parts.join(".")}${letter}${line}`,
  compare(a, b) {
    return (
      compareParts(a.parts.slice(0, 2), b.parts.slice(0, 2)) ||
      compareText(a.line, b.line) ||
      compareParts(a.parts, b.parts) ||
      compareText(a.letter, b.letter)
    );
  },
  isComparable: (a, b) => a.line === b.line || a.parts[0] !== b.parts[0],
  train: (release) => iosXe.base(release) + release.line,
  base: ({ parts }) => `${parts[0]}.${parts[1]}`,
  isTrain: (text) => TRAIN.test(text) || BASE.test(text),
  isInterimOf: () => false,
};
