/** Counters and gauges in Prometheus' text format, version 0.0.4. */

/** One metric with its samples; names and units follow Prometheus' naming rules. */
export interface Metric {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: Sample[];
}

export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/** What a scraper must be told of the format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A metric without labels. */
export function single(name: string, type: Metric["type"], help: string, value: number): Metric {
  return { name, type, help, samples: [{ value }] };
}

/** A metric with one label; `values` are its samples by the label's value. */
export function labelled(
  name: string,
  type: Metric["type"],
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): Metric {
  const samples = Object.entries(values).map(([value, n]) => ({ labels: { [label]: value }, value: n }));
  return { name, type, help, samples };
}

/** The page that a scraper reads; metrics without samples are left out. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const head = `# HELP ${name} ${escaped(help, /[\\\n]/g)}\n# TYPE ${name} ${type}\n`;
      return head + samples.map((sample) => `${name}${labelsOf(sample)} ${numberOf(sample.value)}\n`).join("");
    })
    .join("");
}

function labelsOf({ labels = {} }: Sample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value, /[\\"\n]/g)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (one) => (one === "\n" ? "\\n" : `\\${one}`));
}

function numberOf(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN";
}
