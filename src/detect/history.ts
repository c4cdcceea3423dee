/** A device's history of lost messages: holes, copies, new counting and rate limits in plain sentences, few of them. */
import type { Millis } from "../model.ts";
import type { CounterStep } from "./gap.ts";
import { formatSpan } from "./span.ts";

/** A hole may be filled by a late datagram: nothing is said before this time has passed. */
const PATIENCE: Millis = 10_000;
/** While messages keep being lost the sentences become rarer, from one a minute to one a day: the ring of a device's
 * history must keep what operators did. */
const SHORTEST: Millis = 60_000;
const LONGEST: Millis = 86_400_000;
/** Fewer copies than this are a network that repeats a datagram now and then. */
const COPIES = 10;

/** What has happened to a device's messages since its history was last told of it. */
export interface GapHistory {
  /** When the first of it happened; null while there is nothing to tell. */
  since: Millis | null;
  /** When the device's history may be told of it. */
  due: Millis;
  /** The next sentence waits this long. */
  wait: Millis;
  holes: number;
  missing: number;
  /** Counters around all holes. */
  from: number;
  to: number;
  resets: number;
  copies: number;
  /** Messages that the router says it held back. */
  limited: number;
}

/** A history with nothing to tell. */
export function newGapHistory(): GapHistory {
  return { since: null, due: 0, wait: 0, holes: 0, missing: 0, from: 0, to: 0, resets: 0, copies: 0, limited: 0 };
}

/** Enters what a message counter meant; `lost` is how many messages it shows to be missing, or -1 for one that came late. */
export function noteCounter(history: GapHistory, step: CounterStep, lost: number, counter: number, at: Millis): void {
  if (step === "gap") {
    begin(history, at);
    if (history.missing === 0) history.from = counter - lost - 1;
    history.to = counter;
    history.holes++;
    history.missing += lost;
  } else if (step === "filled" && history.missing > 0) {
    history.missing--;
    if (history.missing === 0) history.holes = 0;
  } else if (step === "reset") {
    begin(history, at);
    history.resets++;
  }
}

/** Enters a copy of a message that came already. */
export function noteCopy(history: GapHistory, at: Millis): void {
  begin(history, at);
  history.copies++;
}

/** Enters messages that the router says it held back or lost by itself. */
export function noteLimit(history: GapHistory, messages: number, at: Millis): void {
  begin(history, at);
  history.limited += messages;
}

/** The sentence that is due, or null; what it tells is forgotten. */
export function tellHistory(history: GapHistory, at: Millis): { at: Millis; note: string } | null {
  const { since } = history;
  if (since === null || !isDue(history, at)) return null;
  const parts = [holesText(history), copiesText(history), resetsText(history), limitedText(history)].filter(
    (part) => part !== null,
  );
  const { wait, due } = history;
  Object.assign(history, newGapHistory(), { wait, due });
  if (parts.length === 0) return null;
  history.wait = Math.min(LONGEST, Math.max(SHORTEST, wait * 2));
  history.due = at + history.wait;
  const span = at - since >= SHORTEST * 2 ? `, within ${formatSpan(at - since)}` : "";
  return { at: since, note: `${parts.join("; ")}${span}` };
}

/** Whether there is something to tell by then. */
export function isDue({ since, due }: GapHistory, at: Millis): boolean {
  return since !== null && at >= due;
}

/** Something is to be told: soon after a calm time, later where sentences have come before. */
function begin(history: GapHistory, at: Millis): void {
  if (history.since !== null) return;
  history.since = at;
  if (at - history.due > LONGEST) history.wait = 0;
  history.due = Math.max(history.due, at + PATIENCE);
}

function holesText({ holes, missing, from, to }: GapHistory): string | null {
  if (missing <= 0) return null;
  const where = `between counters ${from} and ${to}`;
  return `${count(missing, "message")} missing ${holes > 1 ? `in ${holes} places ` : ""}${where}`;
}

function copiesText({ copies }: GapHistory): string | null {
  return copies < COPIES ? null : `${copies} duplicates`;
}

function resetsText({ resets }: GapHistory): string | null {
  if (resets === 0) return null;
  return `the message counter began again${resets > 1 ? ` ${resets} times` : ""}`;
}

function limitedText({ limited }: GapHistory): string | null {
  return limited === 0 ? null : `the router held back or lost ${count(limited, "message")} by itself`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
