/** Counters, gauges and latency histograms in Prometheus' text format. */
export type Labels = Readonly<Record<string, string>>;

const BUCKETS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const MAX_SERIES = 10_000;

export interface Counter {
  value: number;
}

export class Histogram {
  readonly buckets: number[] = BUCKETS_S.map(() => 0);
  sum = 0;
  count = 0;

  observe(seconds: number): void {
    this.sum += seconds;
    this.count += 1;
    const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
  }
}

export class Metrics {
  readonly #help = new Map<string, { help: string; type: string }>();
  readonly #counters = new Map<string, Map<string, Counter>>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();
  readonly #gauges = new Map<string, () => Iterable<readonly [Labels, number]>>();

  /** One series of a counter: keep it where the label values repeat, adding to it is one addition. */
  counter(name: string, help: string, labels: Labels = {}): Counter {
    return this.#find(this.#counters, name, help, "counter", labels, () => ({ value: 0 }));
  }

  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    this.counter(name, help, labels).value += by;
  }

  /** One series of a histogram of seconds. */
  histogram(name: string, help: string, labels: Labels = {}): Histogram {
    return this.#find(this.#histograms, name, help, "histogram", labels, () => new Histogram());
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
      for (const [labels, { value }] of this.#counters.get(name) ?? []) lines.push(`${name}${braced(labels)} ${value}`);
      for (const [labels, value] of this.#gauges.get(name)?.() ?? []) {
        lines.push(`${name}${braced(labelText(labels))} ${value}`);
      }
      for (const [labels, histogram] of this.#histograms.get(name) ?? [])
        lines.push(...histogramLines(name, labels, histogram));
    }
    return `${lines.join("\n")}\n`;
  }

  // Past the bound a series still counts, but only for its holder: labels made of user input cannot eat the memory.
  #find<T>(
    all: Map<string, Map<string, T>>,
    name: string,
    help: string,
    type: string,
    labels: Labels,
    make: () => T,
  ): T {
    let series = all.get(name);
    if (series === undefined) {
      series = new Map();
      all.set(name, series);
      this.#help.set(name, { help, type });
    }
    const key = labelText(labels);
    const known = series.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (series.size < MAX_SERIES) series.set(key, made);
    return made;
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
