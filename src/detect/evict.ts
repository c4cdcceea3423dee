/** Which devices leave memory when there are too many: those that said next to nothing first, those that an operator knows never. */
import type { DetectState, DeviceState } from "./state.ts";

/** So few messages tell nothing of a router. */
const PASSING = 2;
/** This part of the devices in memory goes when there are too many. */
const SHARE = 64;
/** Devices that must stay and are looked at for others that may go. */
const LOOKED = 64;

/** Whether a device spoke once or twice and is known to nobody: millions of addresses can be made up. */
export function isPassing({ facts, settings }: DeviceState): boolean {
  return facts.messages <= PASSING && facts.release === null && settings === null;
}

/** Forgets devices that are passing, else some that were not heard for long, unless a window or an alert of theirs is
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
  let staying = 0;
  for (const [key, device] of state.devices) {
    if (staying > LOOKED || state.devices.size <= room) return;
    if (!device.heard && key !== newest && mayLeave(state, device)) {
      giveUp(state, key, device);
      continue;
    }
    // To the end: those that were heard have another turn, and those that must stay never stand before all others.
    if (!device.heard) staying++;
    device.heard = false;
    state.devices.delete(key);
    state.devices.set(key, device);
  }
}

function mayLeave(state: DetectState, { key, settings, apart }: DeviceState): boolean {
  return !state.groupsByDevice.has(key) && (settings === null || apart !== null);
}

function giveUp(state: DetectState, key: string, device: DeviceState): void {
  state.devices.delete(key);
  device.left = true;
  device.dirty = false;
  state.evicted(key, device);
  state.dirtyDevices.delete(key);
}
