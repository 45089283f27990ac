/** IPv6 NAT entries, one at a time. */
import { resultsPage } from "@racklet/api-kit";
import type { natIpv6Operations } from "@racklet/api-types/dpd/operations/nat-ipv6";
import { wireNat, wireNatTarget } from "../nat/wire.ts";
import type { DpdHandlers } from "./handlers.ts";
import { addressAfter, portAfter } from "./selectors.ts";

export const natIpv6Handlers: DpdHandlers<typeof natIpv6Operations> = {
  nat_ipv6_addresses_list: ({ nat }, { page }) =>
    resultsPage(nat.entries.listAddresses("ipv6", page.limit, addressAfter(page, "ipv6")), (ip) => ({ ip })),
  nat_ipv6_reset: ({ nat }) => nat.entries.reset("ipv6"),
  nat_ipv6_list: ({ nat }, { params, page }) => {
    const entries = nat.entries.listEntries("ipv6", params.ipv6, page.limit, portAfter(page));
    return resultsPage(entries.map(wireNat), ({ low }) => ({ port: low }));
  },
  nat_ipv6_get: ({ nat }, { params }) => wireNatTarget(nat.entries.get("ipv6", params.ipv6, params.low)),
  nat_ipv6_delete: ({ nat }, { params }) => nat.entries.delete("ipv6", params.ipv6, params.low),
  nat_ipv6_create: ({ nat }, { params: { ipv6, low, high }, body }) =>
    nat.entries.create({ external: ipv6, low, high }, body),
};
