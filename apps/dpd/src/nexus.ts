/** Nexus as dpd sees it: where changesets of NAT entries are fetched from. */
import { nexusInternalClient } from "@racklet/nexus-internal-client";
import type { World } from "@racklet/world";
import type { ChangesetItem } from "./nat/changeset.ts";
import type { ChangesetSource } from "./nat/changeset-puller.ts";

/** `url`: the internal API of Nexus. A call that fails is not repeated here: the next pass repeats it. */
export function nexusChangesets(url: string, world: World): ChangesetSource {
  const nexus = nexusInternalClient({ baseUrl: url, world, retries: { attempts: 0 } });
  return {
    fetchChangeset: async (from, limit, signal) => {
      const views = await nexus.ipv4_nat_changeset({ path: { from_gen: from }, query: { limit } }, { signal });
      return views.map((view): ChangesetItem => ({
        external: view.external_address,
        low: view.first_port,
        high: view.last_port,
        internalIp: view.sled_address,
        mac: view.mac,
        vni: view.vni,
        generation: view.gen,
        deleted: view.deleted,
      }));
    },
  };
}
