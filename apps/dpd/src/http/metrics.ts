/** What dpd shows of itself under `/metrics`, besides the requests that the framework counts. */
import { Metrics, type Labels } from "@racklet/api-kit";
import { usages, type DpdContext } from "../context.ts";
import { multicastMetrics } from "./multicast-metrics.ts";
import { networkMetrics } from "./network-metrics.ts";

type Samples = [Labels, number][];

export function dpdMetrics(ctx: DpdContext): Metrics {
  const metrics = new Metrics();
  tableMetrics(metrics, ctx);
  natMetrics(metrics, ctx);
  multicastMetrics(metrics, ctx.mcast);
  networkMetrics(metrics, ctx);
  metrics.gauge("dpd_ready", "1 while there is an ASIC to program", () => [
    [{ switch: ctx.switch.name }, ctx.switch.status().state === "ready" ? 1 : 0],
  ]);
  return metrics;
}

function tableMetrics(metrics: Metrics, ctx: DpdContext): void {
  const each = (of: (usage: ReturnType<typeof usages>[number]["usage"]) => number): Samples =>
    usages(ctx).map(({ name, usage }) => [{ table: name }, of(usage)]);
  metrics.gauge("dpd_table_capacity", "Entries the table can hold", () => each(({ size }) => size));
  metrics.gauge("dpd_table_entries", "Entries in the table", () => each(({ occupancy }) => occupancy));
  metrics.gauge("dpd_table_operations", "Operations on the table since the ASIC was attached", () =>
    usages(ctx).flatMap(({ name, usage: { size: _, occupancy: __, ...counts } }) =>
      Object.entries(counts).map(([operation, count]): Samples[number] => [{ table: name, operation }, count]),
    ),
  );
}

function natMetrics(metrics: Metrics, { nat }: DpdContext): void {
  const one = (name: string, help: string, read: () => number) => metrics.gauge(name, help, () => [[{}, read()]]);
  metrics.gauge("dpd_nat_operations", "NAT changes that succeeded, by kind", () =>
    Object.entries(nat.metrics.applied).map(([operation, count]): Samples[number] => [{ operation }, count]),
  );
  one("dpd_nat_table_writes", "Table entries written by NAT changes", () => nat.metrics.tableWrites);
  one("dpd_nat_rollbacks", "NAT changes that failed and were undone", () => nat.metrics.rollbacks);
  one("dpd_nat_rollback_failures", "NAT changes that could not be undone", () => nat.metrics.rollbackFailures);
  one("dpd_nat_feed_generation", "Generation of NAT entries fetched from Nexus", () => nat.feed.position().generation);
  metrics.gauge("dpd_nat_feed_held", "Fetched NAT entries that were not applied, by reason", () => [
    [{ reason: "blocked" }, nat.metrics.feedBlocked],
    [{ reason: "failed" }, nat.metrics.feedFailed],
    [{ reason: "invalid" }, nat.metrics.feedInvalid],
  ]);
  const groups = () => nat.groups.list(Number.POSITIVE_INFINITY);
  metrics.gauge("dpd_nat_group_generation", "Generation of the NAT group", () =>
    groups().map(({ group, generation }): Samples[number] => [{ group }, generation]),
  );
  metrics.gauge("dpd_nat_group_entries", "Entries of the NAT group in the tables", () =>
    groups().flatMap(({ group, ipv4Entries, ipv6Entries }): Samples => [
      [{ group, family: "ipv4" }, ipv4Entries],
      [{ group, family: "ipv6" }, ipv6Entries],
    ]),
  );
  metrics.gauge("dpd_nat_group_missing", "Entries of the NAT group that the tables lack", () =>
    groups().map(({ group, missing }): Samples[number] => [{ group }, missing]),
  );
}
