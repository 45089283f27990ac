/** The NAT entries of a switch one by one, as any version of dpd has them. */
import { dpdClient } from "@racklet/dpd-client/v1";
import { ipVersion } from "@racklet/net";
import type { World } from "@racklet/world";
import { entryFromDpd, entryToDpd, type NatEntry } from "./nat-entry.ts";

export interface NatTable {
  /** Of these networks. */
  list(vnis: ReadonlySet<number>, signal: AbortSignal): Promise<NatEntry[]>;
  /** Rejects when something is in the way. */
  add(entry: NatEntry, signal: AbortSignal): Promise<void>;
  /** Absent is fine. */
  remove(entry: NatEntry, signal: AbortSignal): Promise<void>;
}

const PAGE = { limit: 128 };

export function natTableOf(baseUrl: string, world: World, deadlineMs: number): NatTable {
  // The reconciler comes again by itself.
  const dpd = dpdClient({ baseUrl, world, deadlineMs, retries: { attempts: 0 } });
  return {
    list: async (vnis, signal) => {
      const found: NatEntry[] = [];
      const take = (entry: NatEntry): void => void (vnis.has(entry.vni) && found.push(entry));
      for await (const ipv4 of dpd.pages.nat_ipv4_addresses_list({ query: PAGE }, { signal })) {
        const entries = dpd.pages.nat_ipv4_list({ path: { ipv4 }, query: PAGE }, { signal });
        for await (const entry of entries) take(entryFromDpd(entry));
      }
      for await (const ipv6 of dpd.pages.nat_ipv6_addresses_list({ query: PAGE }, { signal })) {
        const entries = dpd.pages.nat_ipv6_list({ path: { ipv6 }, query: PAGE }, { signal });
        for await (const entry of entries) take(entryFromDpd(entry));
      }
      return found;
    },
    add: async (entry, signal) => {
      const { external, low, high } = entry;
      const body = entryToDpd(entry).target;
      if (ipVersion(external) === 4) {
        await dpd.nat_ipv4_create({ path: { ipv4: external, low, high }, body }, { signal });
      } else {
        await dpd.nat_ipv6_create({ path: { ipv6: external, low, high }, body }, { signal });
      }
    },
    remove: async ({ external, low }, signal) => {
      if (ipVersion(external) === 4) await dpd.nat_ipv4_delete({ path: { ipv4: external, low } }, { signal });
      else await dpd.nat_ipv6_delete({ path: { ipv6: external, low } }, { signal });
    },
  };
}
