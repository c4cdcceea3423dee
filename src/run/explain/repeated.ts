/** Which earlier frame a duplicate is a copy of. */
import { printOf } from "../../detect/print.ts";
import { deviceKey } from "../../model.ts";
import { toEvent } from "../event.ts";
import type { Seen, Watch } from "./watch.ts";

/** The number of the frame whose message came again; null when it is no longer remembered. */
export function repeatedLine(watch: Watch, copy: Seen): number | null {
  const print = printOf(toEvent(copy.timed));
  const device = deviceKey(copy.timed.device);
  let found: number | null = null;
  for (const [order, { timed, outcome }] of watch.seen) {
    if (order >= copy.order || outcome === "duplicate" || deviceKey(timed.device) !== device) continue;
    if (printOf(toEvent(timed)) === print) found = order;
  }
  return found;
}
