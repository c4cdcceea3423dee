/** The share of a device's messages that is missing, by its counters, in windows of ten minutes. */
import type { DeviceFacts, Millis } from "../model.ts";

/** Length of a window. */
const WINDOW: Millis = 600_000;
/** A window with fewer messages than this says nothing of a share, and goes on. */
const ENOUGH = 30;
/** A device's usual share is known after as many messages and as much time. */
const KNOWN_MESSAGES = 200;
const KNOWN_TIME: Millis = 3_600_000;
/** How much a window counts in the usual share. */
const WEIGHT = 0.1;

/** When the share of lost messages is worth an alert. */
export interface LossSettings {
  /** At least so many messages missing in a window, and this share of them. */
  messages: number;
  share: number;
  /** So many times the usual share. */
  factor: number;
}

export interface LossState {
  /** When the window began, and the device's totals then. */
  start: Millis;
  messages: number;
  lost: number;
  /** The usual share, 0 to 1, and whether the device was known well enough when it was learnt. */
  usual: number;
  /** Whether the share has risen and not come down since. */
  risen: boolean;
}

/** A window that has ended with a share that is news. */
export interface LossNews {
  risen: boolean;
  /** When the window began. */
  since: Millis;
  lost: number;
  expected: number;
  share: number;
  usual: number;
}

/** Begins the first window; what was lost before it is the usual. */
export function newLosses(facts: DeviceFacts, at: Millis): LossState {
  const all = facts.messages + facts.lost;
  return {
    start: at,
    messages: facts.messages,
    lost: facts.lost,
    usual: all === 0 ? 0 : facts.lost / all,
    risen: false,
  };
}

/** Whether the window ends with one more message at this time. */
export function endsWindow(losses: LossState, facts: DeviceFacts, at: Millis): boolean {
  return at >= losses.start + WINDOW && lostSince(losses, facts).expected + 1 >= ENOUGH;
}

/** Ends the window when its time has passed; tells when the share has risen, or has come down again. */
export function enterLosses(
  losses: LossState,
  facts: DeviceFacts,
  at: Millis,
  settings: LossSettings | null,
): LossNews | null {
  if (at < losses.start + WINDOW) return null;
  const { lost, expected } = lostSince(losses, facts);
  if (expected < ENOUGH) return null;
  const share = lost / expected;
  const { usual, start: since } = losses;
  const known = losses.messages >= KNOWN_MESSAGES && losses.start - facts.firstSeen >= KNOWN_TIME;
  losses.start = at;
  losses.messages = facts.messages;
  losses.lost = facts.lost;
  if (settings === null) return null;
  if (losses.risen) {
    if (share >= settings.share) return null;
    losses.risen = false;
    return { risen: false, since, lost, expected, share, usual };
  }
  const rises = known && lost >= settings.messages && share >= settings.share && share >= settings.factor * usual;
  // What is a rise is not usual, else it would soon be taken for usual.
  if (!rises) losses.usual = usual + (share - usual) * WEIGHT;
  losses.risen = rises;
  return rises ? { risen: true, since, lost, expected, share, usual } : null;
}

/** What is missing of how many messages since the window began. */
export function lostSince(losses: LossState, facts: DeviceFacts): { lost: number; expected: number } {
  const lost = Math.max(0, facts.lost - losses.lost);
  return { lost, expected: facts.messages - losses.messages + lost };
}
