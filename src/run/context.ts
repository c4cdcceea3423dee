/** The last lines of each router, for whoever reads an alert and asks what came before. */
import type { DeviceState } from "../detect/state.ts";
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

/** What a line takes among the lines: its time, number of its run, first byte, length. */
const FIELDS = 4;

/** Where a device knows its newest lines to be, until another device takes the place. */
type Heard = Pick<DeviceState, "key" | "ring">;

interface Ring {
  /** Its device. */
  key: string;
  /** How many lines it was told of; the newest stands at `(noted - 1) % REMEMBERED`. */
  noted: number;
  /** Told of a line since it was last looked at as one that might give way. */
  heard: boolean;
}

interface Run {
  number: number;
  bytes: Uint8Array;
}

/** A ring of recent lines for each of the devices heard last. */
export class RecentLines {
  readonly #rings: Ring[] = [];
  /** Those of the first ring, then those of the second. */
  readonly #lines = new Float64Array(MAX_DEVICES * REMEMBERED * FIELDS);
  /** The ring that is looked at next when one has to give way. */
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
  note(device: Heard, at: Millis, raw: Uint8Array): void {
    const length = Math.min(raw.length, MAX_BYTES);
    if (this.#copies === null || this.#copies.used + length > COPIES)
      this.#copies = { ...this.#addRun(new Uint8Array(COPIES)), used: 0 };
    const { number, bytes, used } = this.#copies;
    bytes.set(raw.length > length ? raw.subarray(0, length) : raw, used);
    this.#copies.used += length;
    this.#enter(device, at, number, used, length);
  }

  /** Notes a line of the run of input that was begun last. */
  noteIn(device: Heard, at: Millis, from: number, to: number): void {
    this.#enter(device, at, this.#input, from, Math.min(to - from, MAX_BYTES));
  }

  /** Bytes from which lines will be noted; nobody may change them any more. */
  beginRun(bytes: Uint8Array): void {
    this.#input = this.#addRun(bytes).number;
    if (this.#runBytes > this.#mostBytes) this.#dropRuns();
  }

  /** The newest lines of a device that are not among the evidence. */
  before(device: Heard, evidence: Evidence[]): Evidence[] {
    const ring = this.#ringOf(device);
    if (ring === undefined) return [];
    const known = new Set(evidence.flatMap(({ raw }) => textOf(raw).split("\n")));
    const lines: Evidence[] = [];
    for (let n = Math.max(0, ring.noted - REMEMBERED); n < ring.noted; n++)
      lines.push(this.#lineAt((device.ring * REMEMBERED + (n % REMEMBERED)) * FIELDS));
    return lines.filter(({ raw }) => !known.has(textOf(raw))).slice(-CONTEXT_LINES);
  }

  #enter(device: Heard, at: Millis, run: number, from: number, length: number): void {
    const ring = this.#ringOf(device) ?? this.#begin(device);
    const line = (device.ring * REMEMBERED + (ring.noted++ % REMEMBERED)) * FIELDS;
    ring.heard = true;
    const lines = this.#lines;
    lines[line] = at;
    lines[line + 1] = run;
    lines[line + 2] = from;
    lines[line + 3] = length;
  }

  #ringOf({ key, ring }: Heard): Ring | undefined {
    const own = this.#rings[ring];
    return own?.key === key ? own : undefined;
  }

  #begin(device: Heard): Ring {
    device.ring = this.#rings.length < MAX_DEVICES ? this.#rings.length : this.#silent();
    const ring = { key: device.key, noted: 0, heard: true };
    this.#rings[device.ring] = ring;
    return ring;
  }

  #lineAt(line: number): Evidence {
    const [at, run, from, length] = this.#lines.subarray(line, line + FIELDS) as unknown as Four;
    const { bytes } = this.#runs[run - this.#runs[0]!.number]!;
    // A copy: a view would keep the whole run in memory.
    return { at, raw: new Uint8Array(bytes.subarray(from, from + length)) };
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
    const lines = this.#lines;
    for (const [ring, { noted }] of this.#rings.entries()) {
      for (let i = Math.min(noted, REMEMBERED) - 1; i >= 0; i--) {
        const line = (ring * REMEMBERED + i) * FIELDS;
        const number = lines[line + 1]!;
        if (number >= until) continue;
        const from = lines[line + 2]!;
        const length = lines[line + 3]!;
        room.set(runs[number - first]!.bytes.subarray(from, from + length), used);
        lines[line + 1] = until - 1;
        lines[line + 2] = used;
        used += length;
      }
    }
    this.#runs = [{ number: until - 1, bytes: room.slice(0, used) }, ...runs.slice(until - first)];
    this.#runBytes += used - dropped;
    this.#mostBytes = Math.max(MAX_RUNS, this.#runBytes * 2);
    if (this.#copies !== null && this.#copies.number < until) this.#copies = null;
  }

  /** Which ring was told of no line since it was last looked at. */
  #silent(): number {
    for (;;) {
      const place = this.#next;
      const ring = this.#rings[place]!;
      this.#next = (place + 1) % MAX_DEVICES;
      if (!ring.heard) return place;
      ring.heard = false;
    }
  }
}

type Four = [number, number, number, number];

function textOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString("latin1");
}
