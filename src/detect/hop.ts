/** Which routers speak over one address: a reload is announced with a name, the boot after it may come without. */
import type { Event } from "../model.ts";
import type { DetectState, DeviceState } from "./state.ts";

/** More devices than this on one hop tell nothing of each other. */
const MAX_PEERS = 2;
/** Hops remembered; then the memory starts again. */
const MAX_HOPS = 200_000;

/** Notes where a device was heard. */
export function enterHop(state: DetectState, device: DeviceState, event: Event): void {
  const hop = hopOf(event.from, event.relay);
  // The same string as before, where it is the same hop: whoever compares it then compares no characters.
  if (device.hop !== hop) device.hop = hop;
  noteHop(state, device);
}

/** How a device's record names a hop: socket address (or file) and relay. */
export function hopOf(from: string, relay: string | null): string {
  return `${from} ${relay ?? ""}`;
}

/** Enters a device that is known, after a restart. */
export function noteHop(state: DetectState, device: DeviceState): void {
  const peers = state.hops.get(device.hop);
  if (peers === undefined) {
    if (state.hops.size >= MAX_HOPS) {
      state.hops.clear();
      state.hopRounds++;
    }
    state.hops.set(device.hop, [device.key]);
  } else if (!peers.includes(device.key) && peers.length <= MAX_PEERS) peers.push(device.key);
}

/** The device that a message without a name may be from: the only other one heard on its hop. */
export function peersOf(state: DetectState, device: DeviceState, event: Event): string[] {
  if (event.named) return [];
  const peers = state.hops.get(device.hop) ?? [];
  return peers.length > MAX_PEERS ? [] : peers.filter((key) => key !== device.key);
}

/** Whose message a repetition is about: a relay that folds leaves the router's own name in the brackets. */
export function repeatOf(state: DetectState, device: DeviceState, event: Event): DeviceState {
  const [peer] = device.last.length > 0 ? [] : peersOf(state, device, event);
  return (peer === undefined ? undefined : state.devices.get(peer)) ?? device;
}
