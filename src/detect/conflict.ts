/** What the history of a router says of those who use its name from elsewhere. */
import { deviceKey, type Event, type Millis } from "../model.ts";
import type { Conflict } from "./claim.ts";
import type { DeviceEvent } from "./device.ts";
import type { DeviceState } from "./state.ts";

/** An unexpected address is told of again after this time. */
const AGAIN: Millis = 3_600_000;

/** What to enter when a message came: a conflict that was found, or an unexpected address that is new or back again. */
export function conflictFacts(device: DeviceState, event: Event, found: Conflict | null): DeviceEvent[] {
  if (found !== null) return [fact(device.key, event, `addresses ${found.addresses.join(", ")} claim this name`)];
  const { apart, settings, conflict } = device;
  if (apart === null || settings === null) return NOTHING;
  const known = conflict !== null && event.at - conflict.first <= AGAIN;
  if (known) return NOTHING;
  device.conflict = { addresses: [apart], first: event.at, last: event.at };
  return [
    fact(
      deviceKey(settings.name),
      event,
      `${apart} uses this name; expected ${[...settings.addresses, ...settings.certificates].join(", ") || settings.name}`,
    ),
  ];
}

/** A boot, act or release that an unexpected address tells is told of the router as a conflict: it may never have been. */
export function apartFact(device: DeviceState, told: DeviceEvent): DeviceEvent {
  const { apart, settings } = device;
  if (apart === null || settings === null) return told;
  return { ...told, device: deviceKey(settings.name), kind: "conflict", note: `from ${apart}: ${told.note}` };
}

const NOTHING: DeviceEvent[] = [];

function fact(device: string, event: Event, note: string): DeviceEvent {
  return { device, at: event.at, kind: "conflict", line: event.raw, note };
}
