/** `assess --db`: what captures show of a router becomes its settings, and the exposures that follow from it are stored. */
import { newDevice, newFacts } from "../detect/device.ts";
import { releaseOf } from "../detect/settings.ts";
import type { CapturedDevice } from "../exposure/assemble.ts";
import { judgeExposure } from "../exposure/judge.ts";
import { type Assessment, type DeviceSettings, deviceKey, type SettingsPatch } from "../model.ts";
import type { Advisory } from "../rule/compiled.ts";
import { write } from "../store/connection.ts";
import { findDeviceSettings, type SettingsAct, saveDeviceSettings } from "../store/device-settings.ts";
import { loadDevice, writeDevices } from "../store/devices.ts";
import type { Store } from "../store/open.ts";
import { judgeDevice } from "./assess.ts";
import { devicePart } from "./persist.ts";

/** Stores each readable device and returns the exposures by all that is then known of it, earlier captures included. */
export function storeAssessed(
  store: Store,
  devices: readonly CapturedDevice[],
  advisories: readonly Advisory[],
  act: SettingsAct,
): Assessment[] {
  return devices.flatMap((device) => {
    if (!device.readable) return judgeDevice(device, device, advisories);
    const settings = saveDeviceSettings(store, device.name, patchOf(store, device), act);
    const facts = loadDevice(store, settings.name)?.facts ?? newFacts(settings.name, 0);
    const known = releaseOf({ facts, settings });
    const assessments = judgeDevice({ ...device, name: settings.name }, known, advisories);
    storeExposures(store, settings.name, assessments);
    return assessments;
  });
}

/** Judges a router anew by what an operator has just said of it. One that no log has named keeps no row for that. */
export function storeJudged(store: Store, settings: DeviceSettings, advisories: readonly Advisory[]): void {
  const facts = loadDevice(store, settings.name)?.facts;
  if (facts === undefined) return;
  const known = releaseOf({ facts, settings });
  const states = advisories.flatMap(({ id, exposure }) =>
    exposure === null ? [] : [{ advisory: id, state: judgeExposure(exposure, known).state }],
  );
  storeExposures(store, settings.name, states);
}

/** What the captures say; what they are silent on stays as it is. */
function patchOf(store: Store, device: CapturedDevice): SettingsPatch {
  const before = findDeviceSettings(store, device.name);
  const patch: SettingsPatch = { source: device.sources.join(", ") };
  if (device.os !== "unknown") patch.os = device.os;
  if (device.platform !== null) patch.platform = device.platform;
  if (device.release !== null) patch.release = device.release;
  // An upgrade is made for one release.
  if (device.smus !== null) patch.smus = device.smus;
  else if (device.release !== null && before !== null && before.release !== device.release) patch.smus = [];
  const { checked, running } = device.processes;
  if (checked.length > 0) {
    const others = (names: readonly string[] = []) => names.filter((name) => !checked.includes(name));
    patch.processes = {
      checked: [...others(before?.processes?.checked), ...checked],
      running: [...others(before?.processes?.running), ...running],
    };
  }
  return patch;
}

/** A device that no log has named yet has a row too, so that lists by exposure find it. */
function storeExposures(
  store: Store,
  name: string,
  assessments: readonly Pick<Assessment, "advisory" | "state">[],
): void {
  const exposures = Object.fromEntries(assessments.map(({ advisory, state }) => [advisory, state]));
  write(store, () => {
    const stored = loadDevice(store, name);
    if (stored !== null) {
      writeDevices(store, [
        { facts: stored.facts, data: stored.data, exposures: { ...stored.exposures, ...exposures } },
      ]);
      return;
    }
    const facts = newFacts(name, 0);
    writeDevices(store, [{ facts, data: devicePart(newDevice(deviceKey(name), facts)), exposures }]);
  });
}
