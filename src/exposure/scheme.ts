/** What a scheme of release numbers must tell, and how parts of numbers are ordered. */

/** One way to number releases; `R` is a release read. */
export interface SchemeRules<R> {
  /** An example, for messages. */
  readonly example: string;
  /** Reads a full release; null for anything else. */
  parse(text: string): R | null;
  /** Reads a bound that stands before every release of a base, such as 7.0; null for anything else. */
  parseShort(text: string): R | null;
  /** Prints a release as the vendor writes it, without filling zeros; `parse` reads it back. */
  format(release: R): string;
  /** Orders releases, the earlier one first; a total order. */
  compare(a: R, b: R): number;
  /** Whether before and after mean anything between two releases. */
  isComparable(a: R, b: R): boolean;
  /** The releases that follow one another: 6.5 of 6.5.1, 15.1M of 15.1(4)M5. */
  train(release: R): string;
  /** What several trains are based on: 15.1 of 15.1(4)M5. */
  base(release: R): string;
  /** Whether a text is a train of this scheme. */
  isTrain(text: string): boolean;
  /** Whether `release` is an unreleased build of `of`, which may lack what `of` has. */
  isInterimOf(release: R, of: R): boolean;
}

/** A missing part comes first: 7.0 is before 7.0.0, and (4) before (4.0). */
export function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** By code units, the same in every locale; no text comes first. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** A base such as 7.0, without filling zeros. */
export const BASE = /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})$/;

/** The two numbers of a base such as 7.0; null for anything else. */
export function readBase(text: string): [number, number] | null {
  const found = /^(\d{1,5})\.(\d{1,5})$/.exec(text.trim());
  return found === null ? null : [Number(found[1]), Number(found[2])];
}
