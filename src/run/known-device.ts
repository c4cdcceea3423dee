/** Device records as stored, together with what operators say of their routers. */
import { attachSettings, type DeviceMap, enterKnown } from "../detect/device-map.ts";
import type { DeviceState } from "../detect/state.ts";
import { loadDeviceSettings } from "../store/device-settings.ts";
import type { StoredDevice } from "../store/devices.ts";
import type { Store } from "../store/open.ts";
import { toKnown } from "./device-map.ts";
import { readDevice } from "./persist.ts";

/** A reader of stored records; the settings are those of this moment. */
export function knownDevices(store: Store): (stored: Pick<StoredDevice, "facts" | "data">) => DeviceState {
  const map: DeviceMap = new Map();
  for (const settings of loadDeviceSettings(store)) enterKnown(map, toKnown(settings));
  return ({ facts, data }) => {
    const device = readDevice(facts, data, store.path);
    attachSettings(map, device);
    return device;
  };
}
