/** The last lines of each router, for whoever reads an alert and asks what came before. */
import type { Evidence, Millis } from "../model.ts";

/** Lines of context kept with an alert. */
export const CONTEXT_LINES = 10;
/** Lines remembered a device: a block's own lines are evidence already and do not count as context. */
const REMEMBERED = 24;
/** Devices remembered; one that has been silent for long is forgotten first. */
const MAX_DEVICES = 5_000;
/** So many are forgotten at once. */
const FORGOTTEN = 64;
/** Longest line kept, bytes. */
const MAX_BYTES = 1_024;
/** Runs of input that stay in memory whole before their lines are looked through for those still needed; bytes. */
const MAX_RUNS = 8 * 1_048_576;

/** The newest lines of one device. */
export interface Ring {
  key: string;
  /** How many lines it was told of; the newest stands at `(noted - 1) % REMEMBERED`. */
  noted: number;
  at: Float64Array;
  /** Where each line is: number of its run, first byte, length. Run 0: it is in `own`. */
  place: Int32Array;
  own: (Uint8Array | null)[];
  /** False once it was forgotten. */
  alive: boolean;
  /** Lines noted, over all devices, when it last came to the end of the queue, and when it was last told of one. */
  queued: number;
  last: number;
}

interface Run {
  number: number;
  bytes: Uint8Array;
}

/** A ring of recent lines for each of the devices heard last. */
export class RecentLines {
  /** In the order in which they are looked at when one has to go. */
  readonly #rings = new Map<string, Ring>();
  /** Rings of devices that were forgotten: others take their places. */
  readonly #free: Ring[] = [];
  #runs: Run[] = [];
  #runBytes = 0;
  #mostBytes = MAX_RUNS;
  #runNumber = 0;
  #noted = 0;

  /** Notes a line as it arrives. */
  note(key: string, at: Millis, raw: Uint8Array): void {
    const ring = this.ringOf(key);
    const slot = this.#slotFor(ring, at);
    ring.own[slot] = raw.subarray(0, MAX_BYTES);
    ring.place[slot * 3] = 0;
  }

  /** Notes a line of the run that was begun last. */
  noteIn(ring: Ring, at: Millis, from: number, to: number): void {
    const slot = this.#slotFor(ring, at);
    ring.place[slot * 3] = this.#runNumber;
    ring.place[slot * 3 + 1] = from;
    ring.place[slot * 3 + 2] = Math.min(to - from, MAX_BYTES);
  }

  /** Bytes from which lines will be noted; nobody may change them any more. */
  beginRun(bytes: Uint8Array): void {
    this.#runs.push({ number: ++this.#runNumber, bytes });
    this.#runBytes += bytes.length;
    if (this.#runBytes > this.#mostBytes) this.#dropRuns();
  }

  /** The ring of a device, made if it has none. */
  ringOf(key: string): Ring {
    let ring = this.#rings.get(key);
    if (ring !== undefined) return ring;
    if (this.#rings.size >= MAX_DEVICES) this.#forgetSome();
    const free = this.#free.pop();
    ring = {
      key,
      noted: 0,
      at: free?.at ?? new Float64Array(REMEMBERED),
      place: free?.place.fill(0) ?? new Int32Array(REMEMBERED * 3),
      own: [],
      alive: true,
      queued: this.#noted,
      last: this.#noted,
    };
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

  #slotFor(ring: Ring, at: Millis): number {
    const slot = ring.noted++ % REMEMBERED;
    ring.at[slot] = at;
    ring.last = ++this.#noted;
    return slot;
  }

  #lineAt(ring: Ring, slot: number): Uint8Array {
    const number = ring.place[slot * 3]!;
    if (number === 0) return ring.own[slot]!;
    const { bytes } = this.#runs[number - this.#runs[0]!.number]!;
    const from = ring.place[slot * 3 + 1]!;
    // A copy: a view would keep the whole run in memory.
    return new Uint8Array(bytes.subarray(from, from + ring.place[slot * 3 + 2]!));
  }

  /** Lets the older half of the runs go; lines of them that are still among a device's newest are put together in a run
   * of their own, which takes their place. */
  #dropRuns(): void {
    let kept = 0;
    while (this.#runBytes > this.#mostBytes / 2 && kept < this.#runs.length - 1)
      this.#runBytes -= this.#runs[kept++]!.bytes.length;
    const first = this.#runs[0]!.number;
    const until = this.#runs[kept]!.number;
    const isOld = (number: number) => number >= first && number < until;
    let size = 0;
    for (const { place } of this.#rings.values())
      for (let at = 0; at < place.length; at += 3) if (isOld(place[at]!)) size += place[at + 2]!;
    const bytes = new Uint8Array(size);
    let used = 0;
    for (const { place } of this.#rings.values()) {
      for (let at = 0; at < place.length; at += 3) {
        if (!isOld(place[at]!)) continue;
        const from = place[at + 1]!;
        const length = place[at + 2]!;
        bytes.set(this.#runs[place[at]! - first]!.bytes.subarray(from, from + length), used);
        place[at] = until - 1;
        place[at + 1] = used;
        used += length;
      }
    }
    this.#runs = [{ number: until - 1, bytes }, ...this.#runs.slice(kept)];
    this.#runBytes += size;
    this.#mostBytes = Math.max(MAX_RUNS, this.#runBytes * 2);
  }

  /** Forgets some devices that were not heard since they came to the front of the queue; the others go to its end. Some
   * at once: to find the first of a map costs the more the more of its first ones are gone. */
  #forgetSome(): void {
    for (const [key, ring] of this.#rings) {
      this.#rings.delete(key);
      if (ring.last !== ring.queued) {
        ring.queued = ring.last;
        this.#rings.set(key, ring);
        continue;
      }
      ring.alive = false;
      this.#free.push(ring);
      if (this.#rings.size <= MAX_DEVICES - FORGOTTEN) return;
    }
  }
}

function textOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString("latin1");
}
