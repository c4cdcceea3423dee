/** Frames -> lines with their time and their router: the same for a socket and for a capture. */
import type { EventFlag, Frame, Millis, SourceAuth } from "../model.ts";
import { deviceKey } from "../model.ts";
import {
  beginInput,
  confirms,
  createTimeKeeper,
  isDoubtful,
  type LineTime,
  moveClock,
  orderTime,
  readStamp,
  timingStamp,
  type YearPolicy,
} from "../parse/clock.ts";
import { identify } from "../parse/identity.ts";
import type { ParsedLine } from "../parse/parse.ts";
import { LineReader } from "../parse/quick/lines.ts";
import { stampMillis } from "../parse/time.ts";

/** How many lines may wait for the one that confirms a jump of a clock. */
const LOOK_AHEAD = 256;

/** One understood line. */
export interface TimedLine {
  frame: Frame;
  line: ParsedLine;
  device: string;
  sourceAuth: SourceAuth;
  time: LineTime;
  /** Socket address (or file), certificate and relay host field. */
  hop: string;
  /** The device's own stamp in UTC, where it has a date. */
  clockIso: string | null;
}

/** Who is who. */
export interface Naming {
  /** The name under which a router is known that calls itself so. */
  name(said: string, frame: Frame, relay: string | null): string;
  /** How sure it is that a line is from the router under whose name it is judged. */
  auth(device: string, frame: Frame, relay: string | null): SourceAuth;
}

/** Everyone is who they say. */
export const AS_SAID: Naming = { name: (said) => said, auth: () => "none" };

interface Waiting {
  frame: Frame;
  line: ParsedLine;
  device: string;
  clock: string;
  instant: Millis | null;
}

/** Parses, times and identifies frames one after another. */
export class Session {
  readonly keeper;
  readonly #prompts = new Map<string, string>();
  readonly #naming: Naming;
  #waiting: Waiting[] = [];
  readonly #lines = new LineReader();

  constructor(policy: YearPolicy, naming: Naming = AS_SAID) {
    this.#naming = naming;
    this.keeper = createTimeKeeper(policy);
  }

  /** The last time given on the shared clock; kept over a restart. */
  get now(): Millis | null {
    return this.keeper.shared.now;
  }
  set now(at: Millis | null) {
    this.keeper.shared.now = at;
  }

  /** The latest time that any line was given. */
  get latest(): Millis | null {
    return this.keeper.previous;
  }

  /** Another file begins: its stamps without a year are read by its own policy. */
  beginFile(policy: YearPolicy, name: string): void {
    beginInput(this.keeper, policy, name);
  }

  /** Takes one frame; gives the lines that are ready, in order. */
  push(frame: Frame): TimedLine[] {
    const line = this.#lines.read(frame.raw, frame.transport === "file");
    if (line.prompt !== null) this.#prompts.set(frame.from, line.prompt);
    const device = this.#naming.name(identify(line, frame, this.#prompts.get(frame.from) ?? null), frame, line.relay);
    if (frame.at !== null) return [this.#received(frame, line, device, frame.at)];
    const stamp = timingStamp(line);
    const clock = stamp?.source === "device" ? deviceKey(device) : "";
    const waiting: Waiting = { frame, line, device, clock, instant: null };
    if (this.#waiting.length === 0) {
      waiting.instant = stamp === null ? null : readStamp(this.keeper, stamp.stamp, clock);
      if (waiting.instant === null || !isDoubtful(this.keeper, clock, waiting.instant))
        return [this.#timed(waiting, false)];
      this.#waiting.push(waiting);
      return [];
    }
    this.#waiting.push(waiting);
    const doubted = this.#waiting[0]!;
    if (stamp !== null && clock === doubted.clock) return this.#settle(this.#agrees(doubted, waiting));
    return this.#waiting.length > LOOK_AHEAD ? this.#settle(false) : [];
  }

  /** Whether lines wait for one that confirms a clock. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The lines that were waiting when the input ended. */
  end(): TimedLine[] {
    return this.#waiting.length === 0 ? [] : [...this.#settle(false), ...this.end()];
  }

  #agrees(doubted: Waiting, later: Waiting): boolean {
    return confirms(this.keeper, doubted.clock, doubted.instant!, timingStamp(later.line)!.stamp);
  }

  /** Gives out the doubted line, then lets the others queue up again. */
  #settle(believed: boolean): TimedLine[] {
    const [doubted, ...rest] = this.#waiting;
    this.#waiting = [];
    const lines = [this.#timed(doubted!, believed)];
    for (const one of rest) lines.push(...this.push(one.frame));
    return lines;
  }

  #timed(waiting: Waiting, believed: boolean): TimedLine {
    const { frame, line, device, clock, instant } = waiting;
    const stamp = timingStamp(line);
    const time = stamp === null || instant === null ? this.#ordered() : this.#stamped(stamp, clock, instant, believed);
    this.keeper.previous = time.at;
    this.keeper.previousClock = time.clock;
    const clockIso = instant === null ? null : isoOf(line, instant);
    const sourceAuth = this.#naming.auth(device, frame, line.relay);
    return { frame, line, device, sourceAuth, time, hop: hopOf(frame, line), clockIso };
  }

  #ordered(): LineTime {
    const { at, clock } = orderTime(this.keeper);
    return { at, clock, source: "order", flags: ["no-time"] };
  }

  #stamped(
    { stamp, source }: NonNullable<ReturnType<typeof timingStamp>>,
    clock: string,
    instant: Millis,
    believed: boolean,
  ): LineTime {
    const { at, flags } = moveClock(this.keeper, clock, instant, believed, stamp);
    return { at, clock, source, flags };
  }

  #received(frame: Frame, line: ParsedLine, device: string, at: Millis): TimedLine {
    const { shared } = this.keeper;
    const flags: EventFlag[] = shared.now !== null && at < shared.now ? ["clock-back"] : [];
    shared.now = Math.max(shared.now ?? at, at);
    const time: LineTime = { at: shared.now, source: "received", clock: "", flags };
    const sourceAuth = this.#naming.auth(device, frame, line.relay);
    return { frame, line, device, sourceAuth, time, hop: hopOf(frame, line), clockIso: isoOf(line, at) };
  }
}

/** A line that was timed: its own stamp is read as near to that time. */
export function timedLine(spoken: Omit<TimedLine, "clockIso">): TimedLine {
  return { ...spoken, clockIso: isoOf(spoken.line, spoken.time.at) };
}

function isoOf(line: ParsedLine, near: Millis): string | null {
  const at = line.clock === null ? null : stampMillis(line.clock, near, null);
  return at === null ? null : new Date(at).toISOString();
}

function hopOf(frame: Frame, line: ParsedLine): string {
  // What is not proved continues nothing that is.
  const proved = frame.certificate === undefined ? "" : ` ${frame.certificate.fingerprint}`;
  return `${frame.from}${proved}\n${line.relay ?? line.hostname ?? ""}`;
}
