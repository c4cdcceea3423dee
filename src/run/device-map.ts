/** Settings as stored -> settings as the engine uses them, with a test for addresses. */
import { isIP } from "node:net";
import { authOf, type DeviceMap, type Known, nameOf, type Speaker } from "../detect/device-map.ts";
import type { DeviceSettings, Frame } from "../model.ts";
import { matchNetworks } from "../source/networks.ts";
import { readPin } from "../source/pin.ts";
import type { Naming } from "./session.ts";

/** Makes settings ready for the engine. Throws CONFIG_INVALID for what is no address or network. */
export function toKnown(settings: DeviceSettings): Known {
  const { addresses, name } = settings;
  return { settings, expects: addresses.length === 0 ? () => true : matchNetworks(addresses, `addresses of ${name}`) };
}

/** A certificate as an operator names it, in its one form. Throws CONFIG_INVALID. */
export function certificateName(text: string, place: string): string {
  return readPin(text.trim(), place);
}

/** How the lines of one engine get their router's name, and how sure it is. */
export function naming(map: DeviceMap): Naming {
  return {
    name: (said, frame, relay) => (map.size === 0 ? said : nameOf(map, said, speakerOf(frame, relay))),
    auth: (device, frame, relay) =>
      map.size === 0 && frame.certificate === undefined ? "none" : authOf(map, device, speakerOf(frame, relay)),
  };
}

/** Who sent a line; of a capture what its relay wrote of it, if it did. */
function speakerOf({ transport, from, certificate }: Frame, relay: string | null): Speaker {
  if (transport !== "file") return { address: from, certificate: certificate ?? null, live: true };
  return { address: relay !== null && isIP(relay) !== 0 ? relay : null, certificate: null, live: false };
}
