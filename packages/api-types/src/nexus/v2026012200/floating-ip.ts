/** An explicit address says by itself which pool it is of. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { identityCreate } from "../common.ts";
import { AUTO, AutoAddress } from "../v2026010500/floating-ip.ts";
import type * as v2026011600 from "../v2026011600/floating-ip.ts";

export const AddressAllocator = s.named(
  "AddressAllocator",
  s.oneOf([s.object({ ip: s.ip(), type: s.literal("explicit") }), AutoAddress]),
  "A certain address, or the lowest free one of a pool.",
);

export const FloatingIpCreate = s.named(
  "FloatingIpCreate",
  s.object({ ...identityCreate, address_allocator: s.optional(AddressAllocator, AUTO) }),
);
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;

/** The pool of an explicit address is dropped, as upstream does: ranges do not overlap, so it adds nothing. */
export function floatingIpCreateUp({ address_allocator, ...identity }: v2026011600.FloatingIpCreate): FloatingIpCreate {
  if (address_allocator?.type !== "explicit") return { ...identity, address_allocator };
  const { ip, type } = address_allocator;
  return { ...identity, address_allocator: { ip, type } };
}
