/** `address_selector` is called `address_allocator`. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { identityCreate } from "../common.ts";
import * as v2026010500 from "../v2026010500/floating-ip.ts";

export const AddressAllocator = s.named(
  "AddressAllocator",
  s.oneOf([s.object(v2026010500.explicitFields), v2026010500.AutoAddress]),
);

export const FloatingIpCreate = s.named(
  "FloatingIpCreate",
  s.object({ ...identityCreate, address_allocator: s.optional(AddressAllocator, v2026010500.AUTO) }),
);
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;

export function floatingIpCreateUp({ address_selector, ...identity }: v2026010500.FloatingIpCreate): FloatingIpCreate {
  return { ...identity, address_allocator: address_selector };
}
