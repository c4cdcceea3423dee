/** Alerts about the routers' logging itself: which are on, and their bounds. */
import type { Operations } from "../detect/observe.ts";
import { durationMillis } from "../rule/duration.ts";

/** What holds where nothing is configured. */
export const USUAL = {
  silence: { enabled: true, factor: 3, least: "15m", most: "7d", messages: 20, time: "24h" },
  clockJumps: { enabled: true, by: "5m" },
  losses: { enabled: true, messages: 20, share: 0.05, factor: 3 },
  addressConflicts: true,
  ownLosses: true,
};

/** The bounds as the engine takes them; null where a switch is off. */
export function toOperations(config: typeof USUAL): Operations {
  const { silence, clockJumps, losses, addressConflicts, ownLosses } = config;
  return {
    silence: silence.enabled
      ? {
          factor: silence.factor,
          least: durationMillis(silence.least),
          most: durationMillis(silence.most),
          messages: silence.messages,
          time: durationMillis(silence.time),
        }
      : null,
    clockJumps: clockJumps.enabled ? durationMillis(clockJumps.by) : null,
    losses: losses.enabled ? { messages: losses.messages, share: losses.share, factor: losses.factor } : null,
    addressConflicts,
    ownLosses,
  };
}

/** Everything on, with the usual bounds. */
export const DEFAULT_OPERATIONS: Operations = toOperations(USUAL);
