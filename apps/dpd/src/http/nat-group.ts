/** NAT groups. */
import { resultsPage, type Repeats } from "@racklet/api-kit";
import type { natGroupOperations } from "@racklet/api-types/dpd/operations/nat-group";
import { wireNat } from "../nat/wire.ts";
import type { DpdContext } from "../context.ts";
import type { DpdHandlers } from "./handlers.ts";
import { entryAfter, groupAfter } from "./selectors.ts";
import { groupToWire, reportToWire } from "./wire.ts";

export const natGroupHandlers: DpdHandlers<typeof natGroupOperations> = {
  nat_group_list: ({ nat }, { page }) =>
    resultsPage(nat.groups.list(page.limit, groupAfter(page)).map(groupToWire), ({ group }) => ({ group })),
  nat_group_get: ({ nat }, { params }) => groupToWire(nat.groups.getState(params.group)),
  nat_group_ensure: async ({ nat }, { params, query, body, request }) => {
    const options = { dryRun: query.dry_run, digest: request.bodyDigest };
    return reportToWire(await nat.groups.ensure(params.group, body, options));
  },
  nat_group_changes: async ({ nat }, { params, query, body }) => {
    const { from_generation: fromGeneration, generation, upsert, remove } = body;
    const changes = { fromGeneration, generation, upsert, remove };
    return reportToWire(await nat.groups.change(params.group, changes, { dryRun: query.dry_run }));
  },
  nat_group_entries_list: ({ nat }, { params, page }) => {
    const entries = nat.groups.listEntries(params.group, page.limit, entryAfter(page));
    return resultsPage(entries.map(wireNat), ({ external, low }) => ({ ip: external, port: low }));
  },
  nat_group_delete: ({ nat }, { params, query }) => nat.groups.delete(params.group, query.generation),
};

/** Clients repeat a whole set at every pass of their reconcilers, nearly always to be told that nothing has changed. */
export const natGroupRepeats: Repeats<DpdContext, typeof natGroupOperations> = {
  nat_group_ensure: async ({ nat }, { params, query, bodyDigest }) => {
    const report = await nat.groups.ensureAgain(params.group, bodyDigest, { dryRun: query.dry_run });
    return report === undefined ? undefined : reportToWire(report);
  },
};
