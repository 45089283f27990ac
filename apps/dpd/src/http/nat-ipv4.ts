/** IPv4 NAT entries, one at a time. */
import { resultsPage } from "@racklet/api-kit";
import type { natIpv4Operations } from "@racklet/api-types/dpd/operations/nat-ipv4";
import { wireNat, wireNatTarget } from "../nat/wire.ts";
import type { DpdHandlers } from "./handlers.ts";
import { addressAfter, portAfter } from "./selectors.ts";

export const natIpv4Handlers: DpdHandlers<typeof natIpv4Operations> = {
  nat_ipv4_addresses_list: ({ nat }, { page }) =>
    resultsPage(nat.entries.listAddresses("ipv4", page.limit, addressAfter(page, "ipv4")), (ip) => ({ ip })),
  nat_ipv4_reset: ({ nat }) => nat.entries.reset("ipv4"),
  nat_ipv4_list: ({ nat }, { params, page }) => {
    const entries = nat.entries.listEntries("ipv4", params.ipv4, page.limit, portAfter(page));
    return resultsPage(entries.map(wireNat), ({ low }) => ({ port: low }));
  },
  nat_ipv4_get: ({ nat }, { params }) => wireNatTarget(nat.entries.get("ipv4", params.ipv4, params.low)),
  nat_ipv4_delete: ({ nat }, { params }) => nat.entries.delete("ipv4", params.ipv4, params.low),
  nat_ipv4_create: ({ nat }, { params: { ipv4, low, high }, body }) =>
    nat.entries.create({ external: ipv4, low, high }, body),
};
