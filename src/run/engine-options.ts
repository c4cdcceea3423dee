/** What an engine is given when it starts. */
import type { Operations } from "../detect/observe.ts";
import type { DeviceState } from "../detect/state.ts";
import type { Event } from "../model.ts";
import type { YearPolicy } from "../parse/clock.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import type { EngineWatcher } from "./watcher.ts";

export interface EngineOptions {
  rules: CompiledRule[];
  policy: YearPolicy;
  maxDevices: number;
  /** Told of every message once it is whole, with the number of its first frame; every message up to `settled` is out. */
  onEvent?: (event: Event, order: number, settled: number) => void;
  recall?: (key: string) => DeviceState | null;
  watcher?: EngineWatcher;
  /** What is observed of the routers' logging itself; nothing when left out. */
  operations?: Operations | null;
  /** Whether somebody will ask for what happened on the routers; else it is not kept. */
  keepsHistory?: boolean;
  /** False: every line goes the usual way. */
  quick?: boolean;
}
