/** The engine's figures under the names of Prometheus: no label has a router's name, whose number has no bound. */
import type { Metric } from "../web/metrics.ts";
import { labelled, single } from "../web/metrics.ts";
import type { Health } from "./messages.ts";

/** What counters of connections begin with, among what was shed. */
const CONNECTIONS = "connections.";

/** Every metric of one moment. */
export function metricsOf(health: Health, version: string): Metric[] {
  return [...inputMetrics(health), ...judgementMetrics(health), ...storageMetrics(health), ...processMetrics(version)];
}

function inputMetrics({ counters }: Health): Metric[] {
  const { received, bytes, outcomes, kernelDrops, shed } = counters;
  const isOfConnections = ([name]: [string, number]) => name.startsWith(CONNECTIONS);
  const refused = Object.entries(shed).filter(isOfConnections);
  const lost = Object.entries(shed).filter((one) => !isOfConnections(one));
  return [
    labelled("telltale_events_received_total", "counter", "Messages received.", "transport", received),
    labelled("telltale_received_bytes_total", "counter", "Bytes of messages received.", "transport", bytes),
    labelled(
      "telltale_events_total",
      "counter",
      "Messages by where they ended; the sum is the number received.",
      "outcome",
      outcomes,
    ),
    labelled("telltale_parse_errors_total", "counter", "Messages that no dialect understood.", "reason", {
      unparsed: outcomes.unparsed,
    }),
    labelled(
      "telltale_events_dropped_total",
      "counter",
      "Messages lost or refused here: by the kernel before they were read, for want of room, or from senders not allowed.",
      "reason",
      { kernel: kernelDrops, shed: outcomes.shed, denied: outcomes.denied },
    ),
    labelled("telltale_shed_total", "counter", "What was given up for want of room.", "what", Object.fromEntries(lost)),
    labelled(
      "telltale_connections_rejected_total",
      "counter",
      "Connections refused or cut.",
      "reason",
      Object.fromEntries(refused.map(([name, n]) => [name.slice(CONNECTIONS.length), n])),
    ),
  ];
}

function judgementMetrics(health: Health): Metric[] {
  const { counters, open, groups, rules, reloaded, lagMillis } = health;
  const alerts = Object.entries(counters.opened).map(([name, value]) => {
    const blank = name.lastIndexOf(" ");
    return { labels: { rule: name.slice(0, blank), severity: name.slice(blank + 1) }, value };
  });
  return [
    { name: "telltale_alerts_total", type: "counter", help: "Alerts opened, by rule and level.", samples: alerts },
    single("telltale_alerts_active", "gauge", "Alerts that are not over.", open),
    labelled(
      "telltale_reports_ignored_total",
      "counter",
      "Reports that raised nothing, by rule and reason.",
      "reason",
      counters.ignored,
    ),
    single("telltale_devices_active", "gauge", "Routers in memory.", counters.devices),
    single("telltale_state_entries", "gauge", "Groups of detection state in memory.", groups),
    single(
      "telltale_engine_lag_seconds",
      "gauge",
      "The longest wait of a message in the last second.",
      lagMillis / 1_000,
    ),
    single("telltale_rules_loaded", "gauge", "Rules in force.", rules),
    single(
      "telltale_config_last_reload_successful",
      "gauge",
      "Whether the rules on the disk are in force.",
      reloaded ? 1 : 0,
    ),
  ];
}

function storageMetrics({ counters, degraded, walBytes, outputs }: Health): Metric[] {
  const deliveries = outputs.flatMap(({ name, delivered, failed }) =>
    Object.entries({ delivered, failed }).map(([result, value]) => ({ labels: { output: name, result }, value })),
  );
  const pending = Object.fromEntries(outputs.map((output) => [output.name, output.pending]));
  return [
    {
      name: "telltale_output_deliveries_total",
      type: "counter",
      help: "Attempts to tell outputs of alerts, by how they ended.",
      samples: deliveries,
    },
    labelled("telltale_output_queue_length", "gauge", "Alerts still to be told.", "output", pending),
    single(
      "telltale_storage_degraded",
      "gauge",
      "1 while nothing can be written to the database.",
      degraded === null ? 0 : 1,
    ),
    single("telltale_storage_wal_bytes", "gauge", "Length of the write-ahead log.", walBytes),
    labelled("telltale_storage_pruned_total", "counter", "What retention removed.", "what", counters.pruned),
  ];
}

function processMetrics(version: string): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "telltale_build_info",
      type: "gauge",
      help: "Version of Telltale and of Node.js.",
      samples: [{ labels: { version, node: process.versions.node }, value: 1 }],
    },
    single("process_cpu_seconds_total", "counter", "Processor time of all threads.", (user + system) / 1e6),
    single("process_resident_memory_bytes", "gauge", "Memory in use.", process.memoryUsage.rss()),
    single("process_uptime_seconds", "gauge", "Time since the start.", process.uptime()),
  ];
}
