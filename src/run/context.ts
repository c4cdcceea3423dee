/** The last lines of each router, for whoever reads an alert and asks what came before. */
import type { Evidence, Millis } from "../model.ts";

/** Lines of context kept with an alert. */
export const CONTEXT_LINES = 10;
/** Lines remembered a device: a block's own lines are evidence already and do not count as context. */
const REMEMBERED = 24;
/** Devices remembered; then one that was not heard lately gives way. */
const MAX_DEVICES = 5_000;
/** Longest line kept, bytes. */
const MAX_BYTES = 1_024;
/** Runs of input that stay in memory whole before their lines are looked through for those still needed; bytes. */
const MAX_RUNS = 8 * 1_048_576;
/** Lines that are in no run of the input are copied into runs of this size. */
const COPIES = 65_536;

/** The newest lines of one device. */
export interface Ring {
  /** Its device; another one's when it had to give way. */
  key: string;
  /** How many lines it was told of; the newest stands at `(noted - 1) % REMEMBERED`. */
  noted: number;
  at: Float64Array;
  /** Where each line is: number of its run, first byte, length. */
  place: Int32Array;
  /** Told of a line since it was last looked at as one that might give way. */
  heard: boolean;
}

interface Run {
  number: number;
  bytes: Uint8Array;
}

/** A ring of recent lines for each of the devices heard last. */
export class RecentLines {
  readonly #rings = new Map<string, Ring>();
  /** The same in a circle, and which one is looked at next when one has to give way. */
  readonly #circle: Ring[] = [];
  #next = 0;
  /** Numbered without a gap. */
  #runs: Run[] = [];
  #runBytes = 0;
  #mostBytes = MAX_RUNS;
  #runNumber = 0;
  /** Number of the run of input that was begun last. */
  #input = 0;
  #copies: (Run & { used: number }) | null = null;

  /** Notes a line as it arrives; it is copied. */
  note(key: string, at: Millis, raw: Uint8Array): void {
    const length = Math.min(raw.length, MAX_BYTES);
    if (this.#copies === null || this.#copies.used + length > COPIES)
      this.#copies = { ...this.#addRun(new Uint8Array(COPIES)), used: 0 };
    const { number, bytes, used } = this.#copies;
    bytes.set(raw.length > length ? raw.subarray(0, length) : raw, used);
    this.#copies.used += length;
    place(this.ringOf(key), at, number, used, length);
  }

  /** Notes a line of the run of input that was begun last. */
  noteIn(ring: Ring, at: Millis, from: number, to: number): void {
    place(ring, at, this.#input, from, Math.min(to - from, MAX_BYTES));
  }

  /** Bytes from which lines will be noted; nobody may change them any more. */
  beginRun(bytes: Uint8Array): void {
    this.#input = this.#addRun(bytes).number;
    if (this.#runBytes > this.#mostBytes) this.#dropRuns();
  }

  /** The ring of a device, made if it has none. */
  ringOf(key: string): Ring {
    let ring = this.#rings.get(key);
    if (ring !== undefined) return ring;
    if (this.#circle.length < MAX_DEVICES) {
      ring = { key, noted: 0, at: new Float64Array(REMEMBERED), place: new Int32Array(REMEMBERED * 3), heard: false };
      this.#circle.push(ring);
    } else {
      ring = this.#silent();
      this.#rings.delete(ring.key);
      ring.key = key;
      ring.noted = 0;
    }
    this.#rings.set(key, ring);
    return ring;
  }

  /** The newest lines of a device that are not among the evidence. */
  before(device: string, evidence: Evidence[]): Evidence[] {
    const ring = this.#rings.get(device);
    if (ring === undefined) return [];
    const known = new Set(evidence.flatMap(({ raw }) => textOf(raw).split("\n")));
    const lines: Evidence[] = [];
    for (let n = Math.max(0, ring.noted - REMEMBERED); n < ring.noted; n++) {
      const slot = n % REMEMBERED;
      lines.push({ at: ring.at[slot]!, raw: this.#lineAt(ring, slot) });
    }
    return lines.filter(({ raw }) => !known.has(textOf(raw))).slice(-CONTEXT_LINES);
  }

  #lineAt(ring: Ring, slot: number): Uint8Array {
    const { bytes } = this.#runs[ring.place[slot * 3]! - this.#runs[0]!.number]!;
    const from = ring.place[slot * 3 + 1]!;
    // A copy: a view would keep the whole run in memory.
    return new Uint8Array(bytes.subarray(from, from + ring.place[slot * 3 + 2]!));
  }

  #addRun(bytes: Uint8Array): Run {
    const run = { number: ++this.#runNumber, bytes };
    this.#runs.push(run);
    this.#runBytes += bytes.length;
    return run;
  }

  /** Lets the older half of the runs go; lines of them that are still among a device's newest are put together in a run
   * of their own, which takes their place. */
  #dropRuns(): void {
    const runs = this.#runs;
    const first = runs[0]!.number;
    let until = first;
    let dropped = 0;
    while (this.#runBytes - dropped > this.#mostBytes / 2 && until < this.#input)
      dropped += runs[until++ - first]!.bytes.length;
    const room = new Uint8Array(dropped);
    let used = 0;
    for (const { noted, place } of this.#circle) {
      for (let i = Math.min(noted, REMEMBERED) * 3 - 3; i >= 0; i -= 3) {
        const number = place[i]!;
        if (number >= until) continue;
        const from = place[i + 1]!;
        room.set(runs[number - first]!.bytes.subarray(from, from + place[i + 2]!), used);
        place[i] = until - 1;
        place[i + 1] = used;
        used += place[i + 2]!;
      }
    }
    this.#runs = [{ number: until - 1, bytes: room.slice(0, used) }, ...runs.slice(until - first)];
    this.#runBytes += used - dropped;
    this.#mostBytes = Math.max(MAX_RUNS, this.#runBytes * 2);
    if (this.#copies !== null && this.#copies.number < until) this.#copies = null;
  }

  /** The next in the circle that was told of no line since it was last looked at. */
  #silent(): Ring {
    for (;;) {
      const ring = this.#circle[this.#next]!;
      this.#next = (this.#next + 1) % MAX_DEVICES;
      if (!ring.heard) return ring;
      ring.heard = false;
    }
  }
}

function place(ring: Ring, at: Millis, run: number, from: number, length: number): void {
  const slot = ring.noted++ % REMEMBERED;
  ring.at[slot] = at;
  ring.place[slot * 3] = run;
  ring.place[slot * 3 + 1] = from;
  ring.place[slot * 3 + 2] = length;
  ring.heard = true;
}

function textOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString("latin1");
}
