/** What a scraper sees of the engine's counters. */
import { expect, test } from "vitest";
import { newCounters } from "../../src/run/counters.ts";
import { metricsOf } from "../../src/run/metrics.ts";
import { formatMetrics } from "../../src/web/metrics.ts";

test("connections that were refused stand apart from messages that were lost, and alerts by rule and level", () => {
  const counters = newCounters();
  counters.received.udp = 7;
  counters.outcomes.parsed = 5;
  counters.outcomes.shed = 2;
  counters.kernelDrops = 3;
  Object.assign(counters.shed, { "connections.too-many": 4, behind: 2, unwritten: 1 });
  counters.opened["sip-process-anomaly high"] = 6;
  const text = formatMetrics(
    metricsOf(
      {
        at: 0,
        counters,
        degraded: { since: 0, reason: "full" },
        walBytes: 0,
        groups: 0,
        open: 0,
        rules: 1,
        reloaded: false,
        outputs: [],
        lagMillis: 250,
      },
      "0.0.0",
    ),
  );
  for (const line of [
    'telltale_events_received_total{transport="udp"} 7',
    'telltale_events_dropped_total{reason="kernel"} 3',
    'telltale_events_dropped_total{reason="shed"} 2',
    'telltale_shed_total{what="behind"} 2',
    'telltale_shed_total{what="unwritten"} 1',
    'telltale_connections_rejected_total{reason="too-many"} 4',
    'telltale_alerts_total{rule="sip-process-anomaly",severity="high"} 6',
    "telltale_storage_degraded 1",
    "telltale_config_last_reload_successful 0",
    "telltale_engine_lag_seconds 0.25",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).not.toContain('what="connections');
});
