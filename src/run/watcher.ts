/** Who looks on while the engine works, for explanations: it is told, and changes nothing. */
import type { Watcher } from "../detect/report.ts";
import type { Outcome } from "../model.ts";
import type { TimedLine } from "./session.ts";

export interface EngineWatcher extends Watcher {
  /** A frame has ended; `head` is the number of the frame that this one continues, or has continued already. */
  ended(timed: TimedLine, order: number, outcome: Outcome, head: number | null): void;
}
