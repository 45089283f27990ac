/** Neighbours, of both families. */
import { resultsPage } from "@racklet/api-kit";
import type { ArpEntry } from "@racklet/api-types/dpd/latest";
import type { neighborOperations } from "@racklet/api-types/dpd/operations/neighbor";
import { macToBytes } from "@racklet/net";
import type { Neighbor, NeighborInput } from "../neighbor/types.ts";
import type { DpdHandlers } from "./handlers.ts";
import { readIp, readMac } from "./read.ts";
import { addressAfter } from "./selectors.ts";
import { timeToWire } from "./wire.ts";

const toWire = ({ ip, mac, tag, updated }: Neighbor): ArpEntry => ({
  tag,
  ip,
  mac: macToBytes(mac),
  update: timeToWire(updated),
});

// Upstream tells the tag in lists only; a client may compare the two.
const withoutTag = (entry: Neighbor): ArpEntry => toWire({ ...entry, tag: "" });

const fromWire = ({ ip, mac, tag }: ArpEntry): NeighborInput => ({ ip: readIp(ip), mac: readMac(mac, "mac"), tag });

const ipOf = ({ ip }: ArpEntry) => ({ ip });

export const neighborHandlers: DpdHandlers<typeof neighborOperations> = {
  arp_list: ({ neighbors: { arp } }, { page }) =>
    resultsPage(arp.list(page.limit, addressAfter(page, "ipv4")).map(toWire), ipOf),
  arp_create: ({ neighbors: { arp } }, { body }) => arp.upsert(fromWire(body)),
  arp_reset: ({ neighbors: { arp } }) => arp.reset(),
  arp_get: ({ neighbors: { arp } }, { params }) => withoutTag(arp.get(params.ip)),
  arp_delete: ({ neighbors: { arp } }, { params }) => arp.delete(params.ip),
  ndp_list: ({ neighbors: { ndp } }, { page }) =>
    resultsPage(ndp.list(page.limit, addressAfter(page, "ipv6")).map(toWire), ipOf),
  ndp_create: ({ neighbors: { ndp } }, { body }) => ndp.upsert(fromWire(body)),
  ndp_reset: ({ neighbors: { ndp } }) => ndp.reset(),
  ndp_get: ({ neighbors: { ndp } }, { params }) => withoutTag(ndp.get(params.ip)),
  ndp_delete: ({ neighbors: { ndp } }, { params }) => ndp.delete(params.ip),
};
