/** Another configuration in one thread: first what is needed is made ready, then it is put in force or thrown away. */
import type { Config } from "./config.ts";
import { toFailure } from "./failure.ts";
import type { Reconfigure, Reconfigured } from "./messages.ts";

/** Puts in force what is ready. */
export type Ready = () => void;

export class Prepared {
  readonly #prepare: (config: Config) => Ready;
  readonly #say: (message: Reconfigured) => void;
  #ready: Ready | null = null;

  /** `prepare` throws a TelltaleError for what cannot be put in force, and changes nothing yet. */
  constructor(prepare: (config: Config) => Ready, say: (message: Reconfigured) => void) {
    this.#prepare = prepare;
    this.#say = say;
  }

  hear(message: Reconfigure): void {
    const ready = this.#ready;
    this.#ready = null;
    if (message.kind === "apply") ready?.();
    if (message.kind !== "prepare") return;
    try {
      this.#ready = this.#prepare(message.config);
      this.#say({ kind: "prepared", failure: null });
    } catch (error) {
      this.#say({ kind: "prepared", failure: toFailure(error) });
    }
  }
}
