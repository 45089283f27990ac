/** IP pools as the first version has them. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identity, identityCreate, identityUpdate, IpVersion, NameOrId } from "../common.ts";

export const IpPoolType = s.named(
  "IpPoolType",
  s.enum(["unicast", "multicast"]),
  "Whether a pool's addresses are those of instances or of multicast groups.",
);
export const ipPoolKind = { ip_version: IpVersion, pool_type: IpPoolType } as const;

export const IpPool = s.named("IpPool", s.object({ ...identity, ...ipPoolKind }), "An operator's view of an IP pool.");
export type IpPool = Infer<typeof IpPool>;
export const IpPoolResultsPage = resultsPageOf("IpPool", IpPool);

export const ipPoolCreateFields = {
  ...identityCreate,
  ip_version: s.optional(IpVersion, "v4"),
  pool_type: s.optional(IpPoolType, "unicast"),
} as const;
export const IpPoolCreate = s.named("IpPoolCreate", s.object(ipPoolCreateFields));
export const IpPoolUpdate = s.named("IpPoolUpdate", s.object(identityUpdate));

export const SiloIpPool = s.named(
  "SiloIpPool",
  s.object({ ...identity, is_default: s.boolean() }),
  "A user's view of an IP pool.",
);
export type SiloIpPool = Infer<typeof SiloIpPool>;
export const SiloIpPoolResultsPage = resultsPageOf("SiloIpPool", SiloIpPool);

const range = (version: 4 | 6) => {
  const address = version === 4 ? s.ipv4() : s.ipv6();
  return s.named(`Ipv${version}Range`, s.object({ first: address, last: address }), "The last address is included.");
};
export const IpRange = s.named("IpRange", s.oneOf([range(4), range(6)]));
export type IpRange = Infer<typeof IpRange>;
export const IpPoolRange = s.named(
  "IpPoolRange",
  s.object({ id: s.uuid(), ip_pool_id: s.uuid(), range: IpRange, time_created: s.dateTime() }),
);
export const IpPoolRangeResultsPage = resultsPageOf("IpPoolRange", IpPoolRange);

export const IpPoolSiloLink = s.named(
  "IpPoolSiloLink",
  s.object({
    ip_pool_id: s.uuid(),
    is_default: s.described(
      "Whether addresses come from this pool when a request names none. A silo has at most one such pool per type and IP version.",
      s.boolean(),
    ),
    silo_id: s.uuid(),
  }),
);
export const IpPoolSiloLinkResultsPage = resultsPageOf("IpPoolSiloLink", IpPoolSiloLink);
export const IpPoolLinkSilo = s.named("IpPoolLinkSilo", s.object({ is_default: s.boolean(), silo: NameOrId }));
export const IpPoolSiloUpdate = s.named("IpPoolSiloUpdate", s.object({ is_default: s.boolean() }));

export const IpPoolUtilization = s.named(
  "IpPoolUtilization",
  s.object({ capacity: s.double(), remaining: s.double() }),
  "Numbers of addresses. Floating-point, because a pool may hold more than an integer can count.",
);
