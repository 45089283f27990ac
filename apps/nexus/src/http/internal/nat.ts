/** `GET /nat/ipv4/changeset/{from_gen}`: for dpds that fetch NAT entries by themselves. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { NexusContext } from "../../context.ts";
import { natChanges } from "../../nat/rows.ts";

type Operations = Pick<(typeof nexusInternalApi)["operations"], "ipv4_nat_changeset">;

const MAX_CHANGES = 10_000;

export const natHandlers: Handlers<NexusContext, Operations> = {
  ipv4_nat_changeset: async (nexus, { params, query }) => {
    const changes = await natChanges(nexus.store.db, params.from_gen, Math.min(query.limit, MAX_CHANGES));
    return changes.map((change) => ({
      external_address: change.externalAddress,
      first_port: change.firstPort,
      last_port: change.lastPort,
      sled_address: change.sledAddress,
      vni: change.vni,
      mac: change.mac,
      gen: change.version,
      deleted: change.deleted,
    }));
  },
};
