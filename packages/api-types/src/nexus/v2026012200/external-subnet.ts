/** External subnets and the pools they come from. There are none here yet: only their lists are served. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpNet } from "../../common/network.ts";
import { identity, IpVersion } from "../common.ts";
import { ipPoolKind } from "../v2025112000/ip-pool.ts";

export const ExternalSubnet = s.named(
  "ExternalSubnet",
  s.object({
    ...identity,
    instance_id: s.nullish(s.uuid()),
    project_id: s.uuid(),
    subnet: IpNet,
    subnet_pool_id: s.uuid(),
    subnet_pool_member_id: s.uuid(),
  }),
);
export const ExternalSubnetResultsPage = resultsPageOf("ExternalSubnet", ExternalSubnet);

export const SubnetPool = s.named("SubnetPool", s.object({ ...identity, ...ipPoolKind }));
export type SubnetPool = Infer<typeof SubnetPool>;
export const SubnetPoolResultsPage = resultsPageOf("SubnetPool", SubnetPool);

export const SiloSubnetPool = s.named(
  "SiloSubnetPool",
  s.object({ ...identity, ip_version: IpVersion, is_default: s.boolean() }),
);
export const SiloSubnetPoolResultsPage = resultsPageOf("SiloSubnetPool", SiloSubnetPool);
