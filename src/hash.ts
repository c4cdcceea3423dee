/** Hashes of words and of whole messages: from bytes, four at a time, and the same from the string that they spell in
 * ASCII. They tell things apart that nobody forges; whoever must be certain compares the bytes as well. */

/** 32 bits over the bytes from `from` up to `to`; three more bytes have to be there. */
export function hashBytes(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let i = from;
  for (; i + 4 <= to; i += 4) hash = step(hash, view.getInt32(i, true));
  if (i < to) hash = step(hash, view.getInt32(i, true) & TAIL[to - i]!);
  return hash ^ (hash >>> 13);
}

/** The hash of a text, as of its bytes. */
export function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i += 4) hash = step(hash, wordAt(text, i));
  return hash ^ (hash >>> 13);
}

/** ASCII texts kept as bytes, one behind the other, to be compared with others four bytes at a time. */
export class Spellings {
  #bytes = new Uint8Array(4_096);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** Keeps a text; gives its place. */
  add(text: string): number {
    const at = this.#used;
    // Behind the text stand zeros up to a whole word.
    this.#used = at + ((text.length + 3) & ~3);
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(this.#used * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
    return at;
  }

  /** Whether the bytes from `from` up to `to`, behind which three more have to be, spell the text of this length at a
   * place. */
  isAt(place: number, length: number, bytes: DataView, from: number, to: number): boolean {
    if (length !== to - from) return false;
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(place + i, true) !== bytes.getInt32(from + i, true)) return false;
    return i === length || view.getInt32(place + i, true) === (bytes.getInt32(from + i, true) & TAIL[length - i]!);
  }
}

/** 53 bits over a message: its text word by word, then numbers that stand for its other parts. */
export class Print {
  low = 0;
  high = 0;

  begin(): void {
    this.low = LOW_START;
    this.high = HIGH_START;
  }

  word(word: number): void {
    this.low = lowStep(this.low, word);
    this.high = highStep(this.high, word);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i += 4) this.word(wordAt(text, i));
    this.word(text.length);
  }

  /** A whole number, of any size that is exact. */
  number(value: number): void {
    this.word(value | 0);
    this.word((value / 0x1_0000_0000) | 0);
  }

  value(): number {
    return (this.high >>> 11) * 0x1_0000_0000 + (this.low >>> 0);
  }
}

/** What `Print` does to its halves; for loops that keep them in variables of their own. */
export const LOW_START = 0x811c9dc5 | 0;
export const HIGH_START = 0x1b873593;
export function lowStep(low: number, word: number): number {
  return Math.imul(low ^ word, 0x01000193) ^ (low >>> 15);
}
export function highStep(high: number, word: number): number {
  return Math.imul(high ^ word, 0x85ebca6b) ^ (high >>> 13);
}

/** Which bits of a word the last one to three bytes of a text have. */
export const TAIL = Int32Array.of(0, 0xff, 0xffff, 0xffffff);

function step(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function wordAt(text: string, at: number): number {
  let word = 0;
  for (let i = at, shift = 0; i < text.length && shift < 32; i++, shift += 8) word |= text.charCodeAt(i) << shift;
  return word;
}
