/** Health and metrics, answered from what the engine last said. */
import { TelltaleError } from "../error.ts";
import { bindError } from "../source/address.ts";
import type { WebOptions, WebServer } from "../web/server.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Health } from "./messages.ts";
import { metricsOf } from "./metrics.ts";

/** The engine speaks once a second; so much later something is wrong, and this much later a restart is wanted. */
const LATE_MILLIS = 5_000;
const DEAD_MILLIS = 30_000;

/** What the newest report of the engine is, and when it came. */
export interface HealthBoard {
  note(health: Health): void;
  readonly newest: { health: Health; at: number } | null;
}

export function healthBoard(clock: Clock = systemClock): HealthBoard {
  let newest: HealthBoard["newest"] = null;
  return {
    note(health) {
      newest = { health, at: clock.mono() };
    },
    get newest() {
      return newest;
    },
  };
}

/** Starts answering from the board; null where nothing is configured. */
export async function startHealth(
  options: WebOptions | null,
  board: HealthBoard,
  version: string,
  clock: Clock = systemClock,
): Promise<WebServer | null> {
  if (options === null) return null;
  const late = (most: number): string | null => {
    const silent = board.newest === null ? null : Math.round(clock.mono() - board.newest.at);
    if (silent === null) return "the engine has not spoken yet";
    return silent < most ? null : `the engine has not spoken for ${Math.round(silent / 1_000)} s`;
  };
  const answers = {
    alive: () => [{ name: "engine", problem: board.newest === null ? null : late(DEAD_MILLIS) }],
    ready: () => [
      { name: "engine", problem: late(LATE_MILLIS) },
      { name: "storage", problem: board.newest?.health.degraded?.reason ?? null },
    ],
    metrics: () => (board.newest === null ? [] : metricsOf(board.newest.health, version)),
  };
  // Loaded where it is wanted: it takes time at every start.
  const { startWeb } = await import("../web/server.ts");
  try {
    return await startWeb(options, answers);
  } catch (error) {
    if (error instanceof TelltaleError) throw error;
    throw bindError(error, `${options.tls === null ? "http" : "https"}://${options.host}:${options.port}`);
  }
}
