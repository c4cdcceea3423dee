/** How regularly each router logs, and when one has been silent for too long. */
import type { Millis } from "../model.ts";
import type { CollectorState } from "./collector.ts";
import { formatSpan } from "./span.ts";
import type { DeviceState } from "./state.ts";
import { watchOf } from "./watch.ts";

/** When a silence is worth an alert. */
export interface SilenceSettings {
  /** So many times the longest silence that is usual. */
  factor: number;
  least: Millis;
  /** A router that would have to be silent longer than this is not watched. */
  most: Millis;
  /** What is usual is learnt from so many messages over so much time. */
  messages: number;
  time: Millis;
}

export interface SilenceState {
  /** The clock that its messages go by. */
  clock: string;
  /** Its first message on that clock, and its last. */
  since: Millis;
  at: Millis;
  messages: number;
  /** Time spent waiting, by the length of the wait: the place `i` has waits of up to 2^i seconds. A burst of messages
   * weighs next to nothing here, and a night between two working days its whole length. */
  spent: Millis[];
  total: Millis;
  /** Whether its silence was told of. */
  reported: boolean;
  /** When it is looked at again; null while nothing is waiting. */
  due: Millis | null;
}

/** A silence as an alert tells it. */
export interface Silence {
  first: Millis;
  facts: Record<string, string>;
}

/** So much of the time was spent in waits that are usual. */
const USUAL = 0.95;
/** What is older than about two of these counts half as much. */
const MEMORY: Millis = 7 * 86_400_000;
/** Silences this close together have one cause. */
const WAVE: Millis = 15 * 60_000;
/** 2^21 seconds are 24 days. */
const LONGEST = 21;

/** Enters a message; true when the router had been told of as silent. */
export function hear(
  collector: CollectorState,
  device: DeviceState,
  at: Millis,
  clock: string,
  settings: SilenceSettings,
): boolean {
  const silence = device.watch?.silence ?? null;
  const spoke = silence?.reported ?? false;
  if (silence === null || silence.clock !== clock) {
    if (silence !== null || device.facts.messages > 1) watchOf(device).silence = newSilence(clock, at);
  } else {
    const wait = at - silence.at;
    if (wait > 0) {
      if (!isBroken(collector, silence))
        learn(silence, spoke ? Math.min(wait, limitOf(silence, settings) ?? wait) : wait);
      silence.at = at;
    }
    silence.messages++;
    silence.reported = false;
  }
  if (clock === "") {
    collector.heard = at;
    if (collector.deaf) collector.since = at;
    collector.deaf = false;
  }
  return spoke;
}

/** When a router that is not waited for yet should be looked at; null when it is, or is not watched. */
export function waitFor(collector: CollectorState, silence: SilenceState, settings: SilenceSettings): Millis | null {
  if (silence.due !== null || silence.reported) return null;
  const limit = limitOf(silence, settings);
  if (limit === null) return null;
  silence.due = startOf(collector, silence) + limit;
  return silence.due;
}

/** When a router that is looked at now is due: later while it was heard meanwhile; null when nobody waits any more. */
export function silenceDue(collector: CollectorState, silence: SilenceState, settings: SilenceSettings): Millis | null {
  const looked = silence.due;
  const limit = limitOf(silence, settings);
  silence.due = null;
  if (looked === null || limit === null || silence.reported) return null;
  const due = startOf(collector, silence) + limit;
  // While nobody is heard, nobody in particular is silent.
  const deaf = silence.clock === "" && collector.deaf;
  silence.due = deaf ? Math.max(due, looked + limit) : Math.max(due, looked);
  return silence.due;
}

/** Tells that a router is silent, as of `due`. */
export function fallSilent(collector: CollectorState, silence: SilenceState, due: Millis): Silence {
  const first = startOf(collector, silence);
  const shared = silence.clock === "";
  silence.due = null;
  silence.reported = true;
  // The last half of the time: whoever was heard only before may have been cut off at the same moment.
  if (shared) collector.deaf = (collector.heard ?? first) < due - (due - first) / 2;
  const { wave } = collector;
  const together = Math.abs(due - wave.at) <= WAVE ? wave.routers + 1 : 1;
  collector.wave = { at: due, routers: together };
  return {
    first,
    facts: {
      silence: formatSpan(due - first),
      seconds: String(Math.round((due - first) / 1_000)),
      usual: formatSpan(usualWait(silence)),
      others: !shared ? "unknown" : collector.deaf ? "silent" : "heard",
      together: String(together),
    },
  };
}

function newSilence(clock: string, at: Millis): SilenceState {
  return { clock, since: at, at, messages: 1, spent: [], total: 0, reported: false, due: null };
}

function learn(silence: SilenceState, wait: Millis): void {
  const { spent } = silence;
  const place = Math.min(LONGEST, wait <= 1_000 ? 0 : 32 - Math.clz32(Math.ceil(wait / 1_000) - 1));
  while (spent.length <= place) spent.push(0);
  spent[place]! += wait;
  silence.total += wait;
  if (silence.total <= MEMORY) return;
  silence.total = 0;
  for (let i = 0; i < spent.length; i++) {
    spent[i] = Math.floor(spent[i]! / 2);
    silence.total += spent[i]!;
  }
}

/** The longest wait that is usual. */
function usualWait({ spent, total }: SilenceState): Millis {
  let sum = 0;
  for (const [place, time] of spent.entries()) {
    sum += time;
    if (sum >= total * USUAL) return 2 ** place * 1_000;
  }
  return 0;
}

/** How long the router may be silent; null while too little is known of it, or where it logs too rarely. */
function limitOf(silence: SilenceState, settings: SilenceSettings): Millis | null {
  if (silence.messages < settings.messages || silence.at - silence.since < settings.time) return null;
  const limit = Math.max(settings.least, settings.factor * usualWait(silence));
  return limit <= settings.most ? limit : null;
}

/** The silence begins with the last message, or when listening began again. */
function startOf({ since }: CollectorState, { clock, at }: SilenceState): Millis {
  return clock === "" && since !== null ? Math.max(at, since) : at;
}

/** Whether nobody listened for a part of this wait. */
function isBroken({ since }: CollectorState, { clock, at }: SilenceState): boolean {
  return clock === "" && since !== null && at < since;
}
