/** What this machine itself lost or missed: told to the engine, so that alerts of that time can say so. */
import { watchCollector } from "../detect/watch.ts";
import type { Millis } from "../model.ts";
import type { Engine } from "./engine.ts";

/** Datagrams were dropped or shed here between the last message and `to`. */
export function collectorDropped(engine: Engine, messages: number, to: Millis): void {
  watchCollector(engine.state.collector, Math.min(engine.session.now ?? to, to), to, messages);
}

/** Listening begins, or begins again: what was not heard before is no silence of a router. */
export function collectorStarted(engine: Engine, at: Millis): void {
  engine.state.collector.since = at;
  engine.state.collector.deaf = false;
}
