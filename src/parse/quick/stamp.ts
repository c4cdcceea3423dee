/** Stamps in headers by their bytes: `*Feb 21 00:00:00.123`, `2020 Mar  9 02:14:07.512`, `Feb 21 2020 10:00:00`. */

import { isDigit } from "./bytes.ts";
import { COLON, DOT, SPACE, STAR, ZERO } from "./chars.ts";

/** A stamp as numbers; one object is filled again for each line. */
export class QuickStamp {
  start = 0;
  /** Behind the digits, before a zone. */
  end = 0;
  /** 0, `*` or `.`. */
  mark = 0;
  /** 0: none was printed. */
  year = 0;
  yearFirst = false;
  month = 0;
  day = 0;
  /** Milliseconds since midnight, as printed. */
  time = 0;
  fraction = false;

  /** `Feb 21 00:00`, the beginning of the last stamp without a year, with its month, day and minute: the next line's is
   * most often the same. */
  #one = 0;
  #two = 0;
  #three = 0;
  #month = 0;
  #day = 0;
  #minute = 0;

  /** Reads a stamp at `at`; false for one that is not written in the usual way or is no time of day. */
  read(bytes: Uint8Array, view: DataView, at: number): boolean {
    this.start = at;
    const first = bytes[at]!;
    this.mark = first === STAR || first === DOT ? first : 0;
    const i = this.mark === 0 ? at : at + 1;
    const one = view.getInt32(i, true);
    const two = view.getInt32(i + 4, true);
    const three = view.getInt32(i + 8, true);
    this.year = 0;
    this.yearFirst = false;
    if (one === this.#one && two === this.#two && three === this.#three) {
      this.month = this.#month;
      this.day = this.#day;
      return this.#readSecond(bytes, i + MINUTES, this.#minute);
    }
    if (!this.#readDate(bytes, i) || !this.#readTime(bytes)) return false;
    if (this.year === 0 && this.#clockStart === i + DATE) {
      this.#one = one;
      this.#two = two;
      this.#three = three;
      this.#month = this.month;
      this.#day = this.day;
      this.#minute = Math.floor(this.time / 60_000);
    }
    return true;
  }

  #clockStart = 0;
  #readDate(bytes: Uint8Array, at: number): boolean {
    let i = at;
    if (isDigit(bytes[i]!)) {
      this.year = fourDigits(bytes, i);
      if (this.year === -1 || bytes[i + 4] !== SPACE) return false;
      this.yearFirst = true;
      i += 5;
    }
    this.month = monthAt(bytes, i);
    if (this.month === 0 || bytes[i + 3] !== SPACE) return false;
    i += 4;
    if (bytes[i] === SPACE) i++;
    this.day = bytes[i++]! - ZERO;
    if (this.day < 0 || this.day > 9) return false;
    if (bytes[i] !== SPACE) {
      if (!isDigit(bytes[i]!)) return false;
      this.day = this.day * 10 + bytes[i++]! - ZERO;
    }
    if (bytes[i++] !== SPACE || this.day < 1 || this.day > 31) return false;
    if (bytes[i + 4] === SPACE) {
      if (this.yearFirst) return false;
      this.year = fourDigits(bytes, i);
      if (this.year === -1) return false;
      i += 5;
    }
    this.#clockStart = i;
    return true;
  }

  #readTime(bytes: Uint8Array): boolean {
    const at = this.#clockStart;
    const hour = twoDigits(bytes, at);
    const minute = twoDigits(bytes, at + 3);
    if (hour < 0 || hour > 23 || bytes[at + 2] !== COLON || minute < 0 || minute > 59) return false;
    return this.#readSecond(bytes, at + 5, hour * 60 + minute);
  }

  /** `:07.512` */
  #readSecond(bytes: Uint8Array, at: number, minute: number): boolean {
    const second = twoDigits(bytes, at + 1);
    if (bytes[at] !== COLON || second < 0 || second > 59) return false;
    this.time = (minute * 60 + second) * 1_000;
    let i = at + 3;
    this.fraction = bytes[i] === DOT;
    if (this.fraction) {
      const first = ++i;
      for (let weight = 100; isDigit(bytes[i]!); i++, weight = Math.floor(weight / 10))
        this.time += (bytes[i]! - ZERO) * weight;
      if (i === first || i > first + 9) return false;
    }
    this.end = i;
    return true;
  }
}

/** How long `Feb 21 ` and `Feb 21 00:00` are. */
const DATE = 7;
const MINUTES = 12;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
  (name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
);

function monthAt(bytes: Uint8Array, at: number): number {
  return MONTHS.indexOf((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!) + 1;
}

/** -1 unless both are digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! - ZERO;
  const low = bytes[at + 1]! - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}

function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}
