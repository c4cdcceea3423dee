/** What this machine itself lost or missed: told to the engine, for alerts of its own and of that time. */
import { enterLost, type Lost } from "../detect/collector.ts";
import type { Millis } from "../model.ts";
import { receivedBy } from "./counters.ts";
import type { Engine } from "./engine.ts";

/** Datagrams were dropped or shed here between the last message and `to`. */
export function collectorDropped(engine: Engine, lost: Lost, to: Millis): void {
  const from = Math.min(engine.session.now ?? to, to);
  // What was shed is counted as received by now; the window begins before it.
  enterLost(engine.state.collector, lost, receivedBy(engine.counters) - lost.shed, from, to);
}

/** Listening begins, or begins again: what was not heard before is no silence of a router. */
export function collectorStarted(engine: Engine, at: Millis): void {
  const { collector } = engine.state;
  collector.since = at;
  collector.deaf = false;
  // The counters of a run begin at zero.
  if (collector.loss !== null) collector.loss = { ...collector.loss, since: at, received: 0 };
}
