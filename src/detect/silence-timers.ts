/** One timer for each router that is waited for: looked at when its time comes, and put off if it was heard since. */
import type { Millis } from "../model.ts";
import type { PutTimer } from "./group.ts";
import type { Observation } from "./observe.ts";
import { fallSilent, type SilenceState, silenceDue, waitFor } from "./silence.ts";
import type { DetectState, DeviceState } from "./state.ts";
import type { Timer } from "./timers.ts";

export class SilenceTimers {
  readonly #state: DetectState;
  readonly #put: PutTimer;

  constructor(state: DetectState, put: PutTimer) {
    this.#state = state;
    this.#put = put;
  }

  /** Waits for a device that was just heard, unless somebody does already or it is not watched. */
  wait(device: DeviceState): void {
    const settings = this.#state.operations?.silence ?? null;
    const silence = device.watch?.silence ?? null;
    if (settings === null || silence === null || silence.due !== null) return;
    const due = waitFor(this.#state.collector, silence, settings);
    if (due !== null) this.#set(device, silence, due);
  }

  /** Waits again for every device that was waited for when it was stored. */
  resume(): void {
    if ((this.#state.operations?.silence ?? null) === null) return;
    for (const device of this.#state.devices.values()) {
      const silence = device.watch?.silence ?? null;
      if (silence !== null && silence.due !== null) this.#set(device, silence, silence.due);
    }
  }

  /** When a timer that came up is really due; undefined when nobody waits any more. */
  dueOf(timer: Timer): Millis | undefined {
    const { devices, operations, collector, dirtyDevices } = this.#state;
    const settings = operations?.silence ?? null;
    const silence = devices.get(timer.group)?.watch?.silence ?? null;
    if (settings === null || silence === null || silence.clock !== timer.rule) return undefined;
    dirtyDevices.add(timer.group);
    return silenceDue(collector, silence, settings) ?? undefined;
  }

  /** What a timer that is due stands for. */
  observe({ group, due }: Timer): Observation[] {
    const { devices, collector } = this.#state;
    const device = devices.get(group);
    const silence = device?.watch?.silence ?? null;
    if (device === undefined || silence === null) return [];
    const { first, facts } = fallSilent(collector, silence, due);
    return [{ name: "device-silent", device, at: due, first, clock: silence.clock, facts, event: null }];
  }

  #set(device: DeviceState, { clock }: SilenceState, due: Millis): void {
    this.#put(clock, { due, rule: clock, group: device.key, kind: "silence" });
  }
}
