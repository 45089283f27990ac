/** How the address is chosen becomes one explicit choice. */
import { HttpError } from "@racklet/api-kit/errors";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identityCreate, NameOrId } from "../common.ts";
import type * as v2025122300 from "../v2025122300/floating-ip.ts";
import { PoolSelector, poolSelectorUp } from "./pool-selector.ts";

export const explicitFields = { ip: s.ip(), pool: s.nullish(NameOrId), type: s.literal("explicit") } as const;
export const AutoAddress = s.object({
  pool_selector: s.optional(PoolSelector, { ip_version: null, type: "auto" }),
  type: s.literal("auto"),
});

export const AddressSelector = s.named("AddressSelector", s.oneOf([s.object(explicitFields), AutoAddress]));
export type AddressSelector = Infer<typeof AddressSelector>;
export const AUTO = { pool_selector: { ip_version: null, type: "auto" }, type: "auto" } as const;

export const FloatingIpCreate = s.named(
  "FloatingIpCreate",
  s.object({ ...identityCreate, address_selector: s.optional(AddressSelector, AUTO) }),
);
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;

export function floatingIpCreateUp(body: v2025122300.FloatingIpCreate): FloatingIpCreate {
  const { ip, pool, ip_version, ...identity } = body;
  return { ...identity, address_selector: selectorUp(ip, pool, ip_version) };
}

function selectorUp(
  ip: v2025122300.FloatingIpCreate["ip"],
  pool: v2025122300.FloatingIpCreate["pool"],
  version: v2025122300.FloatingIpCreate["ip_version"],
): AddressSelector {
  if (ip != null) {
    if (version == null) return { type: "explicit", ip, pool };
    throw HttpError.badRequest(
      "cannot specify both `ip` and `ip_version`; the IP version is determined by the explicit IP address",
      "InvalidRequest",
    );
  }
  return { type: "auto", pool_selector: poolSelectorUp(pool, version) };
}
