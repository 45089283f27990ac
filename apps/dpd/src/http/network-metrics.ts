/** What ports, routes, neighbours and attached subnets show of themselves under `/metrics`. */
import type { Labels, Metrics } from "@racklet/api-kit";
import type { DpdContext } from "../context.ts";

type Samples = [Labels, number][];

export function networkMetrics(
  metrics: Metrics,
  { ports, neighbors, routes, subnets }: Pick<DpdContext, "ports" | "neighbors" | "routes" | "subnets">,
): void {
  const writers = [ports, neighbors, routes, subnets].map(({ writer }) => writer);
  const each = (of: (writer: (typeof writers)[number]) => number): Samples =>
    writers.map((writer) => [{ domain: writer.domain }, of(writer)]);
  metrics.gauge("dpd_changes", "Changes that succeeded, by domain and kind", () =>
    writers.flatMap((writer) =>
      [...writer.metrics().applied].map(([operation, count]): Samples[number] => [
        { domain: writer.domain, operation },
        count,
      ]),
    ),
  );
  metrics.gauge("dpd_rollbacks", "Changes that failed and were undone", () =>
    each((writer) => writer.metrics().rollbacks),
  );
  metrics.gauge("dpd_rollback_failures", "Changes that could not be undone", () =>
    each((writer) => writer.metrics().rollbackFailures),
  );
  metrics.gauge("dpd_drift", "Entries, ports and groups that an undo has not restored yet", () =>
    each((writer) => writer.stuck().length),
  );
}
