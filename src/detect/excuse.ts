/** When a signal does not count because another came before it: a reload explains the boot that follows, and only that one. */
import type { Event, Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { keyOf } from "./group.ts";
import { peersOf } from "./hop.ts";
import type { DetectState, GroupState } from "./state.ts";
import { count, remember } from "./window.ts";

/** Both processors of a router tell of one boot within this time. */
const ONE_BOOT: Millis = 120_000;

/** A signal with `unless` does not count when the other came within the time before it, from this device or from
 * the only other one on its hop: a reload is asked for by name, and the boot after it may come without one. What
 * explains one is used up, else a single forged line would explain every crash of the next minutes. */
export function excused(
  state: DetectState,
  rule: CompiledRule,
  group: GroupState,
  name: string,
  event: Event,
): boolean {
  const unless = rule.signals.find((signal) => signal.name === name)?.unless;
  if (unless == null) return false;
  const { at } = event;
  const mark = `${name} explained`;
  if (count([mark], group.windows, at - ONE_BOOT, at) > 0) return true;
  const found =
    takeCause(group, unless.signal, at - unless.within, at) || peersCause(state, rule, group, unless, event);
  if (found) {
    group.windows[mark] ??= [];
    remember(group.windows[mark], at, 1);
  }
  return found;
}

function peersCause(
  state: DetectState,
  rule: CompiledRule,
  group: GroupState,
  { signal, within }: { signal: string; within: Millis },
  event: Event,
): boolean {
  const device = state.devices.get(group.deviceKey);
  return (device === undefined ? [] : peersOf(state, device, event)).some((key) => {
    const groupKey = keyOf(rule, key, group.node, group.by);
    const peer = state.groups.get(groupKey);
    if (peer === undefined) return false;
    const heard = state.devices.get(key)?.facts.lastSeen ?? Number.NaN;
    // Two clocks do not compare: it must be the last that was heard under the other name.
    const [from, to] = peer.clock === group.clock ? [event.at - within, event.at] : [heard, heard];
    const found = takeCause(peer, signal, from, to);
    if (found) state.dirtyGroups.add(groupKey);
    return found;
  });
}

/** Whether the signal was seen in a span of time; all of what was seen there is then used up. */
function takeCause(group: GroupState, signal: string, from: Millis, to: Millis): boolean {
  const times = group.windows[signal];
  if (times === undefined || count([signal], group.windows, from, to) === 0) return false;
  group.windows[signal] = times.filter((at) => at < from || at > to);
  return true;
}
