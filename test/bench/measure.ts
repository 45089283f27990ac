/** Timing helpers: medians of repeated runs, because these machines are shared and single runs mislead. */
export interface Figure {
  readonly name: string;
  /** What was measured, in words a person compares with the budget. */
  readonly measured: string;
  readonly budget: string;
  readonly holds: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("no values to take a median of");
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Milliseconds of each of `runs` runs; `prepare` is not counted. */
export async function timeRuns(
  runs: number,
  work: (run: number) => unknown,
  prepare: (run: number) => unknown = () => {},
): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await prepare(run);
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return times;
}

export const ratioFigure = (name: string, value: number, baseline: number, limit: number, detail: string): Figure => ({
  name,
  measured: `${(value / baseline).toFixed(2)} × (${detail})`,
  budget: `≤ ${limit} ×`,
  holds: value / baseline <= limit,
});
