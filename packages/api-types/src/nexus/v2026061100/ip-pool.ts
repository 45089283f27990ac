/** A pool is assigned to silos or to the system's services, and lists of pools can be filtered. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identity } from "../common.ts";
import * as v2025112000 from "../v2025112000/ip-pool.ts";

export const IpPoolAssignment = s.named("IpPoolAssignment", s.enum(["silos", "system_services"]), "Who uses a pool.");

export const IpPool = s.named(
  "IpPool",
  s.object({ ...identity, ...v2025112000.ipPoolKind, assignment: IpPoolAssignment }),
  "An operator's view of an IP pool.",
);
export type IpPool = Infer<typeof IpPool>;
export const IpPoolResultsPage = resultsPageOf("IpPool", IpPool);

export const IpPoolCreate = s.named(
  "IpPoolCreate",
  s.object({ ...v2025112000.ipPoolCreateFields, assignment: s.optional(IpPoolAssignment, "silos") }),
);
export const IpPoolAssignParam = s.named("IpPoolAssignParam", s.object({ assignment: IpPoolAssignment }));

export function ipPoolDown({ assignment: _assignment, ...older }: IpPool): v2025112000.IpPool {
  return older;
}

/** Field by field: an assignment in an older body was an unknown field, which is ignored. */
export function ipPoolCreateUp(body: Infer<typeof v2025112000.IpPoolCreate>): Infer<typeof IpPoolCreate> {
  const { name, description, ip_version, pool_type } = body;
  return { name, description, ip_version, pool_type, assignment: "silos" };
}
