/** Settings as stored -> settings as the engine uses them, with a test for addresses. */
import { isIP } from "node:net";
import { type DeviceMap, type Known, nameOf } from "../detect/device-map.ts";
import type { DeviceSettings, Frame } from "../model.ts";
import { matchNetworks } from "../source/networks.ts";
import type { NameOf } from "./session.ts";

/** Makes settings ready for the engine. Throws CONFIG_INVALID for what is no address or network. */
export function toKnown(settings: DeviceSettings): Known {
  const { addresses, name } = settings;
  return { settings, expects: addresses.length === 0 ? () => true : matchNetworks(addresses, `addresses of ${name}`) };
}

/** How the lines of one engine get their router's name. */
export function naming(map: DeviceMap): NameOf {
  return (said, frame, relay) => (map.size === 0 ? said : nameOf(map, said, senderOf(frame, relay)));
}

/** The address that a line was sent from; for a capture what its relay wrote of it, if it did. */
function senderOf(frame: Frame, relay: string | null): string | null {
  if (frame.transport !== "file") return frame.from;
  return relay !== null && isIP(relay) !== 0 ? relay : null;
}
