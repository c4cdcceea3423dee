/** Which messages are taken when not all can be judged: known senders before strangers, quiet ones before loud ones, severe
 * ones before others. While there is room for all, it only looks a sender up. */
import type { Frame, Millis } from "../model.ts";

/** Why a message was received and not judged. */
export type GateLoss = "udp" | "rate" | "strangers";

export interface GateOptions {
  /** Messages a second from one address, 0 for no limit; and those that a silent one may send at once. */
  rate: number;
  burst: number;
  /** Told at most once a minute of so many new addresses within a second. */
  onFlood?: (newcomers: number) => void;
}

interface Sender {
  heard: Millis;
  tokens: number;
  isStranger: boolean;
  /** Messages in the second that was counted last, while some are shed. */
  second: number;
  count: number;
}

const MIB = 1_048_576;
/** Bytes under way to the engine at which debug messages are shed: two seconds of a storm of 100,000 a second … */
export const SHED_BYTES = 64 * MIB;
/** … how much more there is for each severity above, one after another … */
const STEP_BYTES = 2 * MIB;
/** … and the end of all room. */
const FULL_BYTES = 96 * MIB;
/** What strangers may have under way while there are too many of them, and messages a second of them all: a known router
 * waits no longer than this, and what is remembered of strangers stays small. */
const STRANGER_BYTES = MIB / 4;
const STRANGER_RATE = 1_000;
/** Messages in a second, while others are shed, up to which a known sender is quiet. */
const QUIET = 100;
/** New addresses in a second that show that they are made up … */
const FLOOD = 1_000;
/** … and for how long new ones are strangers after that. */
const FLOOD_MILLIS = 60_000;
/** Senders remembered, and strangers; of these only to know those again that go on after the flood. */
const MAX_SENDERS = 65_536;
const MAX_STRANGERS = 8_192;
/** A sender that was silent for so long makes room where there is none. */
const FORGOTTEN: Millis = 86_400_000;
/** Nothing is shed. */
const NONE = 8;

export class Gate {
  readonly #options: GateOptions;
  readonly #senders = new Map<string, Sender>();
  readonly #strangers = new Map<string, Sender>();
  #fill = 0;
  /** The least severe messages are shed from this severity on. */
  #shedFrom = NONE;
  #second = 0;
  #newcomers = 0;
  #floodUntil: Millis = 0;
  /** All strangers as one sender. */
  readonly #crowd = { heard: 0, tokens: STRANGER_RATE };
  #warned: Millis = 0;
  #swept: Millis = 0;

  constructor(options: GateOptions) {
    this.#options = { ...options };
  }

  /** Another rate, from the next message on. */
  limit(rate: number, burst: number): void {
    Object.assign(this.#options, { rate, burst });
  }

  /** These were heard before. */
  know(addresses: Iterable<string>): void {
    for (const address of addresses) {
      if (this.#senders.size >= MAX_SENDERS / 2) return;
      if (!this.#senders.has(address)) this.#senders.set(address, this.#newSender(0, false));
    }
  }

  /** Bytes that are under way to the engine by now. What is shed is shed in one piece, until half of it is judged: a
   * router that is not heard for a moment tells more than one of which every other message is missing, and costs less,
   * since each hole among its counters is a question of its own. */
  set fill(bytes: number) {
    this.#fill = bytes;
    if (bytes < SHED_BYTES / 2) this.#shedFrom = NONE;
    else if (bytes >= SHED_BYTES)
      this.#shedFrom = Math.max(0, Math.min(this.#shedFrom, 7 - Math.floor((bytes - SHED_BYTES) / STEP_BYTES)));
  }

  /** Senders remembered. */
  get size(): number {
    return this.#senders.size + this.#strangers.size;
  }

  /** Null for a message that is taken. */
  refuses({ from, at, transport, raw }: Frame): GateLoss | null {
    const now = at!;
    const sender = this.#senders.get(from) ?? this.#meet(from, now);
    const { rate, burst } = this.#options;
    if (rate > 0 && !hasToken(sender, rate, burst, now)) return "rate";
    sender.heard = now;
    if (transport !== "udp") return null;
    if (sender.isStranger && now < this.#floodUntil) {
      if (this.#fill >= STRANGER_BYTES || !hasToken(this.#crowd, STRANGER_RATE, STRANGER_RATE, now)) return "strangers";
    }
    if (this.#shedFrom === NONE) return null;
    if (this.#fill >= FULL_BYTES) return "udp";
    return severityOf(raw) < this.#shedFrom || this.#isQuiet(sender, now) ? null : "udp";
  }

  #isQuiet(sender: Sender, now: Millis): boolean {
    if (sender.isStranger) return false;
    const second = Math.floor(now / 1_000);
    if (sender.second !== second) {
      sender.second = second;
      sender.count = 0;
    }
    return ++sender.count <= QUIET;
  }

  /** A sender that is not known: a stranger while there are too many like it. */
  #meet(from: string, now: Millis): Sender {
    const met = this.#strangers.get(from);
    const isFlood = met === undefined ? this.#countNewcomer(now) : now < this.#floodUntil;
    const isStranger = isFlood || !this.#hasRoom(now);
    if (met !== undefined && isStranger) return met;
    const sender = met ?? this.#newSender(now, isStranger);
    sender.isStranger = isStranger;
    if (!isStranger) this.#strangers.delete(from);
    else if (this.#strangers.size >= MAX_STRANGERS) this.#strangers.clear();
    (isStranger ? this.#strangers : this.#senders).set(from, sender);
    return sender;
  }

  #newSender(now: Millis, isStranger: boolean): Sender {
    return { heard: now, tokens: this.#options.burst, isStranger, second: 0, count: 0 };
  }

  /** Whether there are too many new addresses. */
  #countNewcomer(now: Millis): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      if (this.#newcomers > FLOOD && now - this.#warned >= FLOOD_MILLIS) {
        this.#warned = now;
        this.#options.onFlood?.(this.#newcomers);
      }
      this.#second = second;
      this.#newcomers = 0;
    }
    if (++this.#newcomers > FLOOD) this.#floodUntil = now + FLOOD_MILLIS;
    return now < this.#floodUntil;
  }

  /** Whether another sender can be known; those that were silent for long make room. */
  #hasRoom(now: Millis): boolean {
    if (this.#senders.size < MAX_SENDERS) return true;
    if (now - this.#swept < FLOOD_MILLIS) return false;
    this.#swept = now;
    for (const [from, { heard }] of this.#senders) if (now - heard > FORGOTTEN) this.#senders.delete(from);
    return this.#senders.size < MAX_SENDERS;
  }
}

/** A token bucket: so many in the long run, and at once. */
function hasToken(one: Pick<Sender, "heard" | "tokens">, rate: number, burst: number, now: Millis): boolean {
  const tokens = Math.min(burst, one.tokens + (Math.max(0, now - one.heard) * rate) / 1_000);
  one.heard = now;
  one.tokens = tokens < 1 ? tokens : tokens - 1;
  return tokens >= 1;
}

/** The severity in a message's PRI, else in its tag, else 5; looked at no further than that. */
export function severityOf(raw: Uint8Array): number {
  if (raw[0] === LESS_THAN) {
    let pri = 0;
    for (let i = 1; i < 5; i++) {
      const byte = raw[i]!;
      if (byte === GREATER_THAN && i > 1) return pri & 7;
      if (!(byte >= ZERO && byte <= NINE)) break;
      pri = pri * 10 + byte - ZERO;
    }
  }
  const start = raw.indexOf(PERCENT);
  for (let i = start + 1; start !== -1 && i < start + LONGEST_FACILITY && i + 2 < raw.length; i++) {
    const digit = raw[i + 1]!;
    if (raw[i] === HYPHEN && raw[i + 2] === HYPHEN && digit >= ZERO && digit <= ZERO + 7) return digit - ZERO;
  }
  return 5;
}

const LONGEST_FACILITY = 48;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const PERCENT = 0x25;
const HYPHEN = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
