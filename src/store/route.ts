/** Which changes of which alerts an output is told. */
import { type Alert, type AlertChange, LEVELS, type Level, type News, newsOf } from "../model.ts";

/** An empty list means any. */
export interface Route {
  /** The lowest level that is told. */
  minLevel: Level;
  advisories: readonly string[];
  rules: readonly string[];
  changes: readonly News[];
}

/** Everything is told. */
export const EVERYTHING: Route = { minLevel: "informational", advisories: [], rules: [], changes: [] };

/** Whether an output with this route is told of the change. */
export function isTold(route: Route, alert: Alert, change: AlertChange): boolean {
  return (
    LEVELS.indexOf(alert.level) >= LEVELS.indexOf(route.minLevel) &&
    includes(route.advisories, alert.advisory) &&
    includes(route.rules, alert.rule) &&
    includes(route.changes, newsOf(change, alert.status))
  );
}

function includes(list: readonly string[], value: string): boolean {
  return list.length === 0 || list.includes(value);
}
