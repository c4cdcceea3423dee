/** Telltale's own log: JSON lines on stderr, never on stdout. */
import { destination, type Logger, pino } from "pino";

export type { Logger };

/** A logger that writes to stderr; `level` as pino knows it (`info`, `warn`, `silent` …). */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true }));
}
