/** A subnet pool no longer says whether its addresses are unicast. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identity, IpVersion } from "../common.ts";
import type * as v2026012200 from "../v2026012200/external-subnet.ts";

export const SubnetPool = s.named("SubnetPool", s.object({ ...identity, ip_version: IpVersion }));
export type SubnetPool = Infer<typeof SubnetPool>;
export const SubnetPoolResultsPage = resultsPageOf("SubnetPool", SubnetPool);

/** There have never been others. */
export function subnetPoolDown(pool: SubnetPool): v2026012200.SubnetPool {
  return { ...pool, pool_type: "unicast" };
}
