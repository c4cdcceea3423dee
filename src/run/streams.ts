/** The first message of an unseparated stream, which has no counter to follow on from. */
import type { DeviceState } from "../detect/state.ts";
import type { Event } from "../model.ts";

/** Streams remembered; then the memory starts again. */
const MAX_STREAMS = 10_000;

/** The router with which each unseparated stream began, by address. */
export class Streams {
  readonly #first = new Map<string, string>();

  /** The first message is believed for the router that the stream began with; another name on the same stream may be
   * text of that router's messages. */
  trustFirstCut(event: Event, device: DeviceState): void {
    if (!event.flags.includes("split")) return;
    if (this.#first.size > MAX_STREAMS) this.#first.clear();
    const first = this.#first.get(event.from) ?? device.key;
    this.#first.set(event.from, first);
    if (device.facts.messages === 1 && first === device.key) device.follows = true;
  }
}
