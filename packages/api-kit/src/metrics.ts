/** Counters, gauges and latency histograms in Prometheus' text format. */
export type Labels = Readonly<Record<string, string>>;

const BUCKETS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const MAX_SERIES = 10_000;

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

export class Metrics {
  readonly #help = new Map<string, { help: string; type: string }>();
  readonly #counters = new Map<string, Map<string, number>>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();
  readonly #gauges = new Map<string, () => Iterable<readonly [Labels, number]>>();

  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    const series = this.#series(this.#counters, name, help, "counter");
    const key = labelText(labels);
    if (series.has(key) || series.size < MAX_SERIES) series.set(key, (series.get(key) ?? 0) + by);
  }

  observe(name: string, help: string, labels: Labels, seconds: number): void {
    const series = this.#series(this.#histograms, name, help, "histogram");
    const key = labelText(labels);
    let histogram = series.get(key);
    if (histogram === undefined) {
      if (series.size >= MAX_SERIES) return;
      histogram = { buckets: BUCKETS_S.map(() => 0), sum: 0, count: 0 };
      series.set(key, histogram);
    }
    histogram.sum += seconds;
    histogram.count += 1;
    const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
  }

  /** A value read when the metrics are asked for. */
  gauge(name: string, help: string, read: () => Iterable<readonly [Labels, number]>): void {
    this.#help.set(name, { help, type: "gauge" });
    this.#gauges.set(name, read);
  }

  render(): string {
    const lines: string[] = [];
    for (const [name, { help, type }] of [...this.#help].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [labels, value] of this.#counters.get(name) ?? []) lines.push(`${name}${braced(labels)} ${value}`);
      for (const [labels, value] of this.#gauges.get(name)?.() ?? []) {
        lines.push(`${name}${braced(labelText(labels))} ${value}`);
      }
      for (const [labels, histogram] of this.#histograms.get(name) ?? [])
        lines.push(...histogramLines(name, labels, histogram));
    }
    return `${lines.join("\n")}\n`;
  }

  #series<T>(all: Map<string, Map<string, T>>, name: string, help: string, type: string): Map<string, T> {
    let series = all.get(name);
    if (series === undefined) {
      series = new Map();
      all.set(name, series);
      this.#help.set(name, { help, type });
    }
    return series;
  }
}

function histogramLines(name: string, labels: string, histogram: Histogram): string[] {
  const prefix = labels === "" ? "" : `${labels},`;
  let cumulative = 0;
  const lines = BUCKETS_S.map((bound, i) => {
    cumulative += histogram.buckets[i] ?? 0;
    return `${name}_bucket{${prefix}le="${bound}"} ${cumulative}`;
  });
  lines.push(
    `${name}_bucket{${prefix}le="+Inf"} ${histogram.count}`,
    `${name}_sum${braced(labels)} ${histogram.sum}`,
    `${name}_count${braced(labels)} ${histogram.count}`,
  );
  return lines;
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",");
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
