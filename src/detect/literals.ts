/** Many literals looked for at once, in bytes and whether in capitals or not: most places of a text are skipped (after
 * Wu and Manber). */

/** Longer beginnings of literals skip no further. */
const MOST = 32;
/** Pairs of bytes share this many places. */
const PLACES = 4_096;

/** A set of literals; those that are not ASCII are in no ASCII text. */
export class Literals {
  /** How many first bytes of each literal are looked at: no literal is shorter. */
  readonly #width: number;
  /** How far the search may move on when it stands behind a pair of bytes. */
  readonly #skip = new Uint8Array(PLACES);
  /** Literals whose looked-at beginning ends in such a pair. */
  readonly #ending: (Uint8Array[] | undefined)[] = new Array(PLACES);

  constructor(literals: Iterable<string>) {
    const ascii = [...new Set(literals)].filter((literal) => /^[\x00-\x7f]*$/.test(literal));
    this.#width = Math.min(MOST, ...ascii.map((literal) => literal.length));
    this.#skip.fill(Math.max(1, this.#width - 1));
    for (const literal of ascii) {
      const bytes = new TextEncoder().encode(literal.toLowerCase());
      for (let i = 1; i < this.#width; i++) {
        const place = placeOf(bytes[i - 1]!, bytes[i]!);
        this.#skip[place] = Math.min(this.#skip[place]!, this.#width - 1 - i);
        if (i === this.#width - 1) this.#ending[place] = [...(this.#ending[place] ?? []), bytes];
      }
    }
    this.isEmpty = ascii.length === 0;
  }

  readonly isEmpty: boolean;

  /** Whether any of them is in these bytes. */
  isIn(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.isEmpty) return false;
    // A single character is looked for by whoever reads the text.
    if (this.#width < 2) return true;
    const skip = this.#skip;
    const before = this.#width - 1;
    for (let at = from + before; at < to; ) {
      const place = placeOf(bytes[at - 1]!, bytes[at]!);
      const far = skip[place]!;
      if (far > 0) at += far;
      else {
        for (const literal of this.#ending[place]!) if (isAt(literal, bytes, at - before, to)) return true;
        at++;
      }
    }
    return false;
  }
}

/** Capitals and small letters share places, and some other characters with them. */
function placeOf(first: number, second: number): number {
  return (((first | SMALL) << 5) ^ (second | SMALL)) & (PLACES - 1);
}

function isAt(literal: Uint8Array, bytes: Uint8Array, at: number, to: number): boolean {
  if (at + literal.length > to) return false;
  for (let i = 0; i < literal.length; i++) if (literal[i] !== FOLDED[bytes[at + i]!]) return false;
  return true;
}

const SMALL = 0x20;
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | SMALL : byte));
