/** Which devices leave memory when there are too many: those that said next to nothing first, those that an operator knows never. */
import type { DetectState, DeviceState } from "./state.ts";

/** So few messages tell nothing of a router. */
const PASSING = 2;
/** This part of the devices in memory goes when there are too many. */
const SHARE = 64;
/** Devices looked at for one that has to go. */
const LOOKED = 64;

/** Whether a device spoke once or twice and is known to nobody: millions of addresses can be made up. */
export function isPassing({ facts, settings }: DeviceState): boolean {
  return facts.messages <= PASSING && facts.release === null && settings === null;
}

/** Forgets devices that are passing, else those that have been silent longest, unless a window or an alert of theirs is
 * open. */
export function evict(state: DetectState, newest: string): void {
  // Some at once: to find the first of a map costs the more the more of its first ones are gone.
  const some = Math.floor(state.maxDevices / SHARE);
  const room = state.maxDevices - some;
  for (const key of state.passing) {
    if (state.devices.size <= room) return;
    if (key === newest) continue;
    state.passing.delete(key);
    const device = state.devices.get(key);
    if (device !== undefined && isPassing(device) && !state.groupsByDevice.has(key)) giveUp(state, key, device);
  }
  let looked = 0;
  for (const key of state.devices.keys()) {
    if (++looked > LOOKED + some || state.devices.size <= room) return;
    const device = state.devices.get(key)!;
    if (key !== newest && !state.groupsByDevice.has(key) && (device.settings === null || device.apart !== null)) {
      giveUp(state, key, device);
      continue;
    }
    // To the end, so that devices that must stay never stand before all others.
    state.devices.delete(key);
    state.devices.set(key, device);
  }
}

function giveUp(state: DetectState, key: string, device: DeviceState): void {
  state.devices.delete(key);
  state.evicted(key, device);
  state.dirtyDevices.delete(key);
}
