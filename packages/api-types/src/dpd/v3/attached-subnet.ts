/** Version 3 adds attached subnets: whole networks that lead to one guest. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { IpNet } from "../../common/network.ts";
import { MacAddr, Vni } from "../v1/nat.ts";

export const InstanceTarget = s.named(
  "InstanceTarget",
  s.object({ internal_ip: s.ipv6(), inner_mac: MacAddr, vni: Vni }),
  "A guest: the underlay address of its sled, and there its MAC address in a virtual network.",
);
export type InstanceTarget = Infer<typeof InstanceTarget>;

export const AttachedSubnetEntry = s.named(
  "AttachedSubnetEntry",
  s.object({ subnet: IpNet, tgt: InstanceTarget }),
  "A network and the guest it leads to.",
);
export type AttachedSubnetEntry = Infer<typeof AttachedSubnetEntry>;
export const AttachedSubnetEntryPage = resultsPageOf("AttachedSubnetEntry", AttachedSubnetEntry);
