/** The header of `show logging` in a capture: what it says is kept until a message tells whose it is. */
import { limitedByHeader } from "../detect/rate-limit.ts";
import type { DeviceState } from "../detect/state.ts";
import { watchHeader } from "../detect/watch.ts";
import type { Event } from "../model.ts";

export class CaptureHeader {
  #kept: { from: string; limited: number } | null = null;

  /** Whether the next message tells whose it is. */
  get isPending(): boolean {
    return this.#kept !== null;
  }

  /** Looks at a line that is no message. */
  note({ transport, from, text }: Event): void {
    const limited = transport === "file" ? limitedByHeader(text) : null;
    if (limited !== null) this.#kept = { from, limited };
  }

  /** The first message behind the header tells whose it is. */
  enter(device: DeviceState, event: Event): void {
    if (this.#kept === null) return;
    if (this.#kept.from === event.from) watchHeader(device, this.#kept.limited);
    this.#kept = null;
  }
}
