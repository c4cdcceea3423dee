/** Words of headers by their bytes: the same bytes find the same entry, without a string being made of them first. */
import { hashBytes, Spellings } from "../../hash.ts";

/** Words remembered; hostile input may invent more, then the memory starts again. */
const MAX_WORDS = 20_000;

/** What is known of one word. */
export interface Word<T> {
  hash: number;
  text: string;
  /** Where it is among the spellings. */
  place: number;
  value: T;
}

/** Whether these bytes spell this text, which is ASCII. */
export function spells(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}

/** ASCII bytes as a string. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}

/** Values by the bytes of a word; `make` is asked once for each word. */
export class Words<T> {
  readonly #make: (text: string) => T;
  #slots: (Word<T> | undefined)[] = new Array(256);
  #spellings = new Spellings();
  #size = 0;

  constructor(make: (text: string) => T) {
    this.#make = make;
  }

  clear(): void {
    this.#slots = new Array(256);
    this.#spellings = new Spellings();
    this.#size = 0;
  }

  find(bytes: Uint8Array, view: DataView, from: number, to: number): Word<T> {
    const hash = hashBytes(view, from, to);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot];
      if (entry === undefined) break;
      if (entry.hash !== hash) continue;
      if (this.#spellings.isAt(entry.place, entry.text.length, view, from, to)) return entry;
    }
    const text = textOf(bytes, from, to);
    const value = this.#make(text);
    if (this.#size >= MAX_WORDS) this.clear();
    const entry = { hash, text, place: this.#spellings.add(text), value };
    this.#enter(entry);
    return entry;
  }

  #enter(entry: Word<T>): void {
    if (this.#size * 2 >= this.#slots.length) {
      const before = this.#slots;
      this.#slots = new Array(before.length * 2);
      for (const one of before) if (one !== undefined) this.#put(one);
    }
    this.#put(entry);
    this.#size++;
  }

  #put(entry: Word<T>): void {
    const mask = this.#slots.length - 1;
    let slot = entry.hash & mask;
    while (this.#slots[slot] !== undefined) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }
}
