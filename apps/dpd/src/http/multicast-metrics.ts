/** What multicast shows of itself under `/metrics`. */
import type { Labels, Metrics } from "@racklet/api-kit";
import type { Multicast } from "../mcast/multicast.ts";

export function multicastMetrics(metrics: Metrics, mcast: Multicast): void {
  const one = (name: string, help: string, read: () => number) => metrics.gauge(name, help, () => [[{}, read()]]);
  metrics.gauge("dpd_mcast_groups", "Multicast groups, by kind", () => {
    const { underlayGroups, externalGroups } = mcast.metrics();
    return [
      [{ kind: "underlay" }, underlayGroups],
      [{ kind: "external" }, externalGroups],
    ];
  });
  one("dpd_mcast_ids_available", "Multicast group ids of the ASIC that are free", () => mcast.metrics().idsAvailable);
  metrics.gauge("dpd_mcast_inconsistent", "1 for a group that a failed change left half done", () =>
    mcast.metrics().inconsistent.map((group): [Labels, number] => [{ group }, 1]),
  );
  metrics.gauge("dpd_mcast_operations", "Multicast changes that succeeded, by kind", () =>
    [...mcast.metrics().applied].map(([operation, count]): [Labels, number] => [{ operation }, count]),
  );
  one("dpd_mcast_rollbacks", "Multicast changes that failed and were undone", () => mcast.metrics().rollbacks);
  one(
    "dpd_mcast_rollback_failures",
    "Multicast changes that could not be undone",
    () => mcast.metrics().rollbackFailures,
  );
}
