/** Attached subnets. */
import { resultsPage } from "@racklet/api-kit";
import type { InstanceTarget as WireTarget } from "@racklet/api-types/dpd/latest";
import type { attachedSubnetOperations } from "@racklet/api-types/dpd/operations/attached-subnet";
import { formatIpNet, macToBytes } from "@racklet/net";
import type { InstanceTarget } from "../subnet/types.ts";
import type { DpdHandlers } from "./handlers.ts";
import { readIp, readMac, readNet } from "./read.ts";
import { netAfter } from "./selectors.ts";

const toWire = ({ internalIp, mac, vni }: InstanceTarget): WireTarget => ({
  internal_ip: internalIp,
  inner_mac: macToBytes(mac),
  vni,
});

export const attachedSubnetHandlers: DpdHandlers<typeof attachedSubnetOperations> = {
  attached_subnet_list: ({ subnets }, { page }) => {
    const listed = subnets.list(page.limit, netAfter(page));
    const items = listed.map((entry) => ({ subnet: formatIpNet(entry.subnet), tgt: toWire(entry) }));
    return resultsPage(items, ({ subnet }) => ({ cidr: subnet }));
  },
  attached_subnet_reset: ({ subnets }) => subnets.reset(),
  attached_subnet_get: ({ subnets }, { params }) => toWire(subnets.get(readNet(params.subnet, "subnet"))),
  attached_subnet_create: ({ subnets }, { params, body: { internal_ip, inner_mac, vni } }) =>
    subnets.create(readNet(params.subnet, "subnet"), {
      internalIp: readIp(internal_ip),
      mac: readMac(inner_mac, "inner_mac"),
      vni,
    }),
  attached_subnet_delete: ({ subnets }, { params }) => subnets.delete(readNet(params.subnet, "subnet")),
};
