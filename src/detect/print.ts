/** Fingerprints of messages: 53 bits over everything that tells two of them apart, the same from text and from bytes. */
import type { Event } from "../model.ts";

/** Takes parts of a message one after another and keeps nothing of them but two hashes. */
export class Print {
  #low = 0;
  #high = 0;

  /** Begins with the message's numbers; -1 where it has none. */
  begin(counter: number, sequence: number): void {
    this.#low = 0x811c9dc5;
    this.#high = 0x1b873593;
    this.#add(counter | 0, (counter / 0x1_0000_0000) | 0);
    this.#add(sequence | 0, (sequence / 0x1_0000_0000) | 0);
  }

  text(text: string): void {
    let low = this.#low;
    let high = this.#high;
    let i = 0;
    for (; i + 4 <= text.length; i += 4) {
      const word =
        text.charCodeAt(i) |
        (text.charCodeAt(i + 1) << 8) |
        (text.charCodeAt(i + 2) << 16) |
        (text.charCodeAt(i + 3) << 24);
      low = Math.imul(low ^ word, 0x01000193) ^ (low >>> 15);
      high = Math.imul(high ^ word, 0x85ebca6b) ^ (high >>> 13);
    }
    let word = 0;
    for (let shift = 0; i < text.length; i++, shift += 8) word |= text.charCodeAt(i) << shift;
    this.#low = low;
    this.#high = high;
    this.#add(word, text.length);
  }

  /** The same as `text` for ASCII bytes. */
  bytes(bytes: Uint8Array, from: number, to: number): void {
    let low = this.#low;
    let high = this.#high;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      low = Math.imul(low ^ word, 0x01000193) ^ (low >>> 15);
      high = Math.imul(high ^ word, 0x85ebca6b) ^ (high >>> 13);
    }
    let word = 0;
    for (let shift = 0; i < to; i++, shift += 8) word |= bytes[i]! << shift;
    this.#low = low;
    this.#high = high;
    this.#add(word, to - from);
  }

  value(): number {
    this.#add(0, 0);
    return (this.#high >>> 11) * 0x1_0000_0000 + (this.#low >>> 0);
  }

  #add(one: number, two: number): void {
    let low = Math.imul(this.#low ^ one, 0x01000193);
    let high = Math.imul(this.#high ^ one, 0x85ebca6b) ^ (this.#high >>> 13);
    low = Math.imul(low ^ (low >>> 15) ^ two, 0x01000193);
    high = Math.imul(high ^ two, 0x85ebca6b) ^ (high >>> 13);
    this.#low = low;
    this.#high = high;
  }
}

/** The print of a message; the relay's own header takes no part. */
export function printOf(event: Event): number {
  const { counter, sequence, clock, node, tag, text } = event;
  const print = new Print();
  print.begin(counter ?? -1, sequence ?? -1);
  print.text(clock?.text ?? "");
  print.text(node ?? "");
  print.text(tag === null ? "" : `${tag.facility}-${tag.severity}-${tag.mnemonic}`);
  print.text(text);
  return print.value();
}
