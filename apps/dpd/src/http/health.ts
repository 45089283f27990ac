/** The health of dpd, for the API and for `/debug/health`. */
import type { DpdHealth } from "@racklet/api-types/dpd/latest";
import { usages, type DpdContext } from "../context.ts";
import { timeToWire } from "./wire.ts";

export function healthToWire(ctx: DpdContext): DpdHealth {
  const { state, since, backend, lastError } = ctx.switch.status();
  const { feedBlocked, feedFailed, feedInvalid } = ctx.nat.metrics;
  const pulled = ctx.puller?.status();
  return {
    state,
    since: timeToWire(since),
    asic: { backend: backend ?? ctx.config.asic, present: backend !== null, last_error: lastError },
    rpw: {
      enabled: ctx.puller !== undefined,
      generation: ctx.nat.feed.position().generation,
      last_success: pulled?.lastSuccess == null ? null : timeToWire(pulled.lastSuccess),
      last_error: pulled?.lastError ?? ctx.nat.feed.held()[0] ?? null,
      skipped: feedBlocked + feedFailed + feedInvalid,
    },
    tables: usages(ctx).map(({ name, usage }) => ({
      name,
      size: usage.size,
      occupancy: usage.occupancy,
      failures: usage.collisions + usage.updateMisses + usage.deleteMisses + usage.exhaustion,
    })),
  };
}
