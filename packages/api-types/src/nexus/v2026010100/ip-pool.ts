/** A silo's pools show their version and type. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identity } from "../common.ts";
import * as v2025112000 from "../v2025112000/ip-pool.ts";

export const SiloIpPool = s.named(
  "SiloIpPool",
  s.object({ ...identity, ...v2025112000.ipPoolKind, is_default: s.boolean() }),
  "A user's view of an IP pool.",
);
export type SiloIpPool = Infer<typeof SiloIpPool>;
export const SiloIpPoolResultsPage = resultsPageOf("SiloIpPool", SiloIpPool);

export function siloIpPoolDown({
  ip_version: _version,
  pool_type: _type,
  ...older
}: SiloIpPool): v2025112000.SiloIpPool {
  return older;
}
