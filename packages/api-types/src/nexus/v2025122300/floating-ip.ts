/** The IP version may be asked for. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpVersion } from "../common.ts";
import * as v2025112000 from "../v2025112000/floating-ip.ts";

export const FloatingIpCreate = s.named(
  "FloatingIpCreate",
  s.object({ ...v2025112000.floatingIpCreateFields, ip_version: s.nullish(IpVersion) }),
);
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;

/** Without a version the default pool decides, as before; one in an older body was an unknown field, which is ignored. */
export function floatingIpCreateUp(body: v2025112000.FloatingIpCreate): FloatingIpCreate {
  return { ...body, ip_version: null };
}
