/** Continuation lines find their head again: by hop and counter, never by guessing. */
import type { Event, Millis, Tag } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { ContinuationKind } from "./continuation.ts";

/** Lines of one message come within seconds. */
export const HOLD: Millis = 3_000;
/** How many counters a continuation may be behind its head. */
export const BEHIND = 16;
/** Heads held on one hop; a flood of heads pushes the oldest on. */
export const MAX_HELD = 16;

/** A message that may still get lines. */
export interface Head {
  id: number;
  hop: string;
  event: Event;
  clock: string;
  due: Millis;
  kinds: ContinuationKind[];
  /** The kind of line after which nothing more comes. */
  last: ContinuationKind;
  /** The text that the last line begins with, where its kind alone does not tell. */
  lastText: string | null;
  /** Held only until the next line of a capture. */
  briefly: boolean;
  parts: { counter: number | null; text: string; raw: Uint8Array }[];
  /** The newest line that says it was repeated, and how often all of them say; counted once it is whole. */
  repeated: { event: Event; times: number } | null;
}

/** Heads by hop (socket address and relay host field, or file and relay host field). */
export interface JoinState {
  hops: Map<string, Head[]>;
  next: number;
}

export function createJoinState(): JoinState {
  return { hops: new Map(), next: 1 };
}

/** What may follow a message and what ends it; null for one that stands alone. */
export function expectedLines(event: Event): Pick<Head, "kinds" | "last" | "lastText"> | null {
  const { tag, text } = event;
  const found = tag === null ? null : linesAfter(tag);
  if (found === null) return null;
  const lines = text.split("\n");
  const whole =
    found.lastText === null
      ? text.includes(KEYWORD[found.last])
      : lines.some((line) => line.startsWith(found.lastText!));
  return whole ? null : found;
}

/** What the text of such a message contains when nothing follows it. */
export function endOfLines({ last, lastText }: Pick<Head, "last" | "lastText">): string {
  return lastText ?? KEYWORD[last];
}

/** What may follow messages with this tag; null when they stand alone. */
export function linesAfter(tag: Tag): Pick<Head, "kinds" | "last" | "lastText"> | null {
  const fits = ({ mnemonic, facility }: (typeof MULTI_LINE)[number]) =>
    mnemonic.test(tag.mnemonic) && facility.test(tag.facility);
  return MULTI_LINE.find(fits) ?? null;
}

const KEYWORD: Record<ContinuationKind, string> = {
  pool: "Pool: ",
  process: "-Process=",
  traceback: "-Traceback=",
  banner: "Compiled ",
  indented: "  ",
};

/** %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed … and its pool, process and traceback lines;
 * %SYS-3-CPUHOG and its traceback; %SYS-4-FREEMEMLOW and its pool; %SYS-5-RESTART and the boot banner. */
const MULTI_LINE: (Pick<Head, "kinds" | "last" | "lastText"> & { facility: RegExp; mnemonic: RegExp })[] = [
  { facility: /^SYS\b/, mnemonic: /^RESTART$/, kinds: ["banner"], last: "banner", lastText: "Compiled " },
  { facility: /^SYS\b/, mnemonic: /^FREEMEM/, kinds: ["pool"], last: "pool", lastText: "Pool: " },
  {
    facility: /^SYS\b/,
    mnemonic: /^(?:MALLOCFAIL|.*CHUNK.*|NOMEMORY|STACKLOW|MALLOCLITE.*)$/,
    kinds: ["pool", "process", "traceback"],
    last: "traceback",
    lastText: null,
  },
  // %CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed
  //         connection id=29, sequence number=219
  { facility: /^CRYPTO$/, mnemonic: /^PKT_REPLAY_ERR$/, kinds: ["indented"], last: "indented", lastText: null },
  // These name the process themselves: a process line near them is another message's.
  {
    facility: /^SYS\b/,
    mnemonic: /^(?:CPUHOG|CPUYLD|WATCHDOG)$/,
    kinds: ["traceback"],
    last: "traceback",
    lastText: null,
  },
];

/** Holds a head; returns the one that must go to make room, or null. */
export function hold(
  state: JoinState,
  head: Omit<Head, "id" | "parts" | "repeated">,
): { held: Head; pushed: Head | null } {
  const { hop, event, clock, due, kinds, last, lastText, briefly } = head;
  // Field by field, for a storm may consist of heads.
  const held: Head = {
    id: state.next++,
    hop,
    event,
    clock,
    due,
    kinds,
    last,
    lastText,
    briefly,
    parts: [],
    repeated: null,
  };
  const heads = state.hops.get(head.hop) ?? [];
  if (heads.length === 0) state.hops.set(head.hop, heads);
  heads.push(held);
  return { held, pushed: heads.length > MAX_HELD ? heads.shift()! : null };
}

/** Whose line it is (`duplicate`: that head has it already), or why it stays alone. */
export type Found = { head: Head; duplicate: boolean } | { flag: "continuation" | "ambiguous-continuation" };

/** The head that a continuation belongs to. */
export function findHead(
  state: JoinState,
  hop: string,
  kind: ContinuationKind,
  origin: string | null,
  counter: number | null,
  text: string,
): Found {
  const heads = (state.hops.get(hop) ?? []).filter(
    (head) => head.kinds.includes(kind) && (origin === null || deviceKey(origin) === deviceKey(head.event.device)),
  );
  if (counter !== null) {
    const near = heads
      .filter(({ event }) => event.counter !== null && counter > event.counter && counter - event.counter <= BEHIND)
      .sort((a, b) => b.event.counter! - a.event.counter!);
    const nearest = near.filter(({ event }) => event.counter === near[0]!.event.counter);
    // Of two heads of one router with one number one is forged: whichever takes the line, the router is told of.
    const [head, other] = nearest.sort((a, b) => a.parts.length - b.parts.length);
    if (head === undefined) return { flag: "continuation" };
    if (other !== undefined && nearest.some(({ event }) => deviceKey(event.device) !== deviceKey(head.event.device)))
      return { flag: "ambiguous-continuation" };
    return { head, duplicate: nearest.some(({ parts }) => parts.some((part) => isCopy(part, counter, text))) };
  }
  if (heads.length > 1) return { flag: "ambiguous-continuation" };
  return heads[0] === undefined ? { flag: "continuation" } : { head: heads[0], duplicate: false };
}

/** A number alone proves no copy: another line may have taken it. */
function isCopy(part: Head["parts"][number], counter: number, text: string): boolean {
  return part.counter === counter && part.text.trimEnd() === text.trimEnd();
}

/** Adds a line to its head; true when it was the last that can come. */
export function addLine(
  head: Head,
  kind: ContinuationKind,
  counter: number | null,
  text: string,
  raw: Uint8Array,
): boolean {
  let i = head.parts.length;
  while (counter !== null && i > 0 && (head.parts[i - 1]!.counter ?? -1) > counter) i--;
  head.parts.splice(i, 0, { counter, text, raw });
  const ends = kind === head.last && (head.lastText === null || text.startsWith(head.lastText));
  return (ends || (text.includes(KEYWORD[head.last]) && head.lastText === null)) && isWhole(head);
}

/** With counters, a hole among the lines may still be filled. */
function isWhole(head: Head): boolean {
  const counters = [head.event.counter, ...head.parts.map((part) => part.counter)];
  return counters.every(
    (counter, i) => counter === null || i === 0 || counters[i - 1] === null || counter === counters[i - 1]! + 1,
  );
}

/** Heads that the arrival of another header ends: the same device's, or the line before in a capture. Where a router
 * numbers its messages, one without a number may be forged, and ends none. */
export function endedBy(state: JoinState, hop: string, device: string | null, counter: number | null): Head[] {
  const heads = state.hops.get(hop);
  if (heads === undefined) return [];
  return heads.filter((head) => {
    if (head.briefly) return true;
    return device !== null && deviceKey(head.event.device) === deviceKey(device) && isEndedBy(head, counter);
  });
}

/** Whether a header of the same device with this counter ends a message. */
export function isEndedBy({ event }: Head, counter: number | null): boolean {
  if (event.counter === null) return true;
  return counter !== null && Math.abs(counter - event.counter) > BEHIND;
}

/** Heads that wait for the next line of their capture, whatever its time. */
export function heldBriefly(state: JoinState, hop: string): Head[] {
  return (state.hops.get(hop) ?? []).filter((head) => head.briefly);
}

/** Takes a head out and returns its message with all its lines. */
export function release(state: JoinState, head: Head): Event {
  const heads = state.hops.get(head.hop);
  const i = heads?.indexOf(head) ?? -1;
  if (i >= 0) heads!.splice(i, 1);
  if (heads?.length === 0) state.hops.delete(head.hop);
  if (head.parts.length === 0) return head.event;
  return {
    ...head.event,
    text: [head.event.text, ...head.parts.map((part) => part.text)].join("\n"),
    raw: joinBytes([head.event.raw, ...head.parts.map((part) => part.raw)]),
    flags: [...head.event.flags, "joined"],
  };
}

/** Every head that is held, in the order of arrival. */
export function heldHeads(state: JoinState): Head[] {
  return [...state.hops.values()].flat().sort((a, b) => a.id - b.id);
}

function joinBytes(parts: Uint8Array[]): Uint8Array {
  const lines = parts.flatMap((part, i) => (i === 0 ? [part] : [Uint8Array.of(0x0a), part]));
  return Buffer.concat(lines);
}
